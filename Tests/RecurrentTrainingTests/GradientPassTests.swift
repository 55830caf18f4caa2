import RecurrentKernels
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import RecurrentTraining
import Testing

@Suite struct GradientPassTests {
  private struct Outcome: Equatable {
    var weights: [Tensor] = []
    var losses: [Double] = []
    var norms: [Double] = []
  }

  private func train<M: TrainableModel>(
    _ model: M, on batches: some BatchProvider<M.Batch>, shards: Int = 1, accumulation: Int = 1, steps: Int = 9
  ) throws -> Outcome {
    var (model, outcome) = (model, Outcome())
    let trainer = Trainer(
      optimizer: .adam(learningRate: 0.02), clipping: .globalNorm(1), length: .steps(steps), seed: 7,
      accumulation: accumulation, gradientShards: shards)
    try trainer.fit(&model, on: batches) { event in
      guard case .step(let progress) = event else { return }
      outcome.losses.append(progress.trainLoss)
      outcome.norms.append(progress.gradientNorm)
    }
    outcome.weights = model.namedTensors.map(\.tensor)
    return outcome
  }

  /// A batch of 24 rows in 8 shards = 2 batches of 12 in 4 each = 4 of 6 in 2 = 8 of 3; with dropout.
  @Test(arguments: [(2, 4), (4, 2), (8, 1)])
  func accumulationGivesTheBitsOfWholeBatches(accumulation: Int, shards: Int) throws {
    func outcome(_ batchSize: Int, _ shards: Int, _ accumulation: Int) throws -> Outcome {
      try train(
        FirstSign(), on: FirstSign.batches(24 * 3, batchSize: batchSize, seed: 1), shards: shards,
        accumulation: accumulation)
    }
    #expect(try outcome(24 / accumulation, shards, accumulation) == outcome(24, 8, 1))
  }

  @Test(arguments: [1, 3])
  func threadsChangeNothing(threads: Int) throws {
    let expected = try WorkerPool.using(threads: 2) {
      try train(FirstSign(), on: FirstSign.batches(60, batchSize: 29, seed: 1), shards: 4)
    }
    let received = try WorkerPool.using(threads: threads) {
      try train(FirstSign(), on: FirstSign.batches(60, batchSize: 29, seed: 1), shards: 4)
    }
    #expect(received == expected)
  }

  /// What a layer asks for counts in the gradients and in no loss that is told; and masks do not see the shards.
  @Test func penaltiesOfLayersAreLearnedFrom() throws {
    func outcome(_ options: RecurrentRegularization, shards: Int = 1) throws -> Outcome {
      var model = FirstSign()
      model.encoder.regularization = options
      return try train(model, on: FirstSign.batches(24, batchSize: 24, seed: 1), shards: shards, steps: 1)
    }
    let (plain, priced) = (try outcome(.none), try outcome(.init(activityPenalty: 3, temporalActivityPenalty: 2)))
    #expect(priced.losses == plain.losses && priced.losses.count == 1)
    #expect(priced.weights != plain.weights && priced.norms != plain.norms)
    for options in [
      RecurrentRegularization(inputDropout: 0.2, outputDropout: 0.3, recurrentDropout: 0.3, weightDrop: 0.3),
      .init(hiddenZoneout: 0.3, stepGradientLimit: 1),
    ] {
      let (whole, cut) = (try outcome(options), try outcome(options, shards: 4))
      #expect(whole.losses != plain.losses)
      #expect(Comparison.relativeError(cut.losses, whole.losses) < 1e-5)
      #expect(Comparison.relativeError(cut.norms, whole.norms) < 1e-5)
    }
  }

  /// The sum is that of the whole batch but for rounding, though shards differ in size: 13 rows in 4 shards, 2 in 4.
  @Test(arguments: [2, 4, 5])
  func shardsAreWeighted(shards: Int) throws {
    let whole = try train(Line(), on: Line.batches(28, batchSize: 13))
    let cut = try train(Line(), on: Line.batches(28, batchSize: 13), shards: shards)
    #expect(Comparison.relativeError(cut.losses, whole.losses) < 1e-5)
    #expect(Comparison.relativeError(cut.norms, whole.norms) < 1e-5)
    #expect(cut != whole)
  }

  @Test func lastUpdateOfAnEpochTakesWhatThereIs() throws {
    // 7 batches an epoch, 3 an update: 3 updates an epoch, the last with one batch of 2 rows.
    var model = Line()
    var start: TrainingStart?
    var evaluations: [TrainingProgress] = []
    let trainer = Trainer(optimizer: .sgd(learningRate: 0), length: .epochs(2), accumulation: 3)
    let result = try trainer.fit(&model, on: Line.batches()) { event in
      if case .started(let value) = event { start = value }
      if case .evaluated(let value) = event { evaluations.append(value) }
    }
    #expect((start?.stepsPerEpoch, start?.totalSteps, result.steps) == (3, 6, 6))
    var context = ForwardContext.inference
    let whole = Double(model.loss(on: Line.points(50, seed: 1), context: &context).scalar)
    #expect(evaluations.allSatisfy { abs($0.trainLoss / whole - 1) < 1e-6 })
  }

  /// A model that says what a batch counts, and gives no number for one that counts nothing.
  @Test func batchesThatCountNothingArePassedOver() throws {
    struct Choosy: TrainableModel {
      var line = Line()
      func loss(on batch: Line.Points, context: inout ForwardContext) -> Tensor {
        line.loss(on: batch, context: &context) * (weight(of: batch) > 0 ? 1 : Scalar.nan)
      }
      func weight(of batch: Line.Points) -> Double { batch.rowCount == 2 ? 0 : Double(batch.rowCount) }
      mutating func visitParameters(_ visitor: inout some ParameterVisitor) { line.visitParameters(&visitor) }
    }
    let received = try train(Choosy(), on: Line.batches(), steps: 8)
    #expect(received.losses.allSatisfy { $0.isFinite })
    #expect(try train(Choosy(), on: Line.batches(), shards: 4, steps: 8).losses.allSatisfy { $0.isFinite })
  }
}
