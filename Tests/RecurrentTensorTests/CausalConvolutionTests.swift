import RecurrentKernels
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct CausalConvolutionTests {
  /// Kernels shorter and longer than what came before, taps that reach no step at all among them.
  private static let sizes = [(1, 1), (3, 1), (3, 2), (2, 5), (4, 9)]

  private static func reference(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, dilation: Int) -> Tensor {
    let (batch, time, inputs) = (x.shape[0], x.shape[1], x.shape[2])
    var y = Tensor(zeros: [batch, time, weight.shape[0]])
    for row in 0..<batch {
      for step in 0..<time {
        for output in 0..<weight.shape[0] {
          var sum = Double(bias[output])
          for tap in 0..<weight.shape[2] {
            let seen = step - (weight.shape[2] - 1 - tap) * dilation
            guard seen >= 0 else { continue }
            for input in 0..<inputs { sum += Double(weight[output, input, tap]) * Double(x[row, seen, input]) }
          }
          y[row, step, output] = Scalar(sum)
        }
      }
    }
    return y
  }

  @Test(arguments: sizes) func outputsAreTheSumsOverTheTaps(size: Int, dilation: Int) {
    var data = TestData(seed: 1)
    let (x, weight, bias) = (data.tensor([3, 7, 2]), data.tensor([5, 2, size]), data.tensor([5]))
    let expected = Self.reference(x, weight, bias, dilation: dilation)
    let seen = x.causallyConvolved(with: weight, bias: bias, dilation: dilation)
    #expect(Comparison.relativeError(seen, expected) < 1e-6)
    let without = x.causallyConvolved(with: weight, dilation: dilation)
    let zero = Tensor(zeros: [5])
    #expect(Comparison.relativeError(without, Self.reference(x, weight, zero, dilation: dilation)) < 1e-6)
  }

  @Test(arguments: sizes) func gradientsAreThoseOfDifferences(size: Int, dilation: Int) {
    var data = TestData(seed: 2)
    let inputs = [data.tensor([3, 7, 2]), data.tensor([4, 2, size]), data.tensor([4])]
    #expect(
      GradientCheck.disagreements(at: inputs) {
        $0[0].causallyConvolved(with: $0[1], bias: $0[2], dilation: dilation)
      } == [])
    #expect(
      GradientCheck.disagreements(at: Array(inputs[..<2])) {
        $0[0].causallyConvolved(with: $0[1], dilation: dilation)
      } == [])
    // Gradients add to what is there.
    let square = [data.tensor([2, 5, 3]), data.tensor([3, 3, size])]
    #expect(
      GradientCheck.disagreements(at: square) {
        $0[0].causallyConvolved(with: $0[1], dilation: dilation).causallyConvolved(with: $0[1], dilation: dilation)
          + $0[0]
      } == [])
  }

  @Test(arguments: sizes) func theBeginningOfASequenceGivesTheBeginning(size: Int, dilation: Int) {
    var data = TestData(seed: 3)
    let (x, weight, bias) = (data.tensor([2, 9, 17]), data.tensor([18, 17, size]), data.tensor([18]))
    let whole = x.causallyConvolved(with: weight, bias: bias, dilation: dilation)
    for steps in 0..<9 {
      let part = x[0..<steps, axis: 1].causallyConvolved(with: weight, bias: bias, dilation: dilation)
      #expect(part == whole[0..<steps, axis: 1])
    }
  }

  @Test func threadsChangeNoBit() {
    var data = TestData(seed: 4)
    let inputs = [data.tensor([5, 60, 40]), data.tensor([50, 40, 3]), data.tensor([50])]
    let results = [1, 3].map { threads in
      WorkerPool.using(threads: threads) {
        let tape = Tape()
        let watched = inputs.map { tape.watch($0) }
        let y = watched[0].causallyConvolved(with: watched[1], bias: watched[2], dilation: 4)
        tape.backward(from: y.squared().sum())
        return [y.detached()] + watched.map { tape.gradient(of: $0) }
      }
    }
    #expect(results[0] == results[1])
  }

  @Test func sizesThatDoNotFitStop() async {
    func expect(_ text: String, _ result: ExitTest.Result?) {
      let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(output.contains(text), "\(output)")
    }
    expect(
      "causallyConvolved: the inner sizes of [2, 5, 3] and [4, 2, 3] differ.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor(zeros: [2, 5, 3]).causallyConvolved(with: Tensor(zeros: [4, 2, 3]))
      })
    expect(
      "causallyConvolved dilation - 1: index -1 is not in",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor(zeros: [2, 5, 3]).causallyConvolved(with: Tensor(zeros: [4, 3, 3]), dilation: 0)
      })
  }
}
