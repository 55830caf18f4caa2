import RecurrentKernels
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct AttendedValuesTests {
  /// What the weights, all at once, make of the values.
  private static func reference(
    _ queries: Tensor, _ keys: Tensor, _ values: Tensor, _ lengths: [Int]?, _ isCausal: Bool
  ) -> Tensor {
    queries.batchedProduct(keys, otherTransposed: true).softmax(lengths: lengths, isCausal: isCausal)
      .batchedProduct(values)
  }

  private static func inputs(queries: Int, keys: Int, seed: UInt64 = 1) -> [Tensor] {
    var data = TestData(seed: seed)
    return [data.tensor([3, 2, queries, 4]), data.tensor([3, 2, keys, 4]), data.tensor([3, 2, keys, 5])]
  }

  /// One block of queries and several, the last not full; more queries than keys and fewer.
  @Test(arguments: [(5, 5), (3, 7), (300, 300), (200, 130)], [false, true])
  func meansAreThoseOfAllWeightsAtOnce(sizes: (queries: Int, keys: Int), isCausal: Bool) {
    let inputs = Self.inputs(queries: sizes.queries, keys: sizes.keys)
    for lengths in [nil, [sizes.keys, 0, 3]] {
      func run(_ function: (Tensor, Tensor, Tensor, [Int]?, Bool) -> Tensor) -> [Tensor] {
        let tape = Tape()
        let watched = inputs.map { tape.watch($0) }
        let y = function(watched[0], watched[1], watched[2], lengths, isCausal)
        var data = TestData(seed: 9)
        tape.backward(from: (y * data.tensor(y.shape)).sum())
        return [y.detached()] + watched.map { tape.gradient(of: $0) }
      }
      let expected = run(Self.reference)
      let seen = run { $0.attendedValues($2, keys: $1, lengths: $3, isCausal: $4) }
      // The outputs are the same chains; gradients add up by blocks.
      #expect(seen[0] == expected[0])
      for (number, pair) in zip(seen, expected).enumerated() {
        #expect(Comparison.relativeError(pair.0, pair.1) < 2e-5, "number \(number)")
      }
    }
  }

  @Test(arguments: [false, true]) func gradientsAreThoseOfDifferences(isCausal: Bool) {
    for lengths in [nil, [5, 0, 3]] {
      let disagreements = GradientCheck.disagreements(at: Self.inputs(queries: 4, keys: 5)) {
        $0[0].attendedValues($0[2], keys: $0[1], lengths: lengths, isCausal: isCausal)
      }
      #expect(disagreements == [])
    }
    // One tensor may be all three.
    #expect(
      GradientCheck.disagreements(at: [Self.inputs(queries: 4, keys: 4)[0]]) {
        $0[0].attendedValues($0[0], keys: $0[0], isCausal: isCausal) + $0[0]
      } == [])
  }

  @Test func whatLiesBehindALengthIsNotSeen() {
    var inputs = Self.inputs(queries: 4, keys: 5)
    let lengths = [5, 0, 3]
    let expected = inputs[0].attendedValues(inputs[2], keys: inputs[1], lengths: lengths)
    for row in 0..<3 {
      for head in 0..<2 {
        for key in lengths[row]..<5 {
          inputs[1][row, head, key, 1] = .nan
          inputs[2][row, head, key, 2] = .nan
        }
      }
    }
    #expect(inputs[0].attendedValues(inputs[2], keys: inputs[1], lengths: lengths) == expected)
    #expect(expected[at: 1, axis: 0] == Tensor(zeros: [2, 4, 5]))
  }

  @Test func threadsChangeNoBit() {
    let inputs = Self.inputs(queries: 300, keys: 260, seed: 2)
    let results = [1, 2, 3].map { threads in
      WorkerPool.using(threads: threads) {
        let tape = Tape()
        let watched = inputs.map { tape.watch($0) }
        let y = watched[0].attendedValues(watched[2], keys: watched[1], lengths: [260, 7, 131])
        tape.backward(from: y.squared().sum())
        return [y.detached()] + watched.map { tape.gradient(of: $0) }
      }
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test func nothingToAskOrToSee() {
    let inputs = Self.inputs(queries: 4, keys: 5)
    let (none, keys) = (Tensor(zeros: [3, 2, 0, 4]), Tensor(zeros: [3, 2, 0, 5]))
    #expect(none.attendedValues(inputs[2], keys: inputs[1]).shape == [3, 2, 0, 5])
    #expect(inputs[0].attendedValues(keys, keys: none) == Tensor(zeros: [3, 2, 4, 5]))
  }

  @Test func keysOfAnotherWidthStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor(zeros: [2, 3, 4]).attendedValues(Tensor(zeros: [2, 5, 6]), keys: Tensor(zeros: [2, 5, 3]))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("attendedValues keys: expected shape [2, 5, 4]; received [2, 5, 3]."), "\(text)")
  }
}
