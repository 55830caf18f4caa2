import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct ConvLSTMCellTests {
  private static let file = ReferenceNumbers.convLSTM
  private static let frames = ["line": [6], "image": [4, 3]]
  private static let lengths = [4, 0, 2]

  private func cell(_ name: String) throws -> ConvLSTMCell {
    let cell = ConvLSTMCell(
      inputChannels: 2, hiddenChannels: 3, frame: Self.frames[name]!, random: RandomSource(seed: 1))
    let weights = try cell.namedTensors.map { ($0.name, try Self.file.tensor("\(name).\($0.name)")) }
    return ModuleTensors.replacing(cell, Dictionary(uniqueKeysWithValues: weights))
  }

  /// The tensor with all axes from `axis` on as one.
  private func flat(_ tensor: Tensor, from axis: Int) -> Tensor {
    let sizes = tensor.shape.sizes
    return tensor.reshaped(to: Shape(Array(sizes.prefix(axis)) + [sizes.dropFirst(axis).reduce(1, *)]))
  }

  @Test(arguments: ["line", "image", "small"]) func convolutionsAreThoseOfTheDefinition(name: String) throws {
    func tensor(_ part: String) throws -> Tensor { try Self.file.tensor("convolution.\(name).\(part)") }
    let inputs = [try tensor("input"), try tensor("weight"), try tensor("bias")]
    let output = inputs[0].convolved(with: inputs[1], bias: inputs[2])
    ReferenceNumbers.expectEqual(output, "convolution.\(name).output", in: Self.file)
    #expect(GradientCheck.disagreements(at: inputs) { $0[0].convolved(with: $0[1], bias: $0[2]) } == [])
    #expect(GradientCheck.disagreements(at: Array(inputs.prefix(2))) { $0[0].convolved(with: $0[1]) } == [])
    // An image alone is the image in its batch.
    let alone = inputs[0][1..<2, axis: 0].convolved(with: inputs[1], bias: inputs[2])
    #expect(alone == output[1..<2, axis: 0])
    #expect(inputs[0][0..<0, axis: 0].convolved(with: inputs[1]).shape[0] == 0)
  }

  @Test(arguments: ["line", "image"]) func numbersAreThoseOfTheEquations(name: String) throws {
    let cell = try cell(name)
    let inputs = flat(try Self.file.tensor("\(name).inputs"), from: 2)
    for (reversed, direction) in [(false, "forward"), (true, "backward")] {
      let state = cell.initialState(batchSize: 3)
      #expect(state.hidden.shape.sizes == [3, 3] + Self.frames[name]!)
      let scan = cell.scan(inputs, lengths: Self.lengths, reversed: reversed, from: state)
      let loop = cell.scanByLoop(inputs, lengths: Self.lengths, reversed: reversed, from: state)
      let outputs = flat(try Self.file.tensor("\(name).\(direction).outputs"), from: 2)
      #expect(Comparison.relativeError(scan.outputs, outputs) <= ReferenceNumbers.tolerance)
      let states = Tensor.stack(scan.finalState.tensors, axis: 0)
      ReferenceNumbers.expectEqual(states, "\(name).\(direction).state", in: Self.file)
      #expect(scan.outputs == loop.outputs && scan.finalState.tensors == loop.finalState.tensors)
    }
  }

  @Test(arguments: ["line", "image"]) func gradientsAreThoseOfDifferences(name: String) throws {
    let cell = ModuleTensors.randomized(
      ConvLSTMCell(inputChannels: 1, hiddenChannels: 2, frame: name == "line" ? [4] : [3, 2]), seed: 2)
    var data = TestData(seed: 3)
    let x = data.tensor([3, 3, cell.inputSize])
    let start = cell.initialState(batchSize: 3).mapTensors { data.tensor($0.shape) }
    for reversed in [false, true] {
      let disagreements = GradientCheck.disagreements(of: cell, at: [x] + start.tensors) { cell, inputs in
        let result = cell.scan(
          inputs[0], lengths: [3, 0, 2], reversed: reversed,
          from: start.replacingTensors(Array(inputs.dropFirst())))
        return [result.outputs] + result.finalState.tensors
      }
      #expect(disagreements == [])
    }
  }

  private func stack(_ direction: Direction, seed: UInt64 = 4) -> RecurrentLayer<ConvLSTMCell> {
    let stack = RecurrentLayer(inputSize: 20, layers: 2, direction: direction) { place in
      ConvLSTMCell(inputChannels: place.inputSize / 20, hiddenChannels: 2, frame: [4, 5], kernelSize: 5)
    }
    return ModuleTensors.randomized(stack, seed: seed, in: -0.3...0.3)
  }

  @Test func aRowAloneIsTheRowInItsBatch() {
    let stack = stack(.bidirectional)
    var data = TestData(seed: 5)
    let x = data.tensor([3, 4, 20])
    let together = stack(x, lengths: Self.lengths)
    for (row, length) in Self.lengths.enumerated() where length > 0 {
      let alone = stack(x[row..<row + 1, axis: 0][0..<length, axis: 1])
      #expect(together.outputs[row..<row + 1, axis: 0][0..<length, axis: 1] == alone.outputs)
      #expect(together.finalState.rows(at: [row]).tensors == alone.finalState.tensors)
    }
  }

  @Test func aStreamIsTheSequenceAndWeightsAreSaved() throws {
    var stack = stack(.forward)
    var data = TestData(seed: 6)
    let x = data.tensor([1, 4, 20])
    let whole = stack(x)
    let stream = stack.stream()
    var output: [Scalar] = []
    for step in 0..<4 {
      stream.step(x[at: step, axis: 1].scalars, into: &output)
      #expect(Tensor(output, shape: [1, 40]) == whole.outputs[at: step, axis: 1])
    }
    #expect(stream.state.tensors == whole.finalState.tensors)
    let bytes = SafetensorsFile.encoded(stack.namedTensors.map { (name: $0.name, tensor: $0.tensor) })
    stack = self.stack(.forward, seed: 7)
    #expect(stack(x).outputs != whole.outputs)
    try stack.loadWeights(from: SafetensorsFile(bytes: bytes, name: "memory"))
    #expect(stack(x).outputs == whole.outputs && stack.namedTensors[0].name == "weight_ih_l0")
  }

  /// What happens at a place reaches as far as the kernels do, and no further.
  @Test func aStepSeesItsNeighbourhood() {
    let cell = ModuleTensors.randomized(
      ConvLSTMCell(inputChannels: 1, hiddenChannels: 1, frame: [9], kernelSize: 3), seed: 8)
    var x = Tensor(zeros: [2, 2, 9])
    x[1, 0, 4] = 1
    let outputs = cell.scan(x, lengths: nil, reversed: false, from: cell.initialState(batchSize: 2)).outputs
    for (step, reach) in [(0, 1), (1, 2)] {
      for place in 0..<9 {
        #expect((outputs[0, step, place] != outputs[1, step, place]) == (abs(place - 4) <= reach))
      }
    }
  }
}
