/// What happens during training, in order: `started`, then for each step `step`, after each evaluation `evaluated`, and
/// at the end `finished`.
///
/// Encoded as one flat object with the name under `event`, a line of a log:
/// `{"event":"evaluated","epoch":3,"step":120,"trainLoss":0.21,...}`.
public enum TrainingEvent: Hashable, Sendable, Codable {
  /// The run begins.
  case started(TrainingStart)
  /// A step is done.
  case step(TrainingProgress)
  /// The model has been evaluated: after an epoch, or after the steps that were asked for.
  case evaluated(TrainingProgress)
  /// The run is over, with a model; a run that fails throws instead.
  case finished(TrainingResult)

  private enum CodingKeys: String, CodingKey { case event }
  private enum Name: String, Codable { case started, step, evaluated, finished }

  /// Writes the name and the contents side by side.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .started(let start):
      try container.encode(Name.started, forKey: .event)
      try start.encode(to: encoder)
    case .step(let progress):
      try container.encode(Name.step, forKey: .event)
      try progress.encode(to: encoder)
    case .evaluated(let progress):
      try container.encode(Name.evaluated, forKey: .event)
      try progress.encode(to: encoder)
    case .finished(let result):
      try container.encode(Name.finished, forKey: .event)
      try result.encode(to: encoder)
    }
  }

  /// Reads what `encode` writes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self =
      switch try container.decode(Name.self, forKey: .event) {
      case .started: .started(try TrainingStart(from: decoder))
      case .step: .step(try TrainingProgress(from: decoder))
      case .evaluated: .evaluated(try TrainingProgress(from: decoder))
      case .finished: .finished(try TrainingResult(from: decoder))
      }
  }
}

/// What is known when a run begins.
public struct TrainingStart: Hashable, Sendable, Codable {
  /// The trained scalars of the model.
  public let parameters: Int
  /// The steps of an epoch, where known.
  public let stepsPerEpoch: Int?
  /// The most steps the run can have, where known.
  public let totalSteps: Int?
  /// The most epochs the run can have, where known.
  public let totalEpochs: Int?
  /// The seed of all randomness.
  public let seed: UInt64
  /// Where the run goes on, if it continues another.
  public let resumed: Resumption?

  /// Where a run goes on.
  public struct Resumption: Hashable, Sendable, Codable {
    /// The epoch, from 1.
    public let epoch: Int
    /// The steps done before.
    public let step: Int
    /// The smallest watched loss before, if there was an evaluation.
    public let bestLoss: Double?
  }
}

/// Where a run stands.
public struct TrainingProgress: Hashable, Sendable, Codable {
  /// The present epoch, from 1.
  public let epoch: Int
  /// The steps done.
  public let step: Int
  /// The loss of the step, or the mean since the last evaluation in an `evaluated` event.
  public let trainLoss: Double
  /// The result of the evaluation, if there was one with validation.
  public let validationLoss: Double?
  /// The smallest watched loss so far: of validation, or of training if there is none.
  public let bestLoss: Double?
  /// Whether the evaluation gave a smaller watched loss than all before.
  public let isBest: Bool
  /// The learning rate of the step.
  public let learningRate: Double
  /// The norm of the step's gradients before clipping.
  public let gradientNorm: Double
  /// The seconds since the run began.
  public let seconds: Double
  /// The seconds to go at most, where they can be estimated.
  public let remainingSeconds: Double?
}

/// How a run ended.
public struct TrainingResult: Hashable, Sendable, Codable {
  /// Why a run ended.
  public enum Reason: String, Hashable, Sendable, Codable {
    /// All epochs or steps are done.
    case completed
    /// The watched loss has not improved for as many evaluations as the patience allows.
    case noImprovement
    /// The time limit was reached.
    case timeLimit
    /// The caller asked to stop.
    case cancelled
  }

  /// Why the run ended.
  public let reason: Reason
  /// The epochs begun.
  public let epochs: Int
  /// The steps done.
  public let steps: Int
  /// The mean training loss of the last evaluated stretch, if there was one.
  public let trainLoss: Double?
  /// The smallest watched loss: of validation, or of training if there is none.
  public let bestLoss: Double?
  /// The epoch in which it was reached.
  public let bestEpoch: Int?
  /// The steps after which it was reached.
  public let bestStep: Int?
  /// The seconds the run took.
  public let seconds: Double
}
