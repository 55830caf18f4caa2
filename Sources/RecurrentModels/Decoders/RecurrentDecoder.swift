import RecurrentNN
import RecurrentTensor

extension DecoderKind {
  /// One row after the other, by a second recurrent layer that starts from the states in which the first one ended.
  public static let encoderDecoder = DecoderKind(
    name: "encoder-decoder", reads: .calendar,
    explanation: { horizon, _ in
      "encoder-decoder: a second recurrent layer walks over the \(horizon) rows of the horizon"
    },
    leastScalars: { horizon, _, outputs in Double(horizon) + Double(outputs) }, make: { RecurrentDecoder($0) })
}

/// A second recurrent layer over the rows of the horizon (Cho et al. 2014; Sutskever et al. 2014), which starts with all
/// states of the first:
///
///     a_t = ReLU(W_x x_t + W_c dropout(h_last) + p_t)     [rows, horizon, hidden]
///     h_t = recurrent layer over a, from the final states of every layer
///     outputs_t = W_o dropout(h_t) + b_o                  [rows, horizon, outputs]
///
/// `x_t` are the features of the known columns of row t, without any those of its place in the calendar, `p_t` a trained
/// vector of each step, `h_last` what the window has left, as the summary that Cho et al. show to every step. Outputs are
/// not fed back: they are a function of the state, which is carried on, and there is no draw among words to be told of as
/// in translation. So no truth stands in for them in training either, and all rows are one run of the layer.
struct RecurrentDecoder: HorizonDecoder {
  /// Reads the features of a row; nil without any.
  var row: Linear?
  var context: Linear
  var step: Embedding
  var decoder: any RecurrentEncoder
  var output: Linear
  let dropout: Dropout

  init(_ plan: HorizonDecoderPlan) {
    let (size, random) = (plan.hiddenSize, plan.random.stream("decoder"))
    row = (plan.knownSize ?? plan.calendarSize).map {
      Linear(inputSize: $0, outputSize: size, hasBias: false, random: random.stream("row"))
    }
    context = Linear(inputSize: size, outputSize: size, random: random.stream("context"))
    step = Embedding(
      vocabularySize: plan.horizon, size: size, initializer: .normal(standardDeviation: 0.02),
      random: random.stream("step"))
    decoder = plan.layer(random.stream("layer"))
    output = Linear(
      inputSize: size, outputSize: plan.outputs, weightInitializer: .constant(0), biasInitializer: .constant(0),
      random: random.stream("output"))
    dropout = Dropout(rate: plan.dropout)
  }

  func callAsFunction(_ window: EncodedWindow, rows: HorizonRows, context forward: inout ForwardContext) -> Tensor {
    let count = window.output.shape[0], horizon = step.vocabularySize
    let summary = context(dropout(window.output, context: &forward), context: &forward)
    let places = 0..<count * horizon
    var inputs = summary.rows(at: places.map { $0 / horizon })
    inputs = inputs + step(places.map { $0 % horizon }, shape: [count * horizon])
    if let row, let features = rows.known ?? rows.calendar {
      inputs = inputs + row(features.reshaped(to: [count * horizon, features.shape[2]]), context: &forward)
    }
    let steps = inputs.relu().reshaped(to: [count, horizon, inputs.shape[1]])
    let run = decoder.encode(steps, handedOver: window.state, context: &forward)
    let hidden = dropout(run.outputs, context: &forward)
    let outputs = output(hidden, context: &forward)
    return outputs.transposed(1, 2).reshaped(to: [count, output.outputSize * horizon])
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.enter("decoder")
    visitor.visit(&row, "row")
    visitor.visit(&context, "context")
    visitor.visit(&step, "step")
    visitor.enter("layer")
    decoder.visitParameters(&visitor)
    visitor.leave()
    visitor.visit(&output, "output")
    visitor.leave()
  }
}
