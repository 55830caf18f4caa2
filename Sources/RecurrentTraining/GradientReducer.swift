public import RecurrentNN

/// Joins the gradients of several workers that each saw a part of the batch.
///
/// The norm for clipping is taken after it.
public protocol GradientReducer: Sendable {
  /// Replaces the gradients and the loss of this worker by the means over all workers.
  func reduce(_ gradients: inout Gradients, loss: inout Double)
}

/// The reducer of a run with one worker: it changes nothing.
public struct LocalReducer: GradientReducer {
  /// The reducer of a run with one worker.
  public init() {}

  /// Does nothing.
  public func reduce(_ gradients: inout Gradients, loss: inout Double) {}
}
