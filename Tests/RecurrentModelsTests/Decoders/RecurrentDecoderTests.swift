import RecurrentModels
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct RecurrentDecoderTests {
  /// Row by row by hand: two layers whose states are the encoder's, stepped with the layer's own weights.
  @Test(arguments: [nil, 2] as [Int?]) func stepsByHandAreTheNetwork(known: Int?) {
    stepsByHandAreTheNetwork(LSTM(inputSize: 3, hiddenSize: 3, layers: 2), "lstm", known: known) { $0 }
    // What the encoder read last is no row of the horizon.
    let layer = RecurrentLayer<QRNNCell>(inputSize: 3, hiddenSize: 3, layers: 2)
    stepsByHandAreTheNetwork(layer, "qrnn", known: known) { state in
      var state = state
      for layer in state.states.indices { state.states[layer].pastInputs = Tensor(zeros: [3, 3]) }
      return state
    }
  }

  private func stepsByHandAreTheNetwork<Cell: RecurrentCell>(
    _ layer: RecurrentLayer<Cell>, _ cell: String, known: Int?,
    start: (StackedState<Cell.State>) -> StackedState<Cell.State>
  ) {
    let sample = DecoderUnderTest(cell: cell, layers: 2, knownSize: known, calendarSize: known == nil ? 4 : nil)
    let network = sample.network(.encoderDecoder)
    let outputs = sample.outputs(network, sample.inputs)
    #expect(outputs.shape == [3, 10])
    var context = ForwardContext.inference
    let read = (network.encoder as! any RecurrentEncoder).encode(
      network.embedding(sample.inputs).relu(), lengths: nil,
      initialHidden: network.start(sample.targets, shape: [3]), context: &context)
    var decoder = layer
    let names = decoder.namedTensors.map(\.name)
    decoder = ModuleTensors.replacing(
      decoder, Dictionary(uniqueKeysWithValues: names.map { ($0, network.tensor("decoder.layer.\($0)")) }))
    var state = start(decoder.initialState(batchSize: 3).replacingTensors(read.state))
    let features = known == nil ? sample.rows.calendar! : sample.rows.known!
    let summary = read.lastOutputs.linear(
      weight: network.tensor("decoder.context.weight"), bias: network.tensor("decoder.context.bias"))
    for step in 0..<5 {
      let row = features[at: step, axis: 1].linear(weight: network.tensor("decoder.row.weight"))
      let input = (summary + row).adding(rowVector: network.tensor("decoder.step.weight")[at: step, axis: 0]).relu()
      let next = decoder.step(input, from: state)
      state = next.state
      let row0 = next.output.linear(
        weight: network.tensor("decoder.output.weight"), bias: network.tensor("decoder.output.bias"))
      for window in 0..<3 {
        for output in 0..<2 { #expect(abs(outputs[window, output * 5 + step] - row0[window, output]) < 1e-5) }
      }
    }
  }

  @Test func withoutFeaturesItReadsStepsAlone() {
    let sample = DecoderUnderTest()
    let network = sample.network(.encoderDecoder)
    #expect(!network.namedTensors.contains { $0.name.hasPrefix("decoder.row") })
    let outputs = sample.outputs(network, sample.inputs)
    #expect(outputs[at: 1, axis: 1] != outputs[at: 2, axis: 1])
  }
}
