import RecurrentNN
import RecurrentTensor

/// The network of many series: a `SegmentNetwork` that starts from what is known of a series, beside a linear map of the
/// whole window.
///
///     h_0 = s + sum over categories of E_c[text] + V statics   [rows, hidden]
///     forecast = network(window, from h_0) + W window + b
///
/// The head and the map start at zero, so that an untrained network forecasts its base. V starts at zero as well, so
/// that a column which no series of the training misses says nothing where one is missing.
struct PanelNetwork: Module {
  var network: SegmentNetwork
  var categories: [Embedding]
  /// Reads what is known of a series in numbers; nil without static columns.
  var statics: Linear?
  var shortcut: Linear?

  init(_ plan: PanelMember.Plan, kind: SequenceEncoderKind, random: RandomSource) {
    var sizes = HorizonDecoderPlan(
      kind: kind, hiddenSize: plan.hiddenSize, layers: plan.layers, dropout: Scalar(share: plan.dropout),
      segments: plan.segments, horizon: plan.horizon, segment: plan.segment, outputs: 1, knownSize: nil,
      calendarSize: nil, random: random)
    (sizes.connections, sizes.regularization) = (plan.connections, plan.regularization)
    network = SegmentNetwork(inputSize: plan.segment, targets: 1, decoder: .direct, sizes)
    categories = plan.vocabularies.enumerated().map { index, size in
      Embedding(
        vocabularySize: size, size: plan.hiddenSize, initializer: .normal(standardDeviation: 0.02),
        random: random.stream("category").stream(index))
    }
    statics = plan.staticSize.map { size in
      Linear(
        inputSize: size, outputSize: plan.hiddenSize, hasBias: false, weightInitializer: .constant(0),
        random: random.stream("statics"))
    }
    if plan.hasShortcut {
      shortcut = Linear(
        inputSize: plan.window, outputSize: plan.horizon, weightInitializer: .constant(0),
        biasInitializer: .constant(0), random: random.stream("shortcut"))
    }
  }

  /// - Parameters:
  ///   - inputs: `[rows, window]`.
  ///   - numbers: The number of each row's text, for each category.
  ///   - features: The static features, `[rows, features]`; nil without any.
  ///   - context: Training or inference.
  /// - Returns: `[rows, horizon]`.
  func callAsFunction(
    _ inputs: Tensor, categories numbers: [[Int]], statics features: Tensor?, context: inout ForwardContext
  ) -> Tensor {
    let rows = inputs.shape[0], segment = network.embedding.inputSize
    var start = network.start([Int](repeating: 0, count: rows), shape: [rows])
    for (category, numbers) in zip(categories, numbers) { start = start + category(numbers, shape: [rows]) }
    if let statics, let features { start = start + statics(features) }
    let segments = inputs.reshaped(to: [rows, inputs.shape[1] / segment, segment])
    let outputs = network(segments, rows: HorizonRows(), from: start, context: &context)
    guard let shortcut else { return outputs }
    return outputs + shortcut(inputs)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    network.visitParameters(&visitor)
    visitor.visit(&categories, "categories")
    visitor.visit(&statics, "statics")
    visitor.visit(&shortcut, "shortcut")
  }
}
