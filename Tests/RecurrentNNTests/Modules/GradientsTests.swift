import RecurrentNN
import RecurrentTensor
import Testing

@Suite struct GradientsTests {
  private func gradients() -> Gradients {
    var gradients = Gradients(zerosFor: ParameterLayout(of: SmallModel()))
    gradients.arena = Tensor((0..<22).map { Scalar($0) }, shape: [22])
    return gradients
  }

  @Test func aPathGivesItsPartOfTheArena() {
    #expect(gradients()["parts.0.bias"] == Tensor([6, 7, 8], shape: [3]))
    #expect(gradients()["last.bias_l0_reverse"] == Tensor([21], shape: [1]))
  }

  @Test func gradientsAddUpAndScale() {
    var sum = gradients()
    sum.add(gradients())
    sum.scale(by: 0.25)
    #expect(sum["parts.0.bias"] == Tensor([3, 3.5, 4], shape: [3]))
    #expect(gradients().sumOfSquares == 3311)
  }

  @Test func theFirstTensorThatIsNotFiniteIsNamed() {
    var broken = gradients()
    #expect(broken.firstNonFinitePath == nil)
    broken.arena[20] = .infinity
    #expect(broken.firstNonFinitePath == "last.weight_l0_reverse")
    broken.arena[9] = .nan
    #expect(broken.firstNonFinitePath == "parts.1.weight")
  }
}
