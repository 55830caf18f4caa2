import RecurrentNN
import RecurrentTensor

/// The state of one run of a trainer.
struct TrainingRun<Pass: GradientPass, Batches: BatchProvider> where Batches.Batch == Pass.Model.Batch {
  typealias M = Pass.Model

  private let trainer: Trainer
  private let batches: Batches
  private let layout: ParameterLayout
  private let random: RandomSource
  private let clock = ContinuousClock()
  private let began: ContinuousClock.Instant

  private var sharded: ShardedGradients<Pass>
  private var optimizer: any Optimizer
  private var schedule: any LearningRateSchedule
  private let baseLearningRate: Double
  private var epoch = 0
  private var step = 0
  private var reason: TrainingResult.Reason?

  private var trainLoss = WeightedMean()
  private var stepsSinceEvaluation = 0
  private var epochsSinceEvaluation = 0
  private var evaluationsWithoutImprovement = 0
  private var lastTrainLoss: Double?
  private var best: (loss: Double, epoch: Int, step: Int)?
  private var bestModel: M?
  private var average: WeightAverage<M>?
  private var gradientNorm = 0.0

  init(_ trainer: Trainer, pass: Pass, model: M, batches: Batches) {
    self.trainer = trainer
    self.batches = batches
    layout = ParameterLayout(of: model)
    random = RandomSource(seed: trainer.seed)
    sharded = ShardedGradients(pass, trainer: trainer, layout: layout, random: random.stream("forward"))
    optimizer = trainer.optimizer
    schedule = trainer.schedule
    baseLearningRate = trainer.optimizer.learningRate
    began = clock.now
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
    onEvent(.started(start))
    defer {
      trainer.reducer.finish()
      restoreBest(into: &model)
    }
    while reason == nil {
      epoch += 1
      let stepsBefore = step
      var iterator = batches.batches(epoch: epoch, random: random.stream("batches").stream(epoch)).makeIterator()
      while reason == nil, let progress = try takeStep(&model, from: &iterator) {
        onEvent(.step(progress))
        checkStop(isCancelled: isCancelled)
        if wantsEvaluation(afterEpoch: false) {
          onEvent(.evaluated(try evaluate(averaged(model), validation, saveBest)))
        }
      }
      require(step > stepsBefore, TrainingMessages.emptyEpoch(epoch))
      endEpoch()
      if wantsEvaluation(afterEpoch: true) {
        onEvent(.evaluated(try evaluate(averaged(model), validation, saveBest)))
      }
    }
    let result = result
    onEvent(.finished(result))
    return result
  }

  private var start: TrainingStart {
    let epochs: Int? = if case .epochs(let count) = trainer.length { count } else { nil }
    return TrainingStart(
      parameters: layout.trainableCount, stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps, totalEpochs: epochs,
      seed: trainer.seed)
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

  private var seconds: Double { (clock.now - began).asSeconds }

  private mutating func endEpoch() {
    epochsSinceEvaluation += 1
    if case .epochs(let count) = trainer.length, epoch >= count, reason == nil { reason = .completed }
  }

  /// One update, with as many batches as it wants; nil if there are none left.
  private mutating func takeStep(
    _ model: inout M, from batches: inout Batches.Batches.Iterator
  ) throws(TrainingError) -> TrainingProgress? {
    while true {
      while !sharded.isFull, let batch = batches.next() { sharded.add(batch, of: model, step: step) }
      guard sharded.batches > 0 else { return nil }
      if let mean = try joinedGradients() { return try update(&model, mean) }
    }
  }

  private mutating func joinedGradients() throws(TrainingError) -> ShardedGradients<Pass>.Mean? {
    do {
      return try sharded.take(trainer.reducer)
    } catch {
      throw .cannotReduce(step: step + 1, underlying: error)
    }
  }

  private mutating func update(
    _ model: inout M, _ mean: ShardedGradients<Pass>.Mean
  ) throws(TrainingError) -> TrainingProgress {
    var gradients = mean.gradients
    gradientNorm = gradients.norm
    guard mean.loss.isFinite, gradientNorm.isFinite else {
      let parameter = nonFinitePath(in: model) ?? gradients.firstNonFinitePath
      throw .notFinite(
        .init(quantity: mean.loss.isFinite ? .gradient : .loss, step: step + 1, epoch: epoch, parameter: parameter))
    }
    trainer.clipping?.clip(&gradients, norm: gradientNorm)
    optimizer.learningRate = baseLearningRate * schedule.factor(step: step, of: totalSteps)
    optimizer.update(&model, with: gradients)
    step += 1
    average?.add(model, update: step)
    stepsSinceEvaluation += 1
    trainLoss.add(mean.loss, weight: mean.weight)
    return progress(trainLoss: mean.loss, validationLoss: nil, isBest: false)
  }

  /// Looks for reasons to end after a step.
  private mutating func checkStop(isCancelled: () -> Bool) {
    if case .steps(let count) = trainer.length, step >= count { reason = .completed }
    if let limit = trainer.timeLimit, clock.now - began >= limit { reason = reason ?? .timeLimit }
    if isCancelled() { reason = .cancelled }
  }

  /// Whether an evaluation is due; when a run ends every step is evaluated, unless it was cancelled.
  private func wantsEvaluation(afterEpoch: Bool) -> Bool {
    guard stepsSinceEvaluation > 0, reason != .cancelled else { return false }
    if reason == .completed || reason == .timeLimit { return true }
    switch trainer.evaluationInterval {
    case .steps(let interval): return stepsSinceEvaluation >= interval
    case .epochs(let interval): return afterEpoch && epochsSinceEvaluation >= interval
    }
  }

  /// Judges the present weights, and ends the run if patience is over.
  private mutating func evaluate(
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
  private func averaged(_ model: M) -> M { average?.model ?? model }

  /// Gives the model the weights of its best evaluation, if there was one with validation; else the averaged ones.
  private func restoreBest(into model: inout M) {
    model = bestModel ?? averaged(model)
  }

  private var result: TrainingResult {
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
