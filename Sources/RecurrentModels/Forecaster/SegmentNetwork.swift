import RecurrentNN
import RecurrentTensor

/// The network of a forecaster: a window in segments, read by a recurrent layer, and a linear head for the whole
/// horizon at once (Lin et al. 2023, "SegRNN", with a direct head).
///
///     e_s = ReLU(W_e segment_s + b_e)              [rows, segments, hidden]
///     h = recurrent layer over e, from a trained state of the target
///     forecast = W_o dropout(h_last) + b_o         [rows, horizon * outputs]
///
/// With known columns `HorizonHead` adds what it makes of their rows in the horizon.
/// The head starts at zero, so that an untrained network forecasts its base.
struct SegmentNetwork: Module {
  var embedding: Linear
  var start: Embedding
  var encoder: any SequenceEncoder
  let dropout: Dropout
  var head: Linear
  /// Reads the known columns of the horizon; nil without any.
  var horizonHead: HorizonHead?

  init(
    inputSize: Int, hiddenSize: Int, layers: Int, dropout: Scalar, targets: Int, horizon: Int, outputs: Int,
    knownSize: Int?, kind: RecurrentKind, random: RandomSource
  ) {
    embedding = Linear(inputSize: inputSize, outputSize: hiddenSize, random: random.stream("embedding"))
    start = Embedding(
      vocabularySize: targets, size: hiddenSize, initializer: .normal(standardDeviation: 0.02),
      random: random.stream("start"))
    encoder = kind.make(
      .init(
        inputSize: hiddenSize, hiddenSize: hiddenSize, layers: layers, dropout: dropout,
        random: random.stream("encoder")))
    self.dropout = Dropout(rate: dropout)
    head = Linear(
      inputSize: encoder.outputSize, outputSize: horizon * outputs, weightInitializer: .constant(0),
      biasInitializer: .constant(0), random: random.stream("head"))
    horizonHead = knownSize.map { [encoder] size in
      HorizonHead(
        knownSize: size, contextSize: encoder.outputSize, hiddenSize: hiddenSize, horizon: horizon, outputs: outputs,
        dropout: dropout, random: random.stream("horizon"))
    }
  }

  /// - Parameters:
  ///   - inputs: `[rows, segments, inputSize]`.
  ///   - covariates: The known columns of the horizon, `[rows, horizon, features]`; nil without any.
  ///   - targets: The target of each row.
  ///   - context: Training or inference.
  /// - Returns: `[rows, outputs]`.
  func callAsFunction(
    _ inputs: Tensor, covariates: Tensor?, targets: [Int], context: inout ForwardContext
  ) -> Tensor {
    self(inputs, covariates: covariates, from: start(targets, shape: [targets.count]), context: &context)
  }

  /// - Parameters:
  ///   - inputs: `[rows, segments, inputSize]`.
  ///   - covariates: The known columns of the horizon, `[rows, horizon, features]`; nil without any.
  ///   - hidden: The state each row starts from, `[rows, hidden]`.
  ///   - context: Training or inference.
  /// - Returns: `[rows, outputs]`.
  func callAsFunction(
    _ inputs: Tensor, covariates: Tensor?, from hidden: Tensor, context: inout ForwardContext
  ) -> Tensor {
    let embedded = embedding(inputs).relu()
    let last = encoder.encode(embedded, lengths: nil, initialHidden: hidden, context: &context).lastOutputs
    let state = dropout(last, context: &context)
    let direct = head(state)
    guard let horizonHead, let covariates else { return direct }
    return direct + horizonHead(covariates, after: state, context: &context)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&embedding, "embedding")
    visitor.visit(&start, "start")
    visitor.enter("encoder")
    encoder.visitParameters(&visitor)
    visitor.leave()
    visitor.visit(&head, "head")
    visitor.visit(&horizonHead, "horizon")
  }
}
