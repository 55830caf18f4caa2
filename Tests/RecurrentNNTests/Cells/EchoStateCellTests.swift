import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct EchoStateCellTests {
  @Test(arguments: [(1, 0.5), (7, 1.2), (60, 0.9)]) func theSpectralRadiusIsAsAskedFor(units: Int, radius: Double) {
    let cell = EchoStateCell(
      inputSize: 2, hiddenSize: units, spectralRadius: radius, connections: 6, leak: 0.25, inputScale: 0.125,
      random: RandomSource(seed: 4))
    let weights = cell.weights
    #expect(abs(weights.recurrentWeight.spectralRadius / radius - 1) < 1e-5)
    for row in 0..<units {
      let entries = weights.recurrentWeight[at: row, axis: 0].scalars.filter { $0 != 0 }
      #expect(entries.count == min(6, units))
    }
    let inputs = weights.inputWeight.scalars + weights.inputBias!.scalars
    #expect(inputs.allSatisfy { abs($0) <= 0.125 } && inputs.contains { abs($0) > 0.03 })
    #expect(weights.unitWeights[0].tensor == Tensor(repeating: 0.25, shape: [units]))
  }

  @Test func nothingIsTrainedAndAllIsSaved() throws {
    func layer(_ seed: UInt64) -> RecurrentLayer<EchoStateCell> {
      RecurrentLayer(inputSize: 2, hiddenSize: 12, layers: 2, random: RandomSource(seed: seed))
    }
    let layout = ParameterLayout(of: layer(1))
    #expect(layout.trainableCount == 0 && layout.entries.count == 8)
    #expect(layout.entries.allSatisfy { $0.kind == .frozen })
    let bytes = SafetensorsFile.encoded(layer(1).namedTensors.map { (name: $0.name, tensor: $0.tensor) })
    var other = layer(2)
    let x = RandomSource(seed: 3).normal([2, 5, 2])
    #expect(other(x).outputs != layer(1)(x).outputs)
    try other.loadWeights(from: SafetensorsFile(bytes: bytes, name: "memory"))
    #expect(other(x).outputs == layer(1)(x).outputs)
  }

  /// What came long ago has no influence: the echo-state property.
  @Test func theStartIsForgotten() {
    let cell = EchoStateCell.fresh(inputSize: 1, hiddenSize: 50, random: RandomSource(seed: 5))
    var data = TestData(seed: 6)
    let x = data.tensor([2, 400, 1])
    let same = Tensor.concatenate([x[0..<1, axis: 0], x[0..<1, axis: 0]], axis: 0)
    var start = cell.initialState(batchSize: 2)
    start.hidden = data.tensor([2, 50])
    let end = cell.scan(same, lengths: nil, reversed: false, from: start).finalState.hidden
    #expect(Comparison.relativeError(end[0..<1, axis: 0], end[1..<2, axis: 0]) < 1e-5)
  }
}
