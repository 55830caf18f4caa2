package import RecurrentNN
package import RecurrentTensor

/// What makes the outputs of the whole horizon of what an encoder has left of a window.
///
/// It starts with outputs of zero, so that an untrained network forecasts its base. A decoder is one file with one row in
/// `DecoderKind.all`.
package protocol HorizonDecoder: Module {
  /// - Parameters:
  ///   - window: The windows as the encoder has left them.
  ///   - rows: What is known of the rows of the horizon.
  ///   - context: Training or inference.
  /// - Returns: `[rows, outputs * horizon]`: the point forecasts of all steps, then those of each quantile.
  func callAsFunction(_ window: EncodedWindow, rows: HorizonRows, context: inout ForwardContext) -> Tensor
}

/// The sizes of a decoder to be made.
package struct HorizonDecoderPlan {
  let kind: SequenceEncoderKind
  /// Of the network's encoder, and of a decoder's own layer.
  let hiddenSize, layers: Int
  let dropout: Scalar
  /// The segments of a window, which an encoder of bounded reach has to see.
  let segments: Int
  /// Rows of the horizon and of a segment, and outputs of each row.
  let horizon, segment, outputs: Int
  /// The features of the known columns of each row, and of its place in the calendar; nil without any.
  let knownSize, calendarSize: Int?
  let random: RandomSource
  /// How layers are joined, and what keeps them from learning by heart; nil for nothing.
  package var connections: LayerConnections?
  package var regularization: RecurrentRegularization?

  package init(
    kind: SequenceEncoderKind, hiddenSize: Int, layers: Int, dropout: Scalar, segments: Int, horizon: Int,
    segment: Int, outputs: Int, knownSize: Int?, calendarSize: Int?, random: RandomSource
  ) {
    (self.kind, self.hiddenSize, self.layers, self.dropout) = (kind, hiddenSize, layers, dropout)
    (self.segments, self.horizon, self.segment, self.outputs) = (segments, horizon, segment, outputs)
    (self.knownSize, self.calendarSize, self.random) = (knownSize, calendarSize, random)
  }

  /// What reads the windows.
  func encoder(_ random: RandomSource) -> any SequenceEncoder {
    guard kind.recurrent == nil else { return layer(random) }
    return kind.make(
      SequenceEncoderKind.Plan(
        inputSize: hiddenSize, hiddenSize: hiddenSize, layers: layers, dropout: dropout, steps: segments,
        random: random))
  }

  /// A recurrent layer of these sizes, of the cell that reads the windows.
  func layer(_ random: RandomSource) -> any RecurrentEncoder {
    guard let cell = kind.recurrent else {
      preconditionFailure("HorizonDecoderPlan: expected a recurrent cell, received \(kind)")
    }
    var plan = RecurrentKind.Plan(
      inputSize: hiddenSize, hiddenSize: hiddenSize, layers: layers, dropout: dropout, random: random)
    plan.connections = connections ?? .none
    plan.regularization = regularization ?? .none
    return cell.make(plan)
  }
}

/// Windows as an encoder has left them.
package struct EncodedWindow {
  private let embedding: Linear
  private let encoder: any SequenceEncoder
  /// The last outputs, `[rows, hidden]`.
  let output: Tensor
  /// The state of every layer, `[rows, hidden]` each; nothing of an encoder that carries none.
  let state: [Tensor]

  /// Reads windows of segments `[rows, segments, inputSize]` from a state `[rows, hidden]`: what starts from no state is shown it
  /// at every segment.
  init(
    _ segments: Tensor, from hidden: Tensor, embedding: Linear, encoder: any SequenceEncoder,
    context: inout ForwardContext
  ) {
    let embedded = embedding(segments).relu()
    let run: EncodedSequence
    if let layer = encoder as? any RecurrentEncoder {
      run = layer.encode(embedded, lengths: nil, initialHidden: hidden, context: &context)
    } else {
      let count = embedded.shape[1]
      let shown = hidden.rows(at: (0..<embedded.shape[0] * count).map { $0 / count })
      run = encoder.encode(embedded + shown.reshaped(to: embedded.shape), lengths: nil, context: &context)
    }
    (self.embedding, self.encoder, output, state) = (embedding, encoder, run.lastOutputs, run.state)
  }

  private init(_ before: EncodedWindow, _ run: EncodedSequence) {
    (embedding, encoder, output, state) = (before.embedding, before.encoder, run.lastOutputs, run.state)
  }

  /// The windows with one more segment `[rows, inputSize]` at their end, read by the same layer.
  func continued(by segment: Tensor, context: inout ForwardContext) -> EncodedWindow {
    guard let layer = encoder as? any RecurrentEncoder else {
      preconditionFailure("EncodedWindow: expected a recurrent layer to go on with, received \(type(of: encoder))")
    }
    let embedded = embedding(segment).relu()
    let inputs = embedded.reshaped(to: [embedded.shape[0], 1, embedded.shape[1]])
    return EncodedWindow(self, layer.encode(inputs, from: state, context: &context))
  }
}

/// What is known of the rows of the horizon of some windows before they come.
package struct HorizonRows {
  /// The features of known columns, `[rows, horizon, features]`; nil without any.
  package var known: Tensor?
  /// The features of the calendar, `[rows, horizon, features]`; nil without any, and for decoders that do not read them.
  package var calendar: Tensor?
  /// The rows as a window would show them; nil where nothing is fed back.
  package var continuation: WindowContinuation?

  package init(known: Tensor? = nil, calendar: Tensor? = nil, continuation: WindowContinuation? = nil) {
    (self.known, self.calendar, self.continuation) = (known, calendar, continuation)
  }

  /// What decoders read beside known columns.
  struct Parts: OptionSet, Sendable {
    let rawValue: Int
    static let calendar = Parts(rawValue: 1)
    static let continuation = Parts(rawValue: 2)
  }
}
