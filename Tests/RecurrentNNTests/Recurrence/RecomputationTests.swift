import RecurrentKernels
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct RecomputationTests {
  private struct Pass {
    let value: Scalar
    let gradients: Gradients
    let inputGradients: [Tensor]
  }

  private let lengths = [7, 0, 3, 5]

  /// One gradient computation in which every output and every state counts.
  private func pass<Cell: RecurrentCell>(
    _ layer: RecurrentLayer<Cell>, _ recomputation: Recomputation, lengths: [Int]?, steps: Int = 7
  ) -> Pass {
    var layer = ModuleTensors.randomized(layer, seed: 41)
    layer.recomputation = recomputation
    var data = TestData(seed: 42)
    let x = data.tensor([4, steps, layer.inputSize])
    let start = layer.initialState(batchSize: 4).mapTensors { data.tensor($0.shape) }
    let run = valueAndGradients(of: layer, inputs: [x] + start.tensors) { layer, inputs in
      let run = layer(inputs[0], lengths: lengths, from: start.replacingTensors(Array(inputs.dropFirst())))
      var data = TestData(seed: 43)
      return ([run.outputs, run.lastOutputs] + run.finalState.tensors).reduce(Tensor(0)) { sum, tensor in
        sum + (tensor * tensor * data.tensor(tensor.shape)).sum()
      }
    }
    return Pass(value: run.value, gradients: run.gradients, inputGradients: run.inputGradients)
  }

  private func expectSameBits<Cell: RecurrentCell>(_ layer: RecurrentLayer<Cell>) {
    for lengths in [nil, lengths] {
      let kept = pass(layer, .never, lengths: lengths)
      for recomputation in [Recomputation.blocks(of: 2), .blocks(of: 1000), .automatic] {
        let again = pass(layer, recomputation, lengths: lengths)
        #expect(again.value == kept.value)
        #expect(again.gradients.arena == kept.gradients.arena, "\(recomputation)")
        #expect(again.inputGradients == kept.inputGradients, "\(recomputation)")
      }
    }
  }

  @Test(arguments: Direction.all) func builtInCellsGiveTheSameBits(direction: Direction) {
    for activation in Activation.allCases {
      expectSameBits(
        ElmanRNN(inputSize: 3, hiddenSize: 5, layers: 2, direction: direction, activation: activation))
    }
    expectSameBits(LSTM(inputSize: 3, hiddenSize: 17, layers: 2, direction: direction))
    for reset in GRUCell.Reset.allCases {
      expectSameBits(GRU(inputSize: 0, hiddenSize: 5, layers: 2, direction: direction, reset: reset))
    }
  }

  @Test(arguments: Direction.all) func aCellOfOnesOwnGivesTheSameToRounding(direction: Direction) {
    let exactly = MemoryLayout<Scalar>.size == 8 ? 1e-13 : 3e-6
    let layer = RecurrentLayer(inputSize: 3, layers: 2, direction: direction, initialState: .trainable) {
      TrailCell(inputSize: $0.inputSize)
    }
    for lengths in [nil, lengths] {
      let kept = pass(layer, .never, lengths: lengths)
      for length in [1, 2, 3, 4, 6, 7, 8] {
        let again = pass(layer, .blocks(of: length), lengths: lengths)
        #expect(again.value == kept.value, "blocks of \(length)")
        for path in kept.gradients.layout.entries.map(\.path) where kept.gradients[path] != nil {
          let error = Comparison.relativeError(again.gradients[path]!, kept.gradients[path]!, floor: 1e-3)
          #expect(error <= exactly, "blocks of \(length): \(path) \(error)")
        }
        for (a, b) in zip(again.inputGradients, kept.inputGradients) {
          #expect(Comparison.relativeError(a, b, floor: 1e-3) <= exactly, "blocks of \(length)")
        }
      }
    }
  }

  @Test(arguments: [Direction.forward, .backward]) func blocksHaveTheGradientsOfDifferences(direction: Direction) {
    var layer = ModuleTensors.randomized(
      RecurrentLayer(inputSize: 2, layers: 2, direction: direction, initialState: .trainable) {
        TrailCell(inputSize: $0.inputSize)
      }, seed: 51)
    layer.recomputation = .blocks(of: 2)
    var data = TestData(seed: 52)
    let disagreements = GradientCheck.disagreements(of: layer, at: [data.tensor([3, 5, 2])]) { layer, inputs in
      let run = layer(inputs[0], lengths: [3, 0, 5])
      return [run.outputs, run.lastOutputs] + run.finalState.tensors
    }
    #expect(disagreements == [])
  }

  /// Two layers that share a weight's slot on the tape, and a parameter that the loss uses elsewhere too.
  @Test func gradientsAreAddedToThoseOfOtherUses() {
    func gradients(_ recomputation: Recomputation) -> Gradients {
      var layer = ModuleTensors.randomized(
        RecurrentLayer(inputSize: 3) { TrailCell(inputSize: $0.inputSize) }, seed: 61)
      layer.recomputation = recomputation
      var data = TestData(seed: 62)
      let x = data.tensor([2, 6, 3])
      return valueAndGradients(of: layer) { layer in
        let first = layer(x), second = layer(x * 0.5, from: first.finalState)
        return (first.outputs * second.outputs).sum() + layer.cells[0].weight.squared().sum()
      }.gradients
    }
    let (kept, again) = (gradients(.never), gradients(.blocks(of: 4)))
    #expect(Comparison.relativeError(again.arena, kept.arena) < (MemoryLayout<Scalar>.size == 8 ? 1e-13 : 3e-6))
  }

  /// In a process of its own: the pool's peak is one for the process.
  @Test func memoryGrowsWithBlocksAndNotWithSteps() async {
    await #expect(processExitsWith: .success) {
      var layer = RecurrentLayer(inputSize: 1) { _ in WideCell() }
      let x = Tensor(repeating: 0.5, shape: [16, 2000, 1])
      func peak(_ recomputation: Recomputation) -> Int {
        layer.recomputation = recomputation
        _ = valueAndGradients(of: layer) { $0(x).outputs.squared().sum() }
        return BufferPool.peakBytes
      }
      let (inBlocks, kept) = (peak(.blocks(of: 40)), peak(.never))
      precondition(inBlocks * 8 < kept, "\(inBlocks) bytes in blocks, \(kept) without")
    }
  }

  @Test func gatesTakeTheMemoryOfOneSpan() async {
    await #expect(processExitsWith: .success) {
      var layer = LSTM(inputSize: 8, hiddenSize: 64)
      let steps = 8000
      let x = Tensor(repeating: 0.5, shape: [1, steps, 8])
      func peak(_ recomputation: Recomputation) -> Int {
        layer.recomputation = recomputation
        _ = valueAndGradients(of: layer) { $0(x).outputs.sum() }
        return BufferPool.peakBytes
      }
      let gates = 4 * 64 * steps * MemoryLayout<Scalar>.size
      let (again, kept) = (peak(.blocks(of: 512)), peak(.never))
      precondition(kept - again > gates / 4 * 3 && again < gates * 5 / 4, "\(again) bytes, \(kept) with all gates")
    }
  }

  @Test func aHiddenTensorStopsWithCause() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tape = Tape()
      var layer = RecurrentLayer(inputSize: 2) { _ in HidingCell(factor: tape.watch(Tensor([2, 3], shape: [1, 2]))) }
      layer.recomputation = .blocks(of: 2)
      _ = layer(tape.watch(Tensor(zeros: [1, 5, 2])))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("visitParameters") && text.contains(".never"))
  }

  @Test func aBlockWithoutStepsStopsWithCause() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var layer = RecurrentLayer(inputSize: 3) { TrailCell(inputSize: $0.inputSize) }
      layer.recomputation = .blocks(of: 0)
      _ = layer(Tensor(zeros: [1, 5, 3]))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("at least 1; received 0"))
  }
}

/// A cell with a tensor that its `visitParameters` does not show.
private struct HidingCell: RecurrentCell {
  var factor: Tensor
  var inputSize: Int { 2 }
  var outputSize: Int { 2 }
  func initialState(batchSize: Int) -> Tensor { Tensor(zeros: [batchSize, 2]) }
  func step(_ input: Tensor, from state: Tensor) -> (output: Tensor, state: Tensor) {
    let next = state + input * factor
    return (next, next)
  }
  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {}
}

/// A cell that computes much more in a step than it puts out.
private struct WideCell: RecurrentCell {
  var mix = Linear(inputSize: 33, outputSize: 32, random: RandomSource(seed: 3))
  var inputSize: Int { 1 }
  var outputSize: Int { 1 }
  func initialState(batchSize: Int) -> Tensor { Tensor(zeros: [batchSize, 32]) }
  func step(_ input: Tensor, from state: Tensor) -> (output: Tensor, state: Tensor) {
    let next = mix(Tensor.concatenate([input, state], axis: 1)).tanh()
    return (next[3..<4, axis: 1], next)
  }
  mutating func visitParameters(_ visitor: inout some ParameterVisitor) { visitor.visit(&mix, "mix") }
}
