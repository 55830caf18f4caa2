import RecurrentNN
import RecurrentTensor

extension DecoderKind {
  /// One segment after the other: the forecast of a segment is read as if it had happened, by the layer that has read the
  /// window.
  public static let recursive = DecoderKind(
    name: "recursive", reads: .continuation, segment: { ($0 + 3) / 4 },
    explanation: { horizon, segment in
      let steps = RecursiveDecoder.steps(horizon: horizon, segment: segment)
      guard steps > 1 else {
        return "recursive: the horizon is within one segment of \(segment) rows, so that nothing is fed back"
      }
      return "recursive: \(steps) segments of \(segment) rows, each forecast from the forecasts before it"
    },
    leastScalars: { _, segment, outputs in Double(segment) * Double(outputs) }, make: { RecursiveDecoder($0) })
}

/// A model of the next segment whose own forecasts are its inputs for the segments after it ("recurrent multi-step
/// forecasting" in Lin et al. 2023; the iterated forecast of Box & Jenkins 1970):
///
///     outputs_k = W_o dropout(h_k) + b_o                                  [rows, outputs * segment]
///     h_(k+1) = recurrent layer(ReLU(W_e segment(outputs_k) + b_e), h_k)
///
/// `segment(...)` writes the point forecasts in the units of the window, base included, beside what `WindowContinuation`
/// says of the other channels. In training as in use the model reads its own forecasts, never the truth: no teacher
/// forcing, so that it learns from errors like those it will make (Bengio et al. 2015 call the other way's harm a
/// discrepancy between training and inference). The loss of every row goes back through all forecasts before it.
struct RecursiveDecoder: HorizonDecoder {
  /// The model of one segment.
  var step: DirectDecoder
  let horizon, segment, outputs: Int

  init(_ plan: HorizonDecoderPlan) {
    (horizon, segment, outputs) = (plan.horizon, plan.segment, plan.outputs)
    step = DirectDecoder(plan, rows: plan.segment)
  }

  /// The segments of a horizon, the last of them perhaps longer than what is left.
  static func steps(horizon: Int, segment: Int) -> Int { (horizon + segment - 1) / segment }

  func callAsFunction(_ window: EncodedWindow, rows: HorizonRows, context: inout ForwardContext) -> Tensor {
    let steps = Self.steps(horizon: horizon, segment: segment)
    var window = window
    // [rows, outputs, segment] each.
    var parts: [Tensor] = []
    for number in 0..<steps {
      let known = rows.known.map { self.known($0, in: number) }
      let forecast = step(window, rows: HorizonRows(known: known), context: &context)
      parts.append(forecast.reshaped(to: [forecast.shape[0], outputs, segment]))
      guard number + 1 < steps else { break }
      guard let continuation = rows.continuation else {
        preconditionFailure("RecursiveDecoder: expected the rows that forecasts are written into, received none")
      }
      let next = continuation.segment(number, forecasts: forecast[0..<segment, axis: 1])
      window = window.continued(by: next, context: &context)
    }
    let whole = Tensor.concatenate(parts, axis: 2)[0..<horizon, axis: 2]
    return whole.reshaped(to: [whole.shape[0], outputs * horizon])
  }

  /// The known columns of a segment, zero beyond the horizon.
  private func known(_ rows: Tensor, in number: Int) -> Tensor {
    let part = rows[number * segment..<min((number + 1) * segment, horizon), axis: 1]
    guard part.shape[1] < segment else { return part }
    return Tensor.concatenate(
      [part, Tensor(zeros: part.shape.replacing(axis: 1, with: segment - part.shape[1]))], axis: 1)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) { step.visitParameters(&visitor) }
}
