package import RecurrentNN
package import RecurrentTensor

/// The network of a forecaster: a window in segments, read by an encoder, and a decoder of what it has left.
///
///     e_s = ReLU(W_e segment_s + b_e)              [rows, segments, hidden]
///     h = encoder over e, from a trained state of the target
///     forecast = decoder(h)                        [rows, outputs * horizon]
///
/// An encoder that starts from no state reads e_s plus that of the target. The decoder's outputs start at zero, so that an
/// untrained network forecasts its base.
package struct SegmentNetwork: Module {
  package var embedding: Linear
  package var start: Embedding
  package var encoder: any SequenceEncoder
  var decoder: any HorizonDecoder

  /// - Parameters:
  ///   - inputSize: The features of a segment.
  ///   - targets: The series that share the weights, each with a state of its own to start from.
  ///   - decoder: What makes the outputs of the horizon.
  ///   - plan: The sizes of the decoder, its randomness that of the whole network.
  package init(inputSize: Int, targets: Int, decoder: DecoderKind, _ plan: HorizonDecoderPlan) {
    embedding = Linear(inputSize: inputSize, outputSize: plan.hiddenSize, random: plan.random.stream("embedding"))
    start = Embedding(
      vocabularySize: targets, size: plan.hiddenSize, initializer: .normal(standardDeviation: 0.02),
      random: plan.random.stream("start"))
    encoder = plan.encoder(plan.random.stream("encoder"))
    self.decoder = decoder.make(plan)
  }

  /// - Parameters:
  ///   - inputs: `[rows, segments, inputSize]`.
  ///   - rows: What is known of the rows of the horizon.
  ///   - targets: The target of each row.
  ///   - context: Training or inference.
  /// - Returns: `[rows, outputs * horizon]`.
  package func callAsFunction(
    _ inputs: Tensor, rows: HorizonRows, targets: [Int], context: inout ForwardContext
  ) -> Tensor {
    self(inputs, rows: rows, from: start(targets, shape: [targets.count]), context: &context)
  }

  /// - Parameters:
  ///   - inputs: `[rows, segments, inputSize]`.
  ///   - rows: What is known of the rows of the horizon.
  ///   - hidden: The state each row starts from, `[rows, hidden]`.
  ///   - context: Training or inference.
  /// - Returns: `[rows, outputs * horizon]`.
  package func callAsFunction(
    _ inputs: Tensor, rows: HorizonRows, from hidden: Tensor, context: inout ForwardContext
  ) -> Tensor {
    let window = EncodedWindow(inputs, from: hidden, embedding: embedding, encoder: encoder, context: &context)
    return decoder(window, rows: rows, context: &context)
  }

  package mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&embedding, "embedding")
    visitor.visit(&start, "start")
    visitor.enter("encoder")
    encoder.visitParameters(&visitor)
    visitor.leave()
    decoder.visitParameters(&visitor)
  }
}
