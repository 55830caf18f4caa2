import RecurrentTensor
import RecurrentTestSupport
import Testing

/// The harness must see what is wrong: backward functions with planted mistakes.
@Suite struct GradientCheckTests {
  let x = Tensor([0.5, -0.7, 1.2], shape: [3])

  /// x³ with the derivative `slope(x)`.
  private func cube(_ x: Tensor, _ slope: @escaping (Tensor) -> Tensor) -> Tensor {
    let (slot, value) = (x.slot, x.detached())
    let result = value * value * value
    return Tape.recording(x)?.record(result) { upstream, sink in
      sink.accumulate(upstream * slope(value), into: slot)
    } ?? result
  }

  @Test func rightDerivativePasses() {
    #expect(GradientCheck.disagreements(at: [x]) { cube($0[0]) { $0 * $0 * 3 } } == [])
  }

  @Test func wrongDerivativesAreFound() {
    #expect(GradientCheck.disagreements(at: [x]) { cube($0[0]) { $0 * $0 * 2 } }.count == 3)
    #expect(GradientCheck.disagreements(at: [x]) { cube($0[0]) { $0 * $0 * -3 } }.count == 3)
    #expect(GradientCheck.disagreements(at: [x]) { cube($0[0]) { _ in Tensor(zeros: [3]) } }.count == 3)
    #expect(GradientCheck.disagreements(at: [x]) { cube($0[0]) { $0 / 0 } }.count == 3)
    // One wrong element of three.
    let partly = GradientCheck.disagreements(at: [x]) { cube($0[0]) { $0 * $0 * Tensor([3, 3, 3.2], shape: [3]) } }
    #expect(partly.count == 1 && partly[0].hasPrefix("input 0, element 2"))
  }

  @Test func wrongShapesAreFound() {
    #expect(GradientCheck.disagreements(of: [Tensor(zeros: [2])], at: [x]) { _ in 0 }.count == 1)
    #expect(GradientCheck.disagreements(of: [], at: [x]) { _ in 0 }.count == 1)
  }
}
