import RecurrentNN
import RecurrentTensor

/// The state of one run of a trainer.
struct TrainingRun<Pass: GradientPass, Batches: BatchProvider> where Batches.Batch == Pass.Model.Batch {
  typealias M = Pass.Model

  let trainer: Trainer
  let batches: Batches
  let checkpoints: Checkpoints?
  let layout: ParameterLayout
  private let random: RandomSource
  let clock = ContinuousClock()
  private let began: ContinuousClock.Instant
  var lastCheckpoint: ContinuousClock.Instant

  var sharded: ShardedGradients<Pass>
  var optimizer: any Optimizer
  var schedule: any LearningRateSchedule
  private let baseLearningRate: Double
  var counters = RunCounters()
  private(set) var reason: TrainingResult.Reason?
  var bestModel: M?
  var average: WeightAverage<M>?

  init(_ trainer: Trainer, pass: Pass, model: M, batches: Batches, checkpoints: Checkpoints?) {
    self.trainer = trainer
    self.batches = batches
    self.checkpoints = checkpoints
    layout = ParameterLayout(of: model)
    random = RandomSource(seed: trainer.seed)
    sharded = ShardedGradients(pass, trainer: trainer, layout: layout, random: random.stream("forward"))
    optimizer = trainer.optimizer
    schedule = trainer.schedule
    baseLearningRate = trainer.optimizer.learningRate
    began = clock.now
    lastCheckpoint = began
    average = trainer.averaging.map { WeightAverage(model, keeping: $0) }
    switch trainer.length {
    case .epochs(let count), .steps(let count): if count <= 0 { reason = .completed }
    }
  }

  /// Trains until there is a reason to end.
  mutating func fit(
    _ model: inout M, _ validation: ((M) -> Double)?, _ saveBest: ((M) throws -> Void)?, _ isCancelled: () -> Bool,
    _ onEvent: (TrainingEvent) -> Void
  ) throws(TrainingError) -> TrainingResult {
    defer { trainer.reducer.finish() }
    var rest = try resume(&model)
    onEvent(.started(start))
    defer { restoreBest(into: &model) }
    // A run that was cancelled where an evaluation was due has left it to this one.
    if wantsEvaluation(afterEpoch: false) {
      onEvent(.evaluated(try evaluate(averaged(model), validation, saveBest)))
    }
    while reason == nil {
      if rest == nil { (counters.epoch, counters.batches) = (counters.epoch + 1, 0) }
      var iterator = rest ?? iterator()
      rest = nil
      while reason == nil, let progress = try takeStep(&model, from: &iterator) {
        onEvent(.step(progress))
        checkStop(isCancelled: isCancelled)
        if wantsEvaluation(afterEpoch: false) {
          onEvent(.evaluated(try evaluate(averaged(model), validation, saveBest)))
        }
        try writeCheckpoint(of: model)
      }
      require(counters.batches > 0, TrainingMessages.emptyEpoch(counters.epoch))
      endEpoch()
      if wantsEvaluation(afterEpoch: true) {
        onEvent(.evaluated(try evaluate(averaged(model), validation, saveBest)))
      }
    }
    let result = result
    onEvent(.finished(result))
    return result
  }

  /// The batches of the present epoch.
  func iterator() -> Batches.Batches.Iterator {
    batches.batches(epoch: counters.epoch, random: random.stream("batches").stream(counters.epoch)).makeIterator()
  }

  private var start: TrainingStart {
    let epochs: Int? = if case .epochs(let count) = trainer.length { count } else { nil }
    return TrainingStart(
      parameters: layout.trainableCount, stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps, totalEpochs: epochs,
      seed: trainer.seed,
      resumed: counters.step == 0
        ? nil : .init(epoch: counters.epoch, step: counters.step, bestLoss: counters.best?.loss))
  }

  private var stepsPerEpoch: Int? {
    batches.batchesPerEpoch.map { ($0 + trainer.accumulation - 1) / trainer.accumulation }
  }

  private var totalSteps: Int? {
    switch trainer.length {
    case .steps(let count): count
    case .epochs(let count): stepsPerEpoch.map { $0 * count }
    }
  }

  /// The seconds spent on training, also in the runs that this one continues.
  var seconds: Double { counters.secondsBefore + (clock.now - began).asSeconds }

  /// The learning rate of the update that follows so many.
  func learningRate(step: Int) -> Double { baseLearningRate * schedule.factor(step: step, of: totalSteps) }

  private mutating func endEpoch() {
    counters.epochsSinceEvaluation += 1
    if case .epochs(let count) = trainer.length, counters.epoch >= count, reason == nil { reason = .completed }
  }

  /// One update, with as many batches as it wants; nil if there are none left.
  private mutating func takeStep(
    _ model: inout M, from batches: inout Batches.Batches.Iterator
  ) throws(TrainingError) -> TrainingProgress? {
    while true {
      while !sharded.isFull, let batch = batches.next() {
        sharded.add(batch, of: model, step: counters.step)
        counters.batches += 1
      }
      guard sharded.batches > 0 else { return nil }
      if let mean = try joinedGradients() { return try update(&model, mean) }
    }
  }

  private mutating func joinedGradients() throws(TrainingError) -> ShardedGradients<Pass>.Mean? {
    do {
      return try sharded.take(trainer.reducer)
    } catch {
      throw .cannotReduce(step: counters.step + 1, underlying: error)
    }
  }

  private mutating func update(
    _ model: inout M, _ mean: ShardedGradients<Pass>.Mean
  ) throws(TrainingError) -> TrainingProgress {
    var gradients = mean.gradients
    trainer.penalties?.add(to: &gradients, of: model)
    optimizer.state.groups?.clearFrozen(&gradients)
    counters.gradientNorm = gradients.norm
    guard mean.loss.isFinite, counters.gradientNorm.isFinite else {
      let parameter = nonFinitePath(in: model) ?? gradients.firstNonFinitePath
      throw .notFinite(
        .init(
          quantity: mean.loss.isFinite ? .gradient : .loss, step: counters.step + 1, epoch: counters.epoch,
          parameter: parameter))
    }
    trainer.clipping?.clip(&gradients, norm: counters.gradientNorm)
    optimizer.learningRate = learningRate(step: counters.step)
    optimizer.update(&model, with: gradients)
    trainer.constraints?.apply(to: &model)
    counters.step += 1
    average?.add(model, update: counters.step)
    counters.stepsSinceEvaluation += 1
    counters.trainLoss.add(mean.loss, weight: mean.weight)
    return progress(trainLoss: mean.loss, validationLoss: nil, isBest: false)
  }

  /// Looks for reasons to end after a step.
  private mutating func checkStop(isCancelled: () -> Bool) {
    if case .steps(let count) = trainer.length, counters.step >= count { reason = .completed }
    if let limit = trainer.timeLimit, seconds >= limit.asSeconds { reason = reason ?? .timeLimit }
    if reason == nil, isCancelled() { reason = .cancelled }
  }

  /// Whether an evaluation is due; when a run ends every step is evaluated, unless it was cancelled.
  private func wantsEvaluation(afterEpoch: Bool) -> Bool {
    guard counters.stepsSinceEvaluation > 0, reason != .cancelled else { return false }
    if reason == .completed || reason == .timeLimit { return true }
    switch trainer.evaluationInterval {
    case .steps(let interval): return counters.stepsSinceEvaluation >= interval
    case .epochs(let interval): return afterEpoch && counters.epochsSinceEvaluation >= interval
    }
  }

  /// Judges the present weights, and ends the run if patience is over.
  private mutating func evaluate(
    _ model: M, _ validation: ((M) -> Double)?, _ saveBest: ((M) throws -> Void)?
  ) throws(TrainingError) -> TrainingProgress {
    let meanLoss = counters.trainLoss.value
    let validationLoss = validation?(model)
    if let validationLoss, !validationLoss.isFinite {
      throw .notFinite(
        .init(
          quantity: .validationLoss, step: counters.step, epoch: counters.epoch, parameter: nonFinitePath(in: model)))
    }
    let watched = validationLoss ?? meanLoss
    schedule.observe(loss: watched)
    (counters.trainLoss, counters.lastTrainLoss) = (WeightedMean(), meanLoss)
    (counters.stepsSinceEvaluation, counters.epochsSinceEvaluation) = (0, 0)

    let isBest = counters.best.map { watched < $0.loss - trainer.minimumImprovement } ?? true
    if isBest {
      counters.best = .init(loss: watched, epoch: counters.epoch, step: counters.step)
      if validation != nil { bestModel = model }
      counters.evaluationsWithoutImprovement = 0
    } else {
      counters.evaluationsWithoutImprovement += 1
      if let patience = trainer.patience, counters.evaluationsWithoutImprovement >= patience, reason == nil {
        reason = .noImprovement
      }
    }
    if isBest || validation == nil {
      do { try saveBest?(model) } catch { throw .cannotSave(step: counters.step, underlying: error) }
    }
    return progress(trainLoss: meanLoss, validationLoss: validationLoss, isBest: isBest)
  }

  /// The model to be judged: that of averaged weights, if weights are averaged.
  private func averaged(_ model: M) -> M { average?.model ?? optimizer.averaged(model) }

  /// Gives the model the weights of its best evaluation, if there was one with validation; else the averaged ones.
  private func restoreBest(into model: inout M) {
    model = bestModel ?? averaged(model)
  }

  private var result: TrainingResult {
    TrainingResult(
      reason: reason ?? .completed, epochs: counters.epoch, steps: counters.step, trainLoss: counters.lastTrainLoss,
      bestLoss: counters.best?.loss,
      bestEpoch: counters.best?.epoch, bestStep: counters.best?.step, seconds: seconds)
  }

  private func progress(trainLoss: Double, validationLoss: Double?, isBest: Bool) -> TrainingProgress {
    let seconds = seconds
    return TrainingProgress(
      epoch: counters.epoch, step: counters.step, trainLoss: trainLoss, validationLoss: validationLoss,
      bestLoss: counters.best?.loss,
      isBest: isBest, learningRate: optimizer.learningRate, gradientNorm: counters.gradientNorm, seconds: seconds,
      remainingSeconds: remaining(after: seconds))
  }

  private func remaining(after seconds: Double) -> Double? {
    let bySteps = totalSteps.map { seconds / Double(max(1, counters.step)) * Double(max(0, $0 - counters.step)) }
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
  package var asSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
