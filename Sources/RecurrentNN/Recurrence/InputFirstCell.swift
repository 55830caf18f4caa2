public import RecurrentTensor

/// A cell whose step begins with something of the input alone, which is computed for all steps of a sequence at once.
///
/// It is a cell with a `step` of tensor operations, cut in two; whole sequences then take one large product for all inputs
/// instead of a small one at each step, with the same numbers.
///
/// ```swift
/// struct ScaledCell: InputFirstCell {
///   var weight: Tensor  // [hidden, input]
///   var inputSize: Int { weight.shape[1] }
///   var outputSize: Int { weight.shape[0] }
///
///   func initialState(batchSize: Int) -> Tensor { Tensor(zeros: [batchSize, outputSize]) }
///
///   func inputPart(_ input: Tensor) -> Tensor { input.linear(weight: weight) }
///
///   func step(inputPart: Tensor, from state: Tensor) -> (output: Tensor, state: Tensor) {
///     let next = (inputPart + 0.5 * state).tanh()
///     return (next, next)
///   }
///
///   mutating func visitParameters(_ visitor: inout some ParameterVisitor) { visitor.visit(&weight, "weight") }
/// }
/// ```
public protocol InputFirstCell: RecurrentCell {
  /// What a step takes of the input.
  ///
  /// - Parameter input: `[..., inputSize]`: of one step or of all.
  /// - Returns: `[..., part]`: each row is a function of its own row of the input.
  func inputPart(_ input: Tensor) -> Tensor

  /// The rest of one time step.
  ///
  /// - Parameters:
  ///   - inputPart: What `inputPart` gives for the step, `[batch, part]`.
  ///   - state: The state before the step.
  /// - Returns: The output `[batch, outputSize]` and the state after the step.
  func step(inputPart: Tensor, from state: State) -> (output: Tensor, state: State)
}

extension InputFirstCell {
  /// One time step: both parts.
  public func step(_ input: Tensor, from state: State) -> (output: Tensor, state: State) {
    step(inputPart: inputPart(input), from: state)
  }

  /// All time steps: the inputs' part of all of them, then a walk over the rest.
  public func scan(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: State
  ) -> SequenceResult<State> {
    let lengths = StepLengths(Self.layerName, lengths, inputs: inputs, inputSize: inputSize)
    return walk(over: inputPart(lengths.masked(inputs)), lengths, reversed: reversed, from: state) {
      step(inputPart: $0, from: $2)
    }
  }
}
