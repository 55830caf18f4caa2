import RecurrentModels
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct RecursiveDecoderTests {
  private static let cells = ["elman", "lstm", "gru", "sru"]

  /// A horizon of one segment: the same parameters and the same outputs, to the bit.
  @Test(arguments: cells) func oneSegmentIsADirectHead(cell: String) {
    for known in [nil, 2] as [Int?] {
      let sample = DecoderUnderTest(cell: cell, layers: 2, horizon: 2, segment: 2, outputs: 3, knownSize: known)
      let (direct, recursive) = (sample.network(.direct), sample.network(.recursive))
      #expect(direct.namedTensors.map(\.name) == recursive.namedTensors.map(\.name))
      #expect(sample.outputs(direct, sample.inputs) == sample.outputs(recursive, sample.inputs))
    }
  }

  /// Every segment of the horizon by hand: the whole sequence of segments, written and forecast ones, is read from its
  /// beginning again for each.
  @Test(arguments: cells, [5, 6]) func feedsItsForecastsBack(cell: String, horizon: Int) throws {
    let sample = DecoderUnderTest(cell: cell, layers: 2, horizon: horizon)
    let network = sample.network(.recursive)
    let outputs = sample.outputs(network, sample.inputs)
    #expect(outputs.shape == [3, 2 * horizon])
    let continuation = try #require(sample.rows.continuation)
    let (channels, levels) = (try #require(continuation.channels), try #require(continuation.levels))
    let (weight, bias) = (network.tensor("head.weight"), network.tensor("head.bias"))
    for window in 0..<3 {
      var read = sample.inputs[window..<window + 1, axis: 0]
      for number in 0..<3 {
        var context = ForwardContext.inference
        let last = (network.encoder as! any RecurrentEncoder).encode(
          network.embedding(read).relu(), lengths: nil,
          initialHidden: network.start([sample.targets[window]], shape: [1]), context: &context
        ).lastOutputs
        var forecasts = [[Double]](repeating: [], count: 2)
        for output in 0..<2 {
          for row in 0..<2 {
            let unit = 2 * output + row
            var sum = Double(bias[unit])
            for index in 0..<3 { sum += Double(weight[unit, index]) * Double(last[0, index]) }
            forecasts[output].append(sum)
            let step = 2 * number + row
            guard step < horizon else { continue }
            #expect(abs(Double(outputs[window, output * horizon + step]) - sum) < 1e-4)
          }
        }
        guard number < 2 else { continue }
        var segment: [Scalar] = []
        for row in 0..<2 {
          let step = 2 * number + row
          let gain = Double(continuation.base[window, step]) + Double(continuation.scale[window]) * forecasts[0][row]
          let level = min(4, max(-4, gain + Double(levels.last[window])))
          segment += [Scalar(gain), channels[window, step, 0], Scalar(level)]
        }
        read = Tensor.concatenate([read, Tensor(segment, shape: [1, 1, 6])], axis: 1)
      }
    }
  }
}
