public import RecurrentNN
public import RecurrentTensor

/// A batch of sequences, or of stretches of sequences, that can be taken apart in time too: what truncated
/// back-propagation through time wants. `SequencePairs` is one.
public protocol SequenceBatch: RowBatch {
  /// The steps of the longest row.
  var stepCount: Int { get }

  /// A batch of these steps of every row. Only a range from 0 keeps the rows that start.
  func steps(in range: Range<Int>) -> Self

  /// For each row whether its sequence begins at the first step of this batch; else the row goes on where the same row of
  /// the batch before ended.
  var startingRows: [Bool] { get }
}

/// A model that can be run over a sequence stretch by stretch: state in, loss and state out.
///
/// ```swift
/// func loss(
///   on batch: SequencePairs, from state: StackedState<LSTMState>, context: inout ForwardContext
/// ) -> (loss: Tensor, state: StackedState<LSTMState>) {
///   let run = encoder(batch.inputs, lengths: batch.lengths, from: state, context: &context)
///   return (MeanSquaredError()(head(run.outputs), batch.targets, lengths: batch.lengths), run.finalState)
/// }
/// ```
public protocol StatefulModel<State>: TrainableModel where Batch: SequenceBatch {
  /// What the model carries from stretch to stretch.
  associatedtype State: RecurrentState

  /// The state before the first step of the batch's rows.
  func initialState(for batch: Batch) -> State

  /// The mean loss of a stretch.
  ///
  /// - Parameters:
  ///   - batch: The stretch.
  ///   - state: The state before its first step.
  ///   - context: Training or inference, and the randomness of dropout.
  /// - Returns: The loss, of shape `[]`, and the state after each row's last valid step.
  func loss(
    on batch: Batch, from state: State, context: inout ForwardContext
  ) -> (loss: Tensor, state: State)
}

extension StatefulModel {
  /// The mean loss of whole sequences.
  public func loss(on batch: Batch, context: inout ForwardContext) -> Tensor {
    loss(on: batch, from: initialState(for: batch), context: &context).loss
  }
}
