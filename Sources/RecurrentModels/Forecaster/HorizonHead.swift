import RecurrentNN
import RecurrentTensor

/// The part of a forecaster's head that reads the known columns of each row of the horizon:
///
///     a = ReLU(W_k known_s + b_k + W_c context + p_s)     [rows, horizon, hidden]
///     b = ReLU(W_2 dropout(a) + b_2)
///     output_s = W_o b + b_o
///
/// with a trained vector `p_s` of each step. It starts at zero, as the head for the whole horizon does.
struct HorizonHead: Module {
  var known: Linear
  var context: Linear
  var step: Embedding
  var second: Linear
  var output: Linear
  let dropout: Dropout

  init(
    knownSize: Int, contextSize: Int, hiddenSize: Int, horizon: Int, outputs: Int, dropout: Scalar, random: RandomSource
  ) {
    known = Linear(inputSize: knownSize, outputSize: hiddenSize, random: random.stream("known"))
    context = Linear(inputSize: contextSize, outputSize: hiddenSize, hasBias: false, random: random.stream("context"))
    step = Embedding(
      vocabularySize: horizon, size: hiddenSize, initializer: .normal(standardDeviation: 0.02),
      random: random.stream("step"))
    second = Linear(inputSize: hiddenSize, outputSize: hiddenSize, random: random.stream("second"))
    output = Linear(
      inputSize: hiddenSize, outputSize: outputs, weightInitializer: .constant(0), biasInitializer: .constant(0),
      random: random.stream("output"))
    self.dropout = Dropout(rate: dropout)
  }

  /// - Parameters:
  ///   - covariates: The known columns of the horizon, `[rows, horizon, knownSize]`.
  ///   - state: What the window has left, `[rows, contextSize]`.
  ///   - forward: Training or inference.
  /// - Returns: `[rows, outputs * horizon]`.
  func callAsFunction(_ covariates: Tensor, after state: Tensor, context forward: inout ForwardContext) -> Tensor {
    let rows = covariates.shape[0], horizon = covariates.shape[1], count = rows * horizon
    let inputs = covariates.reshaped(to: [count, covariates.shape[2]])
    let states = context(state, context: &forward).rows(at: (0..<count).map { $0 / horizon })
    let steps = step((0..<count).map { $0 % horizon }, shape: [count])
    let first = (known(inputs, context: &forward) + states + steps).relu()
    let hidden = second(dropout(first, context: &forward), context: &forward).relu()
    let outputs = output(hidden, context: &forward).reshaped(to: [rows, horizon, output.outputSize])
    return outputs.transposed(1, 2).reshaped(to: [rows, output.outputSize * horizon])
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&known, "known")
    visitor.visit(&context, "context")
    visitor.visit(&step, "step")
    visitor.visit(&second, "second")
    visitor.visit(&output, "output")
  }
}
