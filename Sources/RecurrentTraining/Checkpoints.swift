/// Where and how often a run is written down, so that it can go on after any end, with the bits of a run without one.
///
/// A file that stands at the path when a run begins is continued; one of another model or of other options, or a damaged
/// one, fails with `TrainingError.cannotResume` and leaves the model as it was. The data are known by the number of batches
/// alone, classes among the options by their type; the time limit may be another. The file is replaced whole or not at all. It stays when the run is over: remove it once the
/// model is kept.
///
/// ```swift
/// try trainer.fit(&model, on: batches, checkpoints: Checkpoints("run.safetensors", every: .seconds(60))) { print($0) }
/// ```
public struct Checkpoints: Hashable, Sendable {
  /// How often.
  public enum Interval: Hashable, Sendable {
    /// After this many updates.
    case steps(Int)
    /// After the first update that ends so many seconds after the last checkpoint.
    case seconds(Double)
  }

  /// The file: safetensors, its header holding the counters as JSON.
  public let path: String
  /// How often it is written; beside that once when a run is cancelled.
  public let interval: Interval

  /// - Parameters:
  ///   - path: The file.
  ///   - interval: How often it is written: every minute by default.
  public init(_ path: String, every interval: Interval = .seconds(60)) {
    switch interval {
    case .steps(let count): checkCount("Checkpoints steps", count)
    case .seconds(let seconds): checkOption("Checkpoints seconds", seconds)
    }
    self.path = path
    self.interval = interval
  }
}

/// Why a checkpoint could not be read or written.
public enum CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file is cut short, or is not what this library writes.
  case damaged(file: String, reason: String)
  /// The file is that of another model, other options or other data.
  case foreign(file: String, differences: [String])
  /// The system refused.
  case refused(file: String, operation: String, reason: String)

  /// The text for a person: the file, what is wrong, what to do.
  public var description: String {
    switch self {
    case .damaged(let file, let reason):
      "\(file): the checkpoint is damaged: \(reason); remove it to begin anew"
    case .foreign(let file, let differences):
      "\(file): the checkpoint is of another run: \(differences.joined(separator: "; ")); continue with the model, options "
        + "and data it was made with, or remove it to begin anew"
    case .refused(let file, let operation, let reason):
      "\(file): cannot \(operation) the checkpoint: \(reason)"
    }
  }
}
