import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import RecurrentTraining
import Synchronization
import Testing

@Suite struct TrainerTests {
  /// Every evaluation of a run, and how it ended.
  private func run<M: TrainableModel>(
    _ trainer: Trainer, _ model: inout M, on batches: some BatchProvider<M.Batch>,
    validation: ((M) -> Double)? = nil
  ) throws -> (steps: [TrainingProgress], evaluations: [TrainingProgress], result: TrainingResult) {
    var (steps, evaluations): ([TrainingProgress], [TrainingProgress]) = ([], [])
    let result = try trainer.fit(&model, on: batches, validation: validation) { event in
      switch event {
      case .step(let progress): steps.append(progress)
      case .evaluated(let progress): evaluations.append(progress)
      case .started, .finished: break
      }
    }
    return (steps, evaluations, result)
  }

  @Test func lineIsFound() throws {
    var model = Line()
    let trainer = Trainer(optimizer: .sgd(learningRate: 0.2, momentum: 0.5), length: .epochs(40), seed: 3)
    let (_, evaluations, result) = try run(trainer, &model, on: Line.batches())
    #expect(Comparison.relativeError(model.layer.weight, Tensor([2, -3], shape: [1, 2])) < 1e-3)
    #expect(abs(model.layer.bias![0] - 0.5) < 1e-3)
    #expect(result.reason == .completed)
    #expect((result.epochs, result.steps) == (40, 280))
    #expect(evaluations.count == 40)
    #expect(evaluations[39].trainLoss < evaluations[0].trainLoss / 1000)
  }

  @Test func firstLossesArePinned() throws {
    var model = FirstSign()
    let trainer = Trainer(optimizer: .adam(learningRate: 0.02), clipping: .globalNorm(1), length: .steps(10), seed: 7)
    let (steps, _, _) = try run(trainer, &model, on: FirstSign.batches(160, seed: 1))
    let pinned = [
      0.6934783735, 0.7045298940, 0.6846120965, 0.6921468533, 0.6869436697, 0.6876336473, 0.6569431548, 0.6641203604,
      0.7004114408, 0.6339230226,
    ]
    #expect(Comparison.relativeError(steps.map { $0.trainLoss }, pinned) < 2e-6, "\(steps.map { $0.trainLoss })")
  }

  @Test func firstSignIsLearned() throws {
    var model = FirstSign()
    let held = FirstSign.sequences(200, seed: 2)
    #expect(model.accuracy(on: held) < 0.8)
    let trainer = Trainer(optimizer: .adam(learningRate: 0.02), clipping: .globalNorm(1), length: .epochs(30), seed: 7)
    let (_, _, result) = try run(
      trainer, &model, on: FirstSign.batches(320, seed: 1), validation: { 1 - $0.accuracy(on: held) })
    #expect(model.accuracy(on: held) >= 0.98)
    #expect(1 - model.accuracy(on: held) == result.bestLoss)
  }

  @Test func equalSeedsGiveEqualBits() throws {
    func weights(seed: UInt64) throws -> [Tensor] {
      var model = FirstSign()
      let trainer = Trainer(
        optimizer: .adamW(learningRate: 0.02), clipping: .globalNorm(1), length: .steps(13), seed: seed)
      try trainer.fit(&model, on: FirstSign.batches(160, seed: 1)) { _ in }
      return [model.head.weight, model.head.bias!]
        + model.encoder.cells.flatMap { [$0.weights.recurrentWeight, $0.weights.inputWeight] }
    }
    #expect(try weights(seed: 1) == weights(seed: 1))
    #expect(try weights(seed: 1) != weights(seed: 2))
  }

  @Test func bestWeightsAreKept() throws {
    // Validation gets better until epoch 3, then worse: patience 2 ends the run after epoch 5.
    let losses = [3.0, 2, 1, 1.5, 1, 0.5]
    var weightsAfterEpoch: [Tensor] = []
    var saved: [Tensor] = []
    var model = Line()
    let trainer = Trainer(optimizer: .sgd(learningRate: 0.1), length: .epochs(6), patience: 2)
    let result = try trainer.fit(
      &model, on: Line.batches(),
      validation: { model in
        weightsAfterEpoch.append(model.layer.weight)
        return losses[weightsAfterEpoch.count - 1]
      }, saveBest: { saved.append($0.layer.weight) }, onEvent: { _ in })
    #expect(result.reason == .noImprovement)
    #expect((result.epochs, result.bestEpoch, result.bestLoss, result.bestStep) == (5, 3, 1, 21))
    #expect(model.layer.weight == weightsAfterEpoch[2])
    #expect(model.layer.weight != weightsAfterEpoch[4])
    #expect(saved == Array(weightsAfterEpoch[0..<3]))
  }

  @Test func smallImprovementsDoNotCount() throws {
    let losses = [3.0, 2.95, 2.9, 2.85]
    var calls = 0
    var model = Line()
    let trainer = Trainer(optimizer: .sgd(learningRate: 0.1), length: .epochs(9), patience: 2, minimumImprovement: 0.2)
    let result = try trainer.fit(
      &model, on: Line.batches(),
      validation: { _ in
        calls += 1
        return losses[calls - 1]
      }, onEvent: { _ in })
    #expect((result.reason, result.epochs, result.bestEpoch) == (.noImprovement, 3, 1))
  }

  @Test func stepsAndIntervals() throws {
    var model = Line()
    let trainer = Trainer(optimizer: .sgd(learningRate: 0.1), length: .steps(17), evaluationInterval: .steps(5))
    let (steps, evaluations, result) = try run(trainer, &model, on: Line.batches(), validation: { _ in 1 })
    #expect(steps.map { $0.step } == Array(1...17))
    #expect(steps.map { $0.epoch } == [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3])
    #expect(evaluations.map { $0.step } == [5, 10, 15, 17])
    #expect(result.reason == .completed)
    var everySecond = Line()
    let second = Trainer(optimizer: .sgd(learningRate: 0.1), length: .epochs(5), evaluationInterval: .epochs(2))
    #expect(try run(second, &everySecond, on: Line.batches()).evaluations.map { $0.epoch } == [2, 4, 5])
  }

  @Test func meanLossWeighsBatches() throws {
    // 50 points in batches of 8: the last batch holds 2. With rate 0 the mean over batches is that over all points.
    var model = Line()
    let trainer = Trainer(optimizer: .sgd(learningRate: 0), length: .epochs(1))
    let (_, evaluations, _) = try run(trainer, &model, on: Line.batches())
    var context = ForwardContext.inference
    let whole = Double(model.loss(on: Line.points(50, seed: 1), context: &context).scalar)
    #expect(abs(evaluations[0].trainLoss / whole - 1) < 1e-6)
    #expect(abs(model.meanLoss(over: Line.batches()) / whole - 1) < 1e-6)
  }

  @Test func scheduleAndClippingAct() throws {
    var model = Line()
    let trainer = Trainer(
      optimizer: .sgd(learningRate: 0.1), clipping: .globalNorm(1e-3), schedule: CosineLearningRate(warmup: 4),
      length: .steps(4))
    let before = model.layer.weight
    let (steps, _, _) = try run(trainer, &model, on: Line.batches())
    #expect(steps.map { $0.learningRate } == [0.025, 0.05, 0.1 * 0.75, 0.1])
    #expect(steps.allSatisfy { $0.gradientNorm > 0.1 })
    let moved = zip(model.layer.weight.scalars, before.scalars).map { abs($0 - $1) }.max()!
    #expect(moved > 0 && moved < 3e-4)
  }

  @Test func timeLimitEndsAfterAStep() throws {
    var model = Line()
    let trainer = Trainer(optimizer: .sgd(learningRate: 0.1), timeLimit: .zero)
    let (steps, evaluations, result) = try run(trainer, &model, on: Line.batches(), validation: { _ in 1 })
    #expect((steps.count, evaluations.count, result.reason) == (1, 1, .timeLimit))
    #expect(steps[0].remainingSeconds == 0)
  }

  @Test func cancellationEndsWithTheBestWeights() throws {
    var model = Line()
    var (best, asked): (Tensor?, Int) = (nil, 0)
    let result = try Trainer(optimizer: .sgd(learningRate: 0.1)).fit(
      &model, on: Line.batches(),
      validation: { model in
        best = best ?? model.layer.weight
        return 1
      },
      isCancelled: {
        asked += 1
        return asked == 10
      }, onEvent: { _ in })
    #expect((result.reason, result.steps, result.epochs) == (.cancelled, 10, 2))
    #expect(model.layer.weight == best)
  }

  @Test func remainingTimeShrinksToZero() throws {
    var model = Line()
    let trainer = Trainer(optimizer: .sgd(learningRate: 0.1), length: .epochs(3))
    let (steps, _, _) = try run(trainer, &model, on: Line.batches())
    #expect(steps.allSatisfy { ($0.remainingSeconds ?? -1) >= 0 })
    #expect(steps.last?.remainingSeconds == 0)
  }

  @Test func trainerCanBeUsedAgain() throws {
    let trainer = Trainer(optimizer: .adam(learningRate: 0.1), length: .epochs(2))
    var (first, second) = (Line(), Line())
    try trainer.fit(&first, on: Line.batches()) { _ in }
    try trainer.fit(&second, on: Line.batches()) { _ in }
    #expect(first.layer.weight == second.layer.weight)
    #expect(trainer.optimizer.state.updates == 0)
  }

  @Test func reducerComesBeforeTheNorm() throws {
    // Merges a second shard of triple weight without gradients: a quarter of everything is left.
    struct Diluting: GradientReducer {
      let layout: ParameterLayout
      func reduce(_ tree: inout GradientTree) {
        var other = GradientTree()
        other.add(shard: 1, gradients: Gradients(zerosFor: layout), loss: 0, weight: 24)
        tree.merge(other)
      }
    }
    var (plain, reduced) = (Line(), Line())
    let reducer = Diluting(layout: ParameterLayout(of: plain))
    let alone = try run(Trainer(optimizer: .sgd(learningRate: 0.1), length: .steps(1)), &plain, on: Line.batches())
    let joined = try run(
      Trainer(optimizer: .sgd(learningRate: 0.1), length: .steps(1), reducer: reducer), &reduced, on: Line.batches())
    #expect(abs(joined.steps[0].gradientNorm / alone.steps[0].gradientNorm - 0.25) < 1e-6)
    #expect(joined.steps[0].trainLoss == alone.steps[0].trainLoss / 4)
  }

  @Test func reducerThatFailsIsNamed() throws {
    struct Broken: GradientReducer {
      struct Lost: Error {}
      func reduce(_ tree: inout GradientTree) throws { throw Lost() }
    }
    var model = Line()
    let trainer = Trainer(optimizer: .sgd(learningRate: 0.1), reducer: Broken())
    #expect { try trainer.fit(&model, on: Line.batches()) { _ in } } throws: { error in
      guard case TrainingError.cannotReduce(step: 1, underlying: is Broken.Lost) = error else { return false }
      return true
    }
  }
}
