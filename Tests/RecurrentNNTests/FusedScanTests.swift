import RecurrentKernels
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// The fused scan against the readable loop over `step`.
@Suite struct FusedScanTests {
  private func inputs(_ shape: Shape, _ name: String) -> Tensor {
    Tensor((0..<shape.count).map { Scalar(((($0 + name.utf8.count) * 7919) % 997)) / 499 - 1 }, shape: shape)
  }

  private func check<Cell: RecurrentCell>(
    _ cell: Cell, steps: Int = 9, reversed: Bool, lengths: [Int]?, recomputation: Recomputation = .automatic
  ) {
    let x = inputs([5, steps, cell.inputSize], "x")
    let state = cell.initialState(batchSize: 5).mapTensors { inputs($0.shape, "state") * 0.5 }
    let upstream = inputs([5, steps, cell.outputSize], "upstream")
    func loss(_ scan: (Cell) -> SequenceResult<Cell.State>) -> (Scalar, Gradients) {
      valueAndGradients(of: cell) { cell in
        let result = scan(cell)
        let states = result.finalState.tensors.map { ($0 * inputs($0.shape, "final")).sum() }
        return states.reduce((result.outputs * upstream).sum(), +)
      }
    }
    let fused = loss {
      $0.scan(x, lengths: lengths, reversed: reversed, from: state, recomputation: recomputation)
    }
    let loop = loss { $0.scanByLoop(x, lengths: lengths, reversed: reversed, from: state) }
    #expect(abs(fused.0 - loop.0) < 1e-4 * max(1, abs(loop.0)))
    for path in fused.1.layout.entries.map(\.path) {
      let (a, b) = (fused.1[path]!, loop.1[path]!)
      let largest = b.scalars.map(abs).max() ?? 0
      let error = zip(a.scalars, b.scalars).map { abs($0 - $1) }.max() ?? 0
      #expect(error <= 1e-5 * max(largest, 1), "\(path) \(error) of \(largest)")
      #expect(largest > 0)
    }
  }

  /// Zeros need not be read until somebody writes over them.
  @Test func aStartThatWasWrittenOverIsRead() {
    func check<Cell: RecurrentCell>(_ cell: Cell) {
      let x = inputs([2, 5, 3], "x")
      var state = cell.initialState(batchSize: 2)
      let fromZeros = cell.scan(x, lengths: nil, reversed: false, from: state)
      state.visitTensors { tensor in tensor.withUnsafeMutablePointer { $0[7] = 0.5 } }
      let (seen, expected) = (
        cell.scan(x, lengths: nil, reversed: false, from: state),
        cell.scanByLoop(x, lengths: nil, reversed: false, from: state)
      )
      #expect(Comparison.relativeError(seen.outputs, expected.outputs) < 1e-5)
      #expect(seen.outputs != fromZeros.outputs)
    }
    check(ElmanCell(inputSize: 3, hiddenSize: 5, random: RandomSource(seed: 2)))
    check(GRUCell(inputSize: 3, hiddenSize: 5, random: RandomSource(seed: 2)))
    check(LSTMCell(inputSize: 3, hiddenSize: 5, random: RandomSource(seed: 2)))
  }

  /// Beyond one span of the walk back, whose gate values are kept or computed again.
  @Test(arguments: [false, true], [Recomputation.never, .blocks(of: 5)])
  func longSequencesEqualTheLoop(reversed: Bool, recomputation: Recomputation) {
    let random = RandomSource(seed: 4)
    let lengths = [530, 0, 512, 1, 200]
    check(
      LSTMCell(inputSize: 3, hiddenSize: 5, random: random), steps: 530, reversed: reversed, lengths: lengths,
      recomputation: recomputation)
    for reset in GRUCell.Reset.allCases {
      check(
        GRUCell(inputSize: 2, hiddenSize: 17, reset: reset, random: random), steps: 530, reversed: reversed,
        lengths: lengths, recomputation: recomputation)
    }
    check(
      ElmanCell(inputSize: 3, hiddenSize: 5, random: random), steps: 530, reversed: reversed, lengths: lengths,
      recomputation: recomputation)
    check(
      PeepholeLSTMCell(inputSize: 3, hiddenSize: 17, random: RandomSource(seed: 7)), steps: 530, reversed: reversed,
      lengths: lengths,
      recomputation: recomputation)
    check(
      Crowded(inputSize: 3, hiddenSize: 5, random: RandomSource(seed: 7)), steps: 530, reversed: reversed,
      lengths: lengths,
      recomputation: recomputation)
  }

  /// What a gradient has become after many steps is zero, not a denormal number, which is as good as zero and a hundred
  /// times as slow to compute with.
  @Test(.enabled(if: Scalar.self == Float.self)) func gradientsVanishToZero() {
    func check<Cell: RecurrentCell>(_ fresh: RecurrentLayer<Cell>) {
      var layer = fresh
      layer.recomputation = .never
      let x = inputs([3, 400, 3], "x")
      let run = gradients(of: layer, inputs: [x], upstream: inputs([3, 7], "upstream") * 100) { layer, inputs in
        layer(inputs[0]).lastOutputs
      }
      let magnitudes = run.inputGradients[0].scalars.map(abs)
      #expect(magnitudes.contains { $0 > 1e-3 } && magnitudes.contains(0))
      #expect(magnitudes.allSatisfy { $0 == 0 || $0.isNormal })
      let earliest = run.inputGradients[0][0..<1, axis: 1].scalars
      #expect(earliest.allSatisfy { $0 == 0 })
    }
    check(ElmanRNN(inputSize: 3, hiddenSize: 7, random: RandomSource(seed: 6)))
    check(LSTM(inputSize: 3, hiddenSize: 7, random: RandomSource(seed: 6)))
    check(GRU(inputSize: 3, hiddenSize: 7, random: RandomSource(seed: 6)))
    check(GRU(inputSize: 3, hiddenSize: 7, reset: .beforeProduct, random: RandomSource(seed: 6)))
    check(
      RecurrentLayer(inputSize: 3) {
        EquationLSTM(inputSize: $0.inputSize, hiddenSize: 7, random: RandomSource(seed: 7))
      })
    check(
      RecurrentLayer(inputSize: 3) {
        MinimalGatedCell(inputSize: $0.inputSize, hiddenSize: 7, random: RandomSource(seed: 7))
      })
  }

  /// Packed weights are kept between calls: any change of any weight must be seen.
  @Test func seesEveryChangeOfTheWeights() {
    var cell = GRUCell(inputSize: 3, hiddenSize: 5, random: RandomSource(seed: 5))
    let x = inputs([2, 4, 3], "x")
    func outputs(_ cell: GRUCell) -> Tensor {
      cell.scan(x, lengths: nil, reversed: false, from: cell.initialState(batchSize: 2)).outputs
    }
    var seen = [outputs(cell)]
    #expect(outputs(cell) == seen[0])
    func change(_ body: (inout GRUCell) -> Void) {
      let before = cell
      body(&cell)
      seen.append(outputs(cell))
      #expect(outputs(before) == seen[seen.count - 2], "a copy keeps its own weights")
      let loop = cell.scanByLoop(x, lengths: nil, reversed: false, from: cell.initialState(batchSize: 2)).outputs
      #expect(zip(loop.scalars, seen[seen.count - 1].scalars).allSatisfy { abs($0 - $1) < 1e-5 })
      #expect(seen[seen.count - 1] != seen[seen.count - 2])
    }
    change { $0.weights.inputWeight[0, 0] += 1 }
    change { $0.weights.recurrentWeight[7, 2] -= 1 }
    change { $0.weights.inputBias![3] += 1 }
    change { $0.weights.recurrentBias![12] += 1 }
    change { $0 = GRUCell(inputSize: 3, hiddenSize: 5, random: RandomSource(seed: 6)) }
  }

  @Test(arguments: [false, true], [[9, 0, 4, 1, 7], nil])
  func equalsTheLoop(reversed: Bool, lengths: [Int]?) {
    let random = RandomSource(seed: 3)
    for (input, hidden) in [(3, 5), (2, 17)] {
      for hasBias in [true, false] {
        for activation in Activation.allCases {
          check(
            ElmanCell(inputSize: input, hiddenSize: hidden, activation: activation, hasBias: hasBias, random: random),
            reversed: reversed, lengths: lengths)
        }
        check(
          LSTMCell(inputSize: input, hiddenSize: hidden, hasBias: hasBias, random: random), reversed: reversed,
          lengths: lengths)
        for reset in GRUCell.Reset.allCases {
          check(
            GRUCell(inputSize: input, hiddenSize: hidden, reset: reset, hasBias: hasBias, random: random),
            reversed: reversed, lengths: lengths)
        }
        checkEquations(input, hidden, hasBias, reversed, lengths)
      }
    }
  }

  private func checkEquations(_ input: Int, _ hidden: Int, _ hasBias: Bool, _ reversed: Bool, _ lengths: [Int]?) {
    func check<Cell: PointwiseCell>(_: Cell.Type) {
      self.check(
        Cell(inputSize: input, hiddenSize: hidden, hasBias: hasBias, random: RandomSource(seed: 7)), reversed: reversed,
        lengths: lengths)
    }
    check(EquationElman.self)
    check(EquationLSTM.self)
    check(EquationGRU.self)
    check(EquationGRUBefore.self)
    check(MinimalGatedCell.self)
    check(PeepholeLSTMCell.self)
    check(Independent.self)
    check(Crowded.self)
    check(Twisted.self)
    check(Resting.self)
  }
}
