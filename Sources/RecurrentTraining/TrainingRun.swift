import RecurrentNN
import RecurrentTensor

/// The state of one run of a trainer.
struct TrainingRun<M: TrainableModel> {
  private let trainer: Trainer
  private let layout: ParameterLayout
  private let random: RandomSource
  private let stepsPerEpoch: Int?
  private let clock = ContinuousClock()
  private let began: ContinuousClock.Instant

  private var optimizer: any Optimizer
  private var schedule: any LearningRateSchedule
  private let baseLearningRate: Double
  private(set) var epoch = 0
  private(set) var step = 0
  private(set) var reason: TrainingResult.Reason?

  private var trainLoss = WeightedMean()
  private var stepsSinceEvaluation = 0
  private var epochsSinceEvaluation = 0
  private var evaluationsWithoutImprovement = 0
  private var lastTrainLoss: Double?
  private var best: (loss: Double, epoch: Int, step: Int)?
  private var bestModel: M?
  private var average: WeightAverage<M>?
  private var gradientNorm = 0.0

  init(_ trainer: Trainer, model: M, stepsPerEpoch: Int?) {
    self.trainer = trainer
    self.stepsPerEpoch = stepsPerEpoch
    layout = ParameterLayout(of: model)
    random = RandomSource(seed: trainer.seed)
    optimizer = trainer.optimizer
    schedule = trainer.schedule
    baseLearningRate = trainer.optimizer.learningRate
    began = clock.now
    average = trainer.averaging.map { WeightAverage(model, keeping: $0) }
    switch trainer.length {
    case .epochs(let count), .steps(let count): if count <= 0 { reason = .completed }
    }
  }

  var start: TrainingStart {
    let epochs: Int? = if case .epochs(let count) = trainer.length { count } else { nil }
    return TrainingStart(
      parameters: layout.trainableCount, stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps, totalEpochs: epochs,
      seed: trainer.seed)
  }

  /// The randomness of the present epoch's batch order.
  var batchRandom: RandomSource { random.stream("batches").stream(epoch) }

  private var totalSteps: Int? {
    switch trainer.length {
    case .steps(let count): count
    case .epochs(let count): stepsPerEpoch.map { $0 * count }
    }
  }

  private var seconds: Double { (clock.now - began).asSeconds }

  mutating func beginEpoch() {
    epoch += 1
  }

  mutating func endEpoch() {
    epochsSinceEvaluation += 1
    if case .epochs(let count) = trainer.length, epoch >= count, reason == nil { reason = .completed }
  }

  /// One update.
  mutating func takeStep(_ model: inout M, on batch: M.Batch) throws(TrainingError) -> TrainingProgress {
    var context = ForwardContext.training(random.stream("forward"), step: step)
    var (value, gradients) = valueAndGradients(of: model, layout: layout) { model in
      model.loss(on: batch, context: &context)
    }
    var loss = Double(value)
    trainer.reducer.reduce(&gradients, loss: &loss)
    gradientNorm = gradients.norm
    guard loss.isFinite, gradientNorm.isFinite else {
      let parameter = nonFinitePath(in: model) ?? gradients.firstNonFinitePath
      throw .notFinite(
        .init(quantity: loss.isFinite ? .gradient : .loss, step: step + 1, epoch: epoch, parameter: parameter))
    }
    trainer.clipping?.clip(&gradients, norm: gradientNorm)
    optimizer.learningRate = baseLearningRate * schedule.factor(step: step, of: totalSteps)
    optimizer.update(&model, with: gradients)
    step += 1
    average?.add(model, update: step)
    stepsSinceEvaluation += 1
    trainLoss.add(loss, weight: model.weight(of: batch))
    return progress(trainLoss: loss, validationLoss: nil, isBest: false)
  }

  /// Looks for reasons to end after a step.
  mutating func checkStop(isCancelled: () -> Bool) {
    if case .steps(let count) = trainer.length, step >= count { reason = .completed }
    if let limit = trainer.timeLimit, clock.now - began >= limit { reason = reason ?? .timeLimit }
    if isCancelled() { reason = .cancelled }
  }

  /// Whether an evaluation is due; when a run ends every step is evaluated, unless it was cancelled.
  func wantsEvaluation(afterEpoch: Bool) -> Bool {
    guard stepsSinceEvaluation > 0, reason != .cancelled else { return false }
    if reason == .completed || reason == .timeLimit { return true }
    switch trainer.evaluationInterval {
    case .steps(let interval): return stepsSinceEvaluation >= interval
    case .epochs(let interval): return afterEpoch && epochsSinceEvaluation >= interval
    }
  }

  /// Judges the present weights, and ends the run if patience is over.
  mutating func evaluate(
    _ model: M, _ validation: ((M) -> Double)?, _ saveBest: ((M) throws -> Void)?
  ) throws(TrainingError) -> TrainingProgress {
    let meanLoss = trainLoss.value
    let validationLoss = validation?(model)
    if let validationLoss, !validationLoss.isFinite {
      throw .notFinite(
        .init(quantity: .validationLoss, step: step, epoch: epoch, parameter: nonFinitePath(in: model)))
    }
    let watched = validationLoss ?? meanLoss
    schedule.observe(loss: watched)
    (trainLoss, stepsSinceEvaluation, epochsSinceEvaluation, lastTrainLoss) = (WeightedMean(), 0, 0, meanLoss)

    let isBest = best.map { watched < $0.loss - trainer.minimumImprovement } ?? true
    if isBest {
      best = (watched, epoch, step)
      if validation != nil { bestModel = model }
      evaluationsWithoutImprovement = 0
    } else {
      evaluationsWithoutImprovement += 1
      if let patience = trainer.patience, evaluationsWithoutImprovement >= patience, reason == nil {
        reason = .noImprovement
      }
    }
    if isBest || validation == nil {
      do { try saveBest?(model) } catch { throw .cannotSave(step: step, underlying: error) }
    }
    return progress(trainLoss: meanLoss, validationLoss: validationLoss, isBest: isBest)
  }

  /// The model to be judged: that of averaged weights, if weights are averaged.
  func averaged(_ model: M) -> M { average?.model ?? model }

  /// Gives the model the weights of its best evaluation, if there was one with validation; else the averaged ones.
  func restoreBest(into model: inout M) {
    model = bestModel ?? averaged(model)
  }

  var result: TrainingResult {
    TrainingResult(
      reason: reason ?? .completed, epochs: epoch, steps: step, trainLoss: lastTrainLoss, bestLoss: best?.loss,
      bestEpoch: best?.epoch, bestStep: best?.step, seconds: seconds)
  }

  private func progress(trainLoss: Double, validationLoss: Double?, isBest: Bool) -> TrainingProgress {
    let seconds = seconds
    return TrainingProgress(
      epoch: epoch, step: step, trainLoss: trainLoss, validationLoss: validationLoss, bestLoss: best?.loss,
      isBest: isBest, learningRate: optimizer.learningRate, gradientNorm: gradientNorm, seconds: seconds,
      remainingSeconds: remaining(after: seconds))
  }

  private func remaining(after seconds: Double) -> Double? {
    let bySteps = totalSteps.map { seconds / Double(max(1, step)) * Double(max(0, $0 - step)) }
    let byLimit = trainer.timeLimit.map { max(0, $0.asSeconds - seconds) }
    guard let bySteps else { return byLimit }
    return min(bySteps, byLimit ?? bySteps)
  }

  private func nonFinitePath(in model: M) -> String? {
    var finder = NonFiniteFinder()
    var model = model
    model.visitParameters(&finder)
    return finder.first
  }
}

/// Finds the first tensor of a model that holds an infinity or NaN.
private struct NonFiniteFinder: PathVisitor {
  var path = ParameterPath()
  var first: String?

  mutating func visit(_ tensor: inout Tensor, at path: String, _ kind: ParameterKind) {
    let count = tensor.count
    if first == nil, tensor.withUnsafePointer({ scalars in (0..<count).contains { !scalars[$0].isFinite } }) {
      first = path
    }
  }
}

extension Duration {
  /// This duration in seconds.
  var asSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
