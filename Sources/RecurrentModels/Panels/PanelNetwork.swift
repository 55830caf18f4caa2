import RecurrentNN
import RecurrentTensor

/// The network of many series: a `SegmentNetwork` that starts from what is known of a series, beside a linear map of the
/// whole window.
///
///     h_0 = s + sum over categories of E_c[text]   [rows, hidden]
///     forecast = network(window, from h_0) + W window + b
///
/// The head and the map start at zero, so that an untrained network forecasts its base.
struct PanelNetwork: Module {
  var network: SegmentNetwork
  var categories: [Embedding]
  var shortcut: Linear?

  init(_ plan: PanelMember.Plan, kind: RecurrentKind, random: RandomSource) {
    network = SegmentNetwork(
      inputSize: plan.segment, targets: 1, decoder: .direct,
      HorizonDecoderPlan(
        kind: kind, hiddenSize: plan.hiddenSize, layers: plan.layers, dropout: Scalar(plan.dropout),
        horizon: plan.horizon, segment: plan.segment, outputs: 1, knownSize: nil, calendarSize: nil, random: random))
    categories = plan.vocabularies.enumerated().map { index, size in
      Embedding(
        vocabularySize: size, size: plan.hiddenSize, initializer: .normal(standardDeviation: 0.02),
        random: random.stream("category").stream(index))
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
  ///   - context: Training or inference.
  /// - Returns: `[rows, horizon]`.
  func callAsFunction(_ inputs: Tensor, categories numbers: [[Int]], context: inout ForwardContext) -> Tensor {
    let rows = inputs.shape[0], segment = network.embedding.inputSize
    var start = network.start([Int](repeating: 0, count: rows), shape: [rows])
    for (category, numbers) in zip(categories, numbers) { start = start + category(numbers, shape: [rows]) }
    let segments = inputs.reshaped(to: [rows, inputs.shape[1] / segment, segment])
    let outputs = network(segments, rows: HorizonRows(), from: start, context: &context)
    guard let shortcut else { return outputs }
    return outputs + shortcut(inputs)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    network.visitParameters(&visitor)
    visitor.visit(&categories, "categories")
    visitor.visit(&shortcut, "shortcut")
  }
}
