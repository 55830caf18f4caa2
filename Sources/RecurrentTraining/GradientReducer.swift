/// Joins the gradients of several workers ("ranks") that each computed some shards of every batch.
///
/// All ranks run the same trainer on the same batches with a model of the same weights; rank r of R computes the shards
/// `r * S / R ..< (r + 1) * S / R` of the S that a batch is cut into. Since the tree of the sum is fixed by S, every rank
/// makes the same update, to the bit, as one process without ranks. The norm for clipping is taken afterwards.
///
/// Ranks must take the same steps: give them the same trainer without a time limit, and cancel all at the same step.
public protocol GradientReducer: Sendable {
  /// The number of this worker, from 0.
  var rank: Int { get }

  /// The workers. It must divide the trainer's `gradientShards`.
  var rankCount: Int { get }

  /// Replaces the tree of this rank's shards by the merged tree of all ranks. Trees may be merged in any order and at any
  /// place: the sum does not depend on it.
  ///
  /// - Throws: Why the others could not be reached; the run then fails with `TrainingError.cannotReduce`.
  func reduce(_ tree: inout GradientTree) throws

  /// This rank's run is over, with or without an error: nobody may wait for it.
  func finish()
}

extension GradientReducer {
  /// The first worker.
  public var rank: Int { 0 }
  /// One worker.
  public var rankCount: Int { 1 }
  /// Nobody waits.
  public func finish() {}
}

/// The reducer of a run with one worker: it changes nothing.
public struct LocalReducer: GradientReducer {
  /// The reducer of a run with one worker.
  public init() {}

  /// Does nothing.
  public func reduce(_ tree: inout GradientTree) {}
}
