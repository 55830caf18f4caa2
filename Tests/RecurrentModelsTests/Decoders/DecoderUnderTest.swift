import RecurrentModels
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport

/// A network with random weights and windows to read: two channels beside the target's, the second its level.
struct DecoderUnderTest {
  var cell = "gru"
  var layers = 1
  var horizon = 5
  var segment = 2
  var segments = 4
  var outputs = 2
  var knownSize: Int?
  var calendarSize: Int?
  /// What is added to the biases in front of a rectifier, to stay away from its kink.
  var lift = 0.0

  static let windows = 3, channels = 3, hidden = 3

  func network(_ decoder: DecoderKind) -> SegmentNetwork {
    let plan = HorizonDecoderPlan(
      kind: SequenceEncoderKind(named: cell)!, hiddenSize: Self.hidden, layers: layers, dropout: 0.2,
      segments: segments, horizon: horizon, segment: segment, outputs: outputs, knownSize: knownSize,
      calendarSize: calendarSize, random: RandomSource(seed: 4))
    let network = SegmentNetwork(inputSize: segment * Self.channels, targets: 2, decoder: decoder, plan)
    let randomized = ModuleTensors.randomized(network, seed: 8)
    let lifted = randomized.namedTensors.filter { name, _ in
      ["embedding.bias", "horizon.known.bias", "horizon.second.bias", "decoder.context.bias"].contains(name)
        || ["conv1.bias", "conv2.bias", "linear1.bias"].contains { name.hasSuffix($0) }
    }
    return ModuleTensors.replacing(
      randomized, Dictionary(uniqueKeysWithValues: lifted.map { ($0.name, $0.tensor + Scalar(lift)) }))
  }

  let targets = [1, 0, 1]

  var inputs: Tensor {
    var data = TestData(seed: 21)
    return data.tensor([Self.windows, segments, segment * Self.channels])
  }

  var rows: HorizonRows {
    var data = TestData(seed: 22)
    let (count, channels) = (Self.windows, Self.channels)
    let fed = (horizon - 1) / segment * segment
    return HorizonRows(
      known: knownSize.map { data.tensor([count, horizon, $0]) },
      calendar: calendarSize.map { data.tensor([count, horizon, $0]) },
      continuation: fed == 0
        ? nil
        : WindowContinuation(
          base: data.tensor([count, fed]), scale: data.tensor([count], in: 0.5...1.5),
          channels: ownLevelCleared(data.tensor([count, fed, channels - 1])),
          levels: (last: data.tensor([count]), columns: [1, 1, 1])))
  }

  private func ownLevelCleared(_ channels: Tensor) -> Tensor {
    let last = channels.shape[2] - 1
    return Tensor(
      channels.scalars.enumerated().map { $0 % (last + 1) == last ? 0 : $1 }, shape: channels.shape)
  }

  func outputs(_ network: SegmentNetwork, _ inputs: Tensor) -> Tensor {
    var context = ForwardContext.inference
    return network(inputs, rows: rows, targets: targets, context: &context)
  }
}

extension SegmentNetwork {
  func tensor(_ name: String) -> Tensor { namedTensors.first { $0.name == name }!.tensor }
}
