import RecurrentNN
import RecurrentTensor

extension DecoderKind {
  /// All rows of the horizon at once, by one linear map of the last output.
  public static let direct = DecoderKind(
    name: "direct", explanation: { _, _ in nil },
    leastScalars: { horizon, _, outputs in Double(horizon) * Double(outputs) }, make: { DirectDecoder($0) })
}

/// One linear map of what the window has left to all rows of the horizon (Lin et al. 2023, "SegRNN", with a direct head):
///
///     outputs = W_o dropout(h_last) + b_o         [rows, outputs * horizon]
///
/// With known columns `HorizonHead` adds what it makes of their rows in the horizon.
struct DirectDecoder: HorizonDecoder {
  var head: Linear
  /// Reads the known columns of the horizon; nil without any.
  var horizonHead: HorizonHead?
  let dropout: Dropout

  init(_ plan: HorizonDecoderPlan) { self.init(plan, rows: plan.horizon) }

  /// A decoder of the first rows of the horizon alone.
  init(_ plan: HorizonDecoderPlan, rows: Int) {
    head = Linear(
      inputSize: plan.hiddenSize, outputSize: rows * plan.outputs, weightInitializer: .constant(0),
      biasInitializer: .constant(0), random: plan.random.stream("head"))
    horizonHead = plan.knownSize.map { size in
      HorizonHead(
        knownSize: size, contextSize: plan.hiddenSize, hiddenSize: plan.hiddenSize, horizon: rows,
        outputs: plan.outputs, dropout: plan.dropout, random: plan.random.stream("horizon"))
    }
    dropout = Dropout(rate: plan.dropout)
  }

  func callAsFunction(_ window: EncodedWindow, rows: HorizonRows, context: inout ForwardContext) -> Tensor {
    let state = dropout(window.output, context: &context)
    let direct = head(state)
    guard let horizonHead, let known = rows.known else { return direct }
    return direct + horizonHead(known, after: state, context: &context)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&head, "head")
    visitor.visit(&horizonHead, "horizon")
  }
}
