import RecurrentNN
import RecurrentTensor

/// Fits a model to batches: steps, evaluations, early stopping, events.
///
/// Equal seeds, data and options give equal weights, bit for bit (a time limit or cancellation apart), in one run or in
/// several that continue each other.
///
/// ```swift
/// let trainer = Trainer(
///   optimizer: .adam(learningRate: 1e-3), clipping: .globalNorm(1), length: .epochs(50), patience: 5)
/// let result = try trainer.fit(&model, on: batches, validation: { $0.meanLoss(over: held) }) { print($0) }
/// ```
public struct Trainer: Sendable {
  /// An amount of training.
  public enum Length: Hashable, Sendable {
    /// Whole passes over the data.
    case epochs(Int)
    /// Single updates.
    case steps(Int)
  }

  /// What moves the parameters; every run starts from this state of it.
  public var optimizer: any Optimizer
  /// How gradients are kept from growing too large; nil for not at all.
  public var clipping: GradientClipping?
  /// How the learning rate changes.
  public var schedule: any LearningRateSchedule
  /// The most training there is.
  public var length: Length
  /// How often the model is evaluated.
  public var evaluationInterval: Length
  /// The evaluations without improvement after which the run ends; nil for never.
  public var patience: Int?
  /// By how much the watched loss must fall to count as an improvement.
  public var minimumImprovement: Double
  /// After how long the run ends; nil for never.
  public var timeLimit: Duration?
  /// The share of the averaged weights that each update keeps; nil for no averaging. An averaged model is evaluated,
  /// kept as best and given back in place of the last weights (Polyak and Juditsky, 1992), and goes before the averages
  /// of an optimizer. The first updates keep less,
  /// `(1 + n) / (10 + n)` after n, so that the average forgets the start.
  public var averaging: Double?
  /// The seed of batch order and dropout.
  public var seed: UInt64
  /// The batches whose gradients make one update, as one batch of all their rows would; fewer at the end of an epoch.
  public var accumulation: Int
  /// The parts of equal size that each batch is cut into, one after the other: less memory, and sums that neither
  /// accumulation nor the number of ranks changes by a bit. Above 1, batches must be `RowBatch`es.
  public var gradientShards: Int
  /// What joins the gradients of several workers.
  public var reducer: any GradientReducer
  /// The prices of large weights, which count in every update and in no loss that is told; none by default.
  public var penalties: WeightPenalties?
  /// What weights must be after every update; nothing by default. Averages are of such weights.
  public var constraints: WeightConstraints?

  /// - Parameters:
  ///   - optimizer: What moves the parameters.
  ///   - clipping: How gradients are kept from growing too large; nil for not at all.
  ///   - schedule: How the learning rate changes; not at all by default.
  ///   - length: The most training there is: 100 epochs by default.
  ///   - evaluationInterval: How often the model is evaluated: after every epoch by default.
  ///   - patience: The evaluations without improvement after which the run ends; nil for never.
  ///   - minimumImprovement: By how much the watched loss must fall to count as an improvement.
  ///   - timeLimit: After how long the run ends; nil for never.
  ///   - averaging: The share of the averaged weights that each update keeps; nil for no averaging.
  ///   - seed: The seed of batch order and dropout.
  ///   - accumulation: The batches whose gradients make one update.
  ///   - gradientShards: The parts that each batch is cut into.
  ///   - reducer: What joins the gradients of several workers.
  ///   - penalties: The prices of large weights; none by default.
  ///   - constraints: What weights must be after every update; nothing by default.
  public init(
    optimizer: some Optimizer, clipping: GradientClipping? = nil,
    schedule: some LearningRateSchedule = ConstantLearningRate(), length: Length = .epochs(100),
    evaluationInterval: Length = .epochs(1), patience: Int? = nil, minimumImprovement: Double = 0,
    timeLimit: Duration? = nil, averaging: Double? = nil, seed: UInt64 = 0,
    accumulation: Int = 1, gradientShards: Int = 1, reducer: some GradientReducer = LocalReducer(),
    penalties: WeightPenalties? = nil, constraints: WeightConstraints? = nil
  ) {
    self.optimizer = optimizer
    self.clipping = clipping
    self.schedule = schedule
    self.length = length
    self.evaluationInterval = evaluationInterval
    self.patience = patience
    self.minimumImprovement = minimumImprovement
    self.timeLimit = timeLimit
    self.averaging = averaging
    self.seed = seed
    self.accumulation = accumulation
    self.gradientShards = gradientShards
    self.reducer = reducer
    self.penalties = penalties
    self.constraints = constraints
  }

  /// Trains a model in place.
  ///
  /// With validation the model ends with the weights of its best evaluation, however the run ends; without, with the
  /// last ones. The watched loss (for patience) is that of validation, else the mean training loss.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - batches: The training data.
  ///   - validation: The number to make small, of a model in inference; see `TrainableModel.meanLoss(over:)`.
  ///   - checkpoints: Where the run is written down, and continued from; nil for nowhere.
  ///   - saveBest: Called with the model after each evaluation that is the best so far (without validation: after every
  ///     evaluation); a caller who writes a file writes it atomically.
  ///   - isCancelled: Asked after every step; true ends the run.
  ///   - onEvent: Told what happens.
  /// - Returns: How the run ended.
  /// - Throws: `TrainingError` if a loss or gradient is not finite, if `saveBest` throws, if the other ranks cannot be
  ///   reached, or if a checkpoint cannot be continued or written. The model then has the weights of the best evaluation so far, or where there is none those of the failed
  ///   step.
  @discardableResult
  public func fit<M: TrainableModel>(
    _ model: inout M, on batches: some BatchProvider<M.Batch>, validation: ((M) -> Double)? = nil,
    checkpoints: Checkpoints? = nil, saveBest: ((M) throws -> Void)? = nil, isCancelled: () -> Bool = { false },
    onEvent: (TrainingEvent) -> Void
  ) throws(TrainingError) -> TrainingResult {
    var run = TrainingRun(self, pass: WholePass<M>(), model: model, batches: batches, checkpoints: checkpoints)
    return try run.fit(&model, validation, saveBest, isCancelled, onEvent)
  }

  /// Trains a model in place by truncated back-propagation through time: the state is carried from batch to batch, except
  /// in rows whose sequence begins.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - batches: The training data: whole sequences, or stretches that continue each other, as `StreamBatches` makes.
  ///   - truncation: The steps between updates, and the steps that gradients flow back through.
  ///   - validation: The number to make small, of a model in inference; see `TrainableModel.meanLoss(over:)`.
  ///   - checkpoints: Where the run is written down, and continued from; nil for nowhere.
  ///   - saveBest: Called with the model after each evaluation that is the best so far.
  ///   - isCancelled: Asked after every step; true ends the run.
  ///   - onEvent: Told what happens.
  /// - Returns: How the run ended.
  /// - Throws: As for other batches.
  @discardableResult
  public func fit<M: StatefulModel>(
    _ model: inout M, on batches: some BatchProvider<M.Batch>, truncation: Truncation,
    validation: ((M) -> Double)? = nil, checkpoints: Checkpoints? = nil, saveBest: ((M) throws -> Void)? = nil,
    isCancelled: () -> Bool = { false }, onEvent: (TrainingEvent) -> Void
  ) throws(TrainingError) -> TrainingResult {
    let pieces = PieceBatches(provider: batches, steps: truncation.k1)
    var run = TrainingRun(
      self, pass: TruncatedPass<M>(truncation), model: model, batches: pieces, checkpoints: checkpoints)
    return try run.fit(&model, validation, saveBest, isCancelled, onEvent)
  }
}
