import RecurrentNN
import RecurrentTensor
import RecurrentTraining
import Testing

@Suite struct GradientClippingTests {
  private func gradients(_ numbers: [Double]) -> Gradients {
    FreeWeights(weights: Tensor(zeros: [numbers.count])).gradients(numbers)
  }

  @Test func globalNormScalesAllAlike() {
    var clipped = gradients([3, -4, 12])
    #expect(clipped.norm == 13)
    GradientClipping.globalNorm(6.5).clip(&clipped, norm: clipped.norm)
    let expected: [Scalar] = [1.5, -2, 6]
    for (a, b) in zip(clipped.arena.scalars, expected) { #expect(abs(a - b) < 1e-5) }
  }

  @Test func smallGradientsStay() {
    var clipped = gradients([3, -4, 12])
    GradientClipping.globalNorm(13.1).clip(&clipped, norm: clipped.norm)
    #expect(clipped.arena.scalars == [3, -4, 12])
    var zero = gradients([0, 0])
    GradientClipping.globalNorm(1).clip(&zero, norm: zero.norm)
    #expect(zero.arena.scalars == [0, 0])
  }

  @Test func valueClipsEachAlone() {
    var clipped = gradients([3, -4, 0.5, -0.25])
    GradientClipping.value(2).clip(&clipped, norm: clipped.norm)
    #expect(clipped.arena.scalars == [2, -2, 0.5, -0.25])
  }

  @Test func normOfExtremeGradients() {
    // Their squares leave the range of a Float.
    #expect(abs(gradients([3e25, 4e25]).norm / 5e25 - 1) < 1e-6)
    #expect(abs(gradients([3e-25, 4e-25]).norm / 5e-25 - 1) < 1e-6)
    #expect(gradients([1, .infinity]).norm == .infinity)
    #expect(gradients([1, .nan]).norm.isNaN)
  }
}
