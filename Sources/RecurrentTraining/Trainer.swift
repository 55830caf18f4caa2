import RecurrentNN
import RecurrentTensor

/// Fits a model to batches: steps, evaluations, early stopping, events.
///
/// Equal seeds, data and options give equal weights, bit for bit (a time limit or cancellation apart).
///
/// ```swift
/// let trainer = Trainer(optimizer: .adam(learningRate: 1e-3), clipping: .globalNorm(1), length: .epochs(50), patience: 5)
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
  /// kept as best and given back in place of the last weights (Polyak and Juditsky, 1992). The first updates keep less,
  /// `(1 + n) / (10 + n)` after n, so that the average forgets the start.
  public var averaging: Double?
  /// The seed of batch order and dropout.
  public var seed: UInt64
  /// What joins the gradients of several workers.
  public var reducer: any GradientReducer

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
  ///   - reducer: What joins the gradients of several workers.
  public init(
    optimizer: some Optimizer, clipping: GradientClipping? = nil,
    schedule: some LearningRateSchedule = ConstantLearningRate(), length: Length = .epochs(100),
    evaluationInterval: Length = .epochs(1), patience: Int? = nil, minimumImprovement: Double = 0,
    timeLimit: Duration? = nil, averaging: Double? = nil, seed: UInt64 = 0,
    reducer: some GradientReducer = LocalReducer()
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
    self.reducer = reducer
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
  ///   - saveBest: Called with the model after each evaluation that is the best so far (without validation: after every
  ///     evaluation); a caller who writes a file writes it atomically.
  ///   - isCancelled: Asked after every step; true ends the run.
  ///   - onEvent: Told what happens.
  /// - Returns: How the run ended.
  /// - Throws: `TrainingError` if a loss or gradient is not finite, or if `saveBest` throws. The model then has the
  ///   weights of the best evaluation so far, or where there is none those of the failed step.
  @discardableResult
  public func fit<M: TrainableModel>(
    _ model: inout M, on batches: some BatchProvider<M.Batch>, validation: ((M) -> Double)? = nil,
    saveBest: ((M) throws -> Void)? = nil, isCancelled: () -> Bool = { false },
    onEvent: (TrainingEvent) -> Void
  ) throws(TrainingError) -> TrainingResult {
    var run = TrainingRun<M>(self, model: model, stepsPerEpoch: batches.batchesPerEpoch)
    onEvent(.started(run.start))
    defer { run.restoreBest(into: &model) }
    while run.reason == nil {
      run.beginEpoch()
      let stepsBefore = run.step
      for batch in batches.batches(epoch: run.epoch, random: run.batchRandom) {
        onEvent(.step(try run.takeStep(&model, on: batch)))
        run.checkStop(isCancelled: isCancelled)
        if run.wantsEvaluation(afterEpoch: false) {
          onEvent(.evaluated(try run.evaluate(run.averaged(model), validation, saveBest)))
        }
        if run.reason != nil { break }
      }
      require(run.step > stepsBefore, TrainingMessages.emptyEpoch(run.epoch))
      run.endEpoch()
      if run.wantsEvaluation(afterEpoch: true) {
        onEvent(.evaluated(try run.evaluate(run.averaged(model), validation, saveBest)))
      }
    }
    let result = run.result
    onEvent(.finished(result))
    return result
  }
}
