import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct LayerConnectionsTests {
  private let lengths = [5, 0, 3]
  private let exactly = MemoryLayout<Scalar>.size == 8 ? 1e-13 : 2e-6

  private var input: Tensor {
    var data = TestData(seed: 1)
    return data.tensor([3, 5, 2])
  }

  private func gru(_ connections: LayerConnections, _ direction: Direction = .forward, layers: Int = 3) -> GRU {
    ModuleTensors.randomized(
      GRU(inputSize: 2, hiddenSize: 4, layers: layers, direction: direction, connections: connections), seed: 2)
  }

  /// The stack by hand: each layer a layer of its own with the weights of the stack.
  private func byHand(
    _ stack: GRU, _ join: (_ layer: Int, _ outputs: Tensor, _ input: Tensor) -> (up: Tensor, top: Tensor)
  ) -> Tensor {
    let walks = stack.cells.count / stack.layers
    var (x, top) = (input, input)
    for layer in 0..<stack.layers {
      let single = GRU(inputSize: x.shape[2], direction: stack.direction) { place in
        stack.cells[layer * walks + (place.suffix.hasSuffix("reverse") ? 1 : 0)]
      }
      (x, top) = join(layer, single(x, lengths: lengths).outputs, x)
    }
    return top
  }

  @Test(arguments: [Direction.forward, .backward, .bidirectional]) func residualAddsTheInput(direction: Direction) {
    let stack = gru(.residual, direction)
    let expected = byHand(stack) { layer, outputs, input in
      let sum = layer > 0 ? outputs + input : outputs
      return (sum, sum)
    }
    #expect(stack(input, lengths: lengths).outputs == expected)
  }

  @Test(arguments: [Direction.forward, .backward, .bidirectional]) func highwayChooses(direction: Direction) throws {
    let stack = gru(.highway, direction)
    let tensors = Dictionary(uniqueKeysWithValues: stack.namedTensors.map { ($0.name, $0.tensor) })
    let expected = byHand(stack) { layer, outputs, input in
      guard layer > 0 else { return (outputs, outputs) }
      let gate = input.linear(
        weight: tensors["highway_weight_l\(layer)"]!, bias: tensors["highway_bias_l\(layer)"]!
      ).sigmoid()
      let mixed = gate * outputs + (1 - gate) * input
      return (mixed, mixed)
    }
    #expect(Comparison.relativeError(stack(input, lengths: lengths).outputs, expected) <= exactly)
  }

  @Test(arguments: Direction.all) func denseLayersSeeEverythingBelow(direction: Direction) {
    let stack = gru(.dense, direction)
    let width = direction.mergedSize(4)
    #expect(stack.cells.map(\.inputSize).last == 2 + 2 * width && stack.outputSize == width)
    let expected = byHand(stack) { _, outputs, input in
      (Tensor.concatenate([input, outputs], axis: 2), outputs)
    }
    #expect(stack(input, lengths: lengths).outputs == expected)
  }

  @Test(arguments: LayerConnections.allCases) func gradientsAreThoseOfDifferences(connections: LayerConnections) {
    for direction in [Direction.forward, .bidirectional] {
      var stack = gru(connections, direction)
      stack.regularization = .init(inputDropout: 0.3, outputDropout: 0.3, recurrentDropout: 0.3, hiddenZoneout: 0.2)
      let disagreements = GradientCheck.disagreements(of: stack, at: [input]) { stack, inputs in
        var context = ForwardContext.training(RandomSource(seed: 3), step: 4)
        let run = stack(inputs[0], lengths: lengths, context: &context)
        return [run.outputs, run.lastOutputs] + run.finalState.tensors
      }
      #expect(disagreements == [])
    }
  }

  @Test(arguments: LayerConnections.allCases) func lastOutputsAreThoseOfTheOutputs(connections: LayerConnections) {
    for direction in [Direction.forward, .backward, .bidirectional] {
      let run = gru(connections, direction)(input, lengths: lengths)
      for row in 0..<3 {
        let parts = direction == .bidirectional ? [(0..<4, false), (4..<8, true)] : [(0..<4, direction == .backward)]
        for (units, isBackward) in parts {
          for unit in units {
            let step = isBackward ? 0 : lengths[row] - 1
            #expect(run.lastOutputs[row, unit] == (lengths[row] == 0 ? 0 : run.outputs[row, step, unit]))
          }
        }
        for step in lengths[row]..<5 { #expect(run.outputs[row, step, 1] == 0) }
      }
    }
  }

  @Test(arguments: LayerConnections.allCases) func aStreamIsTheSequence(connections: LayerConnections) {
    let stack = gru(connections)
    let whole = stack(input)
    let fed = stack.stream(input)
    #expect(Comparison.relativeError(fed.outputs, whole.outputs) <= exactly)
    let stream = stack.stream()
    var output: [Scalar] = []
    for step in 0..<5 {
      stream.step(input[at: step, axis: 1][1..<2, axis: 0].scalars, into: &output)
      let expected = whole.outputs[at: step, axis: 1][1..<2, axis: 0]
      #expect(Comparison.relativeError(Tensor(output, shape: [1, 4]), expected) <= exactly)
    }
  }

  @Test(arguments: LayerConnections.allCases) func aRowAloneIsTheRowInItsBatch(connections: LayerConnections) {
    let stack = gru(connections, .bidirectional)
    let together = stack(input, lengths: lengths)
    let alone = stack(input[2..<3, axis: 0][0..<3, axis: 1])
    #expect(Comparison.relativeError(alone.outputs, together.outputs[2..<3, axis: 0][0..<3, axis: 1]) <= exactly)
    #expect(Comparison.relativeError(alone.lastOutputs, together.lastOutputs[2..<3, axis: 0]) <= exactly)
  }

  @Test func highwayGatesAreShownSavedAndStartByPassingMostOfTheInput() throws {
    let stack = GRU(inputSize: 2, hiddenSize: 3, layers: 2, connections: .highway, random: RandomSource(seed: 4))
    let layout = ParameterLayout(of: stack)
    #expect(layout.entries.suffix(2).map(\.path) == ["highway_weight_l1", "highway_bias_l1"])
    #expect(layout["highway_weight_l1"]?.shape == [3, 3])
    #expect(ModuleReflection.forgottenTensors(in: stack) == [])
    let file = try SafetensorsFile(
      bytes: SafetensorsFile.encoded(stack.namedTensors.map { (name: $0.name, tensor: $0.tensor) }), name: "memory")
    var other = GRU(inputSize: 2, hiddenSize: 3, layers: 2, connections: .highway, random: RandomSource(seed: 5))
    try other.loadWeights(from: file)
    #expect(other(input).outputs == stack(input).outputs)
    // sigmoid(-1) of the layer, the rest of its input.
    let lower = GRU(inputSize: 2) { _ in stack.cells[0] }(input).outputs
    let upper = GRU(inputSize: 3) { _ in stack.cells[1] }(lower).outputs
    let share: Scalar = 0.26894143
    let error = Comparison.relativeError(stack(input).outputs, share * upper + (1 - share) * lower)
    #expect(error < 1e-5)
  }

  @Test func namesAreThoseOfFiles() {
    #expect(LayerConnections.allCases.map(\.rawValue) == ["none", "residual", "highway", "dense"])
    #expect(
      "\(gru(.residual))" == "GRU(2 -> 4, layers 3, residual connections), 336 parameters")
  }
}
