public import RecurrentTensor

/// Reads sequences: a recurrent layer, what is made of cells, or one of the structures that these are compared with.
///
/// What stands behind a row's length has no influence, and a row alone gives what it gives in a batch.
public protocol SequenceEncoder: Module {
  /// The features of an output.
  var outputSize: Int { get }

  /// Reads whole sequences.
  ///
  /// - Parameters:
  ///   - inputs: `[batch, time, inputSize]`.
  ///   - lengths: The valid steps of each row; nil if all are valid.
  ///   - context: Training or inference.
  /// - Returns: The outputs of all steps, the last ones, and what the encoder carries.
  func encode(_ inputs: Tensor, lengths: [Int]?, context: inout ForwardContext) -> EncodedSequence

  /// The multiply-adds of one step of one row, those between steps as many as they are on the average of a sequence.
  ///
  /// - Parameter steps: The steps of the sequence.
  /// - Returns: One for each number of each matrix, and those of scores and of weighted sums.
  func multiplyAdds(steps: Int) -> Int
}

/// A recurrent layer whose cell is chosen while the program runs.
public protocol RecurrentEncoder: SequenceEncoder {
  /// The multiply-adds of one step of one row, in all layers and directions: see ``RecurrentCell/multiplyAdds``.
  var multiplyAdds: Int { get }

  /// The bytes that a training pass keeps for the way back, beside the inputs.
  ///
  /// - Parameters:
  ///   - rows: The rows of a batch.
  ///   - steps: The valid steps of each.
  /// - Returns: The results of all operations, and the gate values that fused scans keep.
  func keptBytes(rows: Int, steps: Int) -> Int

  /// Runs over whole sequences.
  ///
  /// - Parameters:
  ///   - inputs: `[batch, time, inputSize]`.
  ///   - lengths: The valid steps of each row; nil if all are valid.
  ///   - initialHidden: What the hidden state of the lowest forward cell starts as (of a cell that does not carry it, what
  ///     it does carry), `[batch, hidden]`; nil for the layer's own initial state.
  ///   - context: Training or inference.
  /// - Returns: The outputs of all steps, the last ones, and the final state.
  func encode(
    _ inputs: Tensor, lengths: [Int]?, initialHidden: Tensor?, context: inout ForwardContext
  ) -> EncodedSequence

  /// Goes on where another run of this layer has ended.
  ///
  /// - Parameters:
  ///   - inputs: `[batch, time, inputSize]`.
  ///   - state: The `state` of the other run.
  ///   - context: Training or inference.
  /// - Returns: The outputs of all steps, the last ones, and the final state.
  func encode(_ inputs: Tensor, from state: [Tensor], context: inout ForwardContext) -> EncodedSequence

  /// Starts with what another layer of the same cell, height and hidden size has ended with, as a decoder with the states of
  /// an encoder. The inputs of past steps that a cell sees again stay this layer's own, before any.
  ///
  /// - Parameters:
  ///   - inputs: `[batch, time, inputSize]`.
  ///   - state: The `state` of the other layer's run.
  ///   - context: Training or inference.
  /// - Returns: The outputs of all steps, the last ones, and the final state.
  func encode(_ inputs: Tensor, handedOver state: [Tensor], context: inout ForwardContext) -> EncodedSequence
}

extension RecurrentEncoder {
  /// Those of one step, however many there are.
  public func multiplyAdds(steps: Int) -> Int { multiplyAdds }

  /// Reads whole sequences from the layer's own initial state.
  public func encode(_ inputs: Tensor, lengths: [Int]?, context: inout ForwardContext) -> EncodedSequence {
    encode(inputs, lengths: lengths, initialHidden: nil, context: &context)
  }
}

/// What an encoder that is chosen while the program runs gives for a batch of sequences.
public struct EncodedSequence: Sendable {
  /// The outputs of every step, `[batch, time, outputSize]`; zero at steps that are not valid.
  public let outputs: Tensor
  /// The outputs of each row's last valid step, `[batch, outputSize]`; zero for a row without one. They are taken from the outputs
  /// when they are asked for.
  public var lastOutputs: Tensor { takeLast() }
  /// What every cell carries after its last step, the rows of the batch first, layer by layer; of an LSTM h and then c,
  /// `[batch, hidden]` each; of output feedback its last output behind them. Empty for an encoder that carries nothing from run
  /// to run.
  public let state: [Tensor]
  private let takeLast: @Sendable () -> Tensor

  /// What an encoder gives that carries nothing from run to run.
  ///
  /// - Parameters:
  ///   - outputs: `[batch, time, outputSize]`, whatever they are at steps that are not valid.
  ///   - lengths: The valid steps of each row; nil if all are valid.
  public init(outputs: Tensor, lengths: [Int]?) {
    self.init(masking: outputs, StepLengths("EncodedSequence", lengths, inputs: outputs))
  }

  init(_ result: RecurrentResult<some RecurrentState>) {
    (outputs, state, takeLast) = (result.outputs, result.finalState.tensors, { [last = result.last] in last.outputs })
  }

  /// Outputs `[batch, time, outputSize]`, whatever they are at steps that are not valid, and what is carried.
  init(masking outputs: Tensor, _ valid: StepLengths, state: [Tensor] = []) {
    let masked = valid.masked(outputs)
    (self.outputs, self.state, takeLast) = (masked, state, { valid.lastStep(of: masked.leavingFinishedTape()) })
  }
}
