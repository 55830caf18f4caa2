import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import RecurrentTraining
import Testing

@Suite struct CheckpointTests {
  /// A run as a whole: the steps' losses, the evaluations' losses, the weights and how it ended.
  private struct Outcome: Equatable {
    var losses: [Double] = []
    var evaluations: [Double] = []
    var weights: [Tensor] = []
    var best: Double?
    var reason: TrainingResult.Reason?
  }

  /// A run of `trainer` that the caller's `fit` makes, cancelled after `steps` steps (or not).
  private typealias Run = (_ trainer: Trainer, Checkpoints?, _ stopAfter: Int?) throws -> Outcome

  private func file() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("checkpoint-\(UUID().uuidString)").path
  }

  private func observed(
    _ stopAfter: Int?, _ body: (_ isCancelled: () -> Bool, _ onEvent: (TrainingEvent) -> Void) throws -> Void
  ) rethrows -> Outcome {
    var (outcome, asked) = (Outcome(), 0)
    try body({
      asked += 1
      return asked == stopAfter
    }) { event in
      switch event {
      case .started: break
      case .step(let progress): outcome.losses.append(progress.trainLoss)
      case .evaluated(let progress): outcome.evaluations.append(progress.validationLoss ?? progress.trainLoss)
      case .finished(let result): (outcome.best, outcome.reason) = (result.bestLoss, result.reason)
      }
    }
    return outcome
  }

  private func plain(_ trainer: Trainer, _ checkpoints: Checkpoints?, _ stopAfter: Int?) throws -> Outcome {
    try plain(trainer, checkpoints, stopAfter, saveBest: nil)
  }

  private func plain(
    _ trainer: Trainer, _ checkpoints: Checkpoints?, _ stopAfter: Int?, saveBest: ((FirstSign) throws -> Void)?
  ) throws -> Outcome {
    let held = FirstSign.sequences(40, seed: 2)
    var model = FirstSign()
    var outcome = try observed(stopAfter) { isCancelled, onEvent in
      try trainer.fit(
        &model, on: FirstSign.batches(40, batchSize: 9, seed: 1),
        validation: { model in
          var context = ForwardContext.inference
          return Double(model.loss(on: held, context: &context).scalar)
        }, checkpoints: checkpoints, saveBest: saveBest, isCancelled: isCancelled, onEvent: onEvent)
    }
    outcome.weights = model.namedTensors.map(\.tensor)
    return outcome
  }

  private func truncated(_ trainer: Trainer, _ checkpoints: Checkpoints?, _ stopAfter: Int?) throws -> Outcome {
    var data = TestData(seed: 9)
    let (series, targets) = (data.tensor([64, 2]), data.tensor([64, 1]))
    let batches = StreamBatches(count: 64, rows: 3, steps: 4) {
      SequencePairs(inputs: $0.rows(of: series), targets: $0.rows(of: targets), startingRows: $0.startingRows)
    }
    var model = Follower(LSTM(inputSize: 2, hiddenSize: 3, layers: 2, dropout: 0.2, random: RandomSource(seed: 1)))
    var outcome = try observed(stopAfter) { isCancelled, onEvent in
      try trainer.fit(
        &model, on: batches, truncation: Truncation(k1: 4, k2: 7), checkpoints: checkpoints, isCancelled: isCancelled,
        onEvent: onEvent)
    }
    outcome.weights = model.namedTensors.map(\.tensor)
    return outcome
  }

  /// Runs as a whole, then cancelled after each number of steps and continued: the same to the bit.
  private func check(_ trainer: Trainer, every steps: Int, _ run: Run) throws {
    let whole = try run(trainer, nil, nil)
    #expect(whole.reason == .completed || whole.reason == .noImprovement)
    // The last step completes a run, but does not end one that waits for its evaluation.
    for stop in 1..<whole.losses.count + (whole.reason == .noImprovement ? 1 : 0) {
      let checkpoints = Checkpoints(file(), every: .steps(steps))
      defer { try? FileManager.default.removeItem(atPath: checkpoints.path) }
      let first = try run(trainer, checkpoints, stop)
      #expect(first.reason == .cancelled)
      let second = try run(trainer, checkpoints, nil)
      #expect(first.losses + second.losses == whole.losses, "stopped after \(stop)")
      #expect(first.evaluations + second.evaluations == whole.evaluations)
      #expect((second.weights, second.best, second.reason) == (whole.weights, whole.best, whole.reason))
    }
  }

  @Test func everyStepOfAPlainRun() throws {
    let trainer = Trainer(
      optimizer: .adamW(learningRate: 0.03), clipping: .globalNorm(1), schedule: PlateauLearningRate(patience: 0),
      length: .epochs(4), patience: 2, averaging: 0.9, seed: 3)
    try check(trainer, every: 1000, plain)
  }

  /// Intervals that end within an epoch of three updates too, where a cancelled run leaves the evaluation to the next.
  @Test(arguments: [2, 3, 4])
  func evaluationsBySteps(interval: Int) throws {
    let trainer = Trainer(
      optimizer: .sgd(learningRate: 0.1, momentum: 0.9), schedule: CosineLearningRate(warmup: 3), length: .steps(13),
      evaluationInterval: .steps(interval), seed: 3, accumulation: 2, gradientShards: 2)
    try check(trainer, every: 1000, plain)
  }

  @Test func patienceThatEndsOnTheStepOfACancellation() throws {
    let trainer = Trainer(
      optimizer: .sgd(learningRate: 0.1), schedule: PlateauLearningRate(patience: 0), length: .steps(30),
      evaluationInterval: .steps(2), patience: 1, minimumImprovement: 10, seed: 3)
    try check(trainer, every: 1000, plain)
  }

  @Test func everyStepOfATruncatedRun() throws {
    try check(Trainer(optimizer: .adam(learningRate: 0.02), length: .epochs(2), seed: 3), every: 1000, truncated)
    try check(
      Trainer(optimizer: .adam(learningRate: 0.02), length: .epochs(2), seed: 3, accumulation: 2, gradientShards: 2),
      every: 1000, truncated)
  }

  /// A run that is killed goes on from its last checkpoint, which may lie some steps back.
  @Test(arguments: [1, 3, 5])
  func killedBetweenCheckpoints(steps: Int) throws {
    struct Killed: Error {}
    let trainer = Trainer(optimizer: .adam(learningRate: 0.03), length: .epochs(4), averaging: 0.9, seed: 3)
    let whole = try plain(trainer, nil, nil)
    for kill in 1...2 {
      let checkpoints = Checkpoints(file(), every: .steps(steps))
      defer { try? FileManager.default.removeItem(atPath: checkpoints.path) }
      var evaluations = 0
      // An error in the middle of an evaluation, after which nothing is written any more.
      #expect(throws: TrainingError.self) {
        try plain(trainer, checkpoints, nil) { _ in
          evaluations += 1
          if evaluations == kill { throw Killed() }
        }
      }
      let second = try plain(trainer, checkpoints, nil)
      #expect((second.weights, second.best) == (whole.weights, whole.best))
    }
  }

  @Test func secondsAndResumptionAreTold() throws {
    let checkpoints = Checkpoints(file(), every: .seconds(0))
    defer { try? FileManager.default.removeItem(atPath: checkpoints.path) }
    let trainer = Trainer(optimizer: .sgd(learningRate: 0.1), length: .steps(9))
    _ = try plain(trainer, checkpoints, 4)
    var model = FirstSign()
    var start: TrainingStart?
    try trainer.fit(&model, on: FirstSign.batches(40, batchSize: 9, seed: 1), checkpoints: checkpoints) { event in
      if case .started(let value) = event { start = value }
    }
    #expect(start?.resumed?.step == 4)
    #expect(start?.resumed?.epoch == 1)
  }

  @Test func ranksContinueFromOneFile() throws {
    @Sendable func train(_ rank: Int, _ ranks: InProcessRanks, _ checkpoints: Checkpoints?, stop: Int?) -> [Tensor] {
      let trainer = Trainer(
        optimizer: .adam(learningRate: 0.03), length: .steps(9), seed: 3, gradientShards: 4,
        reducer: ranks.reducer(rank: rank))
      return try! plain(trainer, checkpoints, stop).weights
    }
    let whole = train(0, InProcessRanks(count: 1), nil, stop: nil)
    let checkpoints = Checkpoints(file(), every: .steps(2))
    defer { try? FileManager.default.removeItem(atPath: checkpoints.path) }
    for (count, stop) in [(2, 3), (4, 2), (1, nil)] as [(Int, Int?)] {
      let ranks = InProcessRanks(count: count)
      let weights = onThreads(count) { train($0, ranks, checkpoints, stop: stop) }
      if stop == nil { #expect(weights == [whole]) }
    }
  }

  // MARK: Bad files

  private func bytesOfARun(
    _ trainer: Trainer = Trainer(
      optimizer: .adam(learningRate: 0.03), schedule: PlateauLearningRate(), length: .steps(9), averaging: 0.9, seed: 3)
  ) throws -> (trainer: Trainer, bytes: Data) {
    let checkpoints = Checkpoints(file(), every: .steps(2))
    defer { try? FileManager.default.removeItem(atPath: checkpoints.path) }
    _ = try plain(trainer, checkpoints, 4)
    return (trainer, try Data(contentsOf: URL(fileURLWithPath: checkpoints.path)))
  }

  /// The file with another number in its record, as `counters.step`; as text where JSON has no such number.
  private func changed(_ bytes: Data, _ path: String, to value: Any) throws -> Data {
    func changed(_ object: Any, _ path: ArraySlice<String>) -> Any {
      guard let key = path.first else { return value }
      if let list = object as? [Any] {
        return list.enumerated().map { "\($0)" == key ? changed($1, path.dropFirst()) : $1 }
      }
      var fields = object as! [String: Any]
      fields[key] = changed(fields[key]!, path.dropFirst())
      return fields
    }
    let (file, recordKey) = (try SafetensorsFile(bytes: Array(bytes), name: "file"), "recurrent.checkpoint.1")
    let record = try JSONSerialization.jsonObject(with: Data(file.metadata[recordKey]!.utf8))
    let text = try JSONSerialization.data(
      withJSONObject: changed(record, path.split(separator: ".").map(String.init)[...]))
    let tensors = try file.entries.map { ($0.name, try file.tensor($0)) }
    return Data(SafetensorsFile.encoded(tensors, metadata: [recordKey: String(decoding: text, as: UTF8.self)]))
  }

  private func error(_ trainer: Trainer, _ bytes: Data) throws -> CheckpointError? {
    let checkpoints = Checkpoints(file())
    try bytes.write(to: URL(fileURLWithPath: checkpoints.path))
    defer { try? FileManager.default.removeItem(atPath: checkpoints.path) }
    do {
      _ = try plain(trainer, checkpoints, nil)
    } catch TrainingError.cannotResume(let error) {
      return error
    }
    return nil
  }

  @Test func cutOrChangedFilesAreDamaged() throws {
    let (trainer, bytes) = try bytesOfARun()
    for count in [0, 7, 100, bytes.count / 2, bytes.count - 1] {
      guard case .damaged = try error(trainer, bytes.prefix(count)) else {
        Issue.record("\(count) bytes of \(bytes.count)")
        continue
      }
    }
    let record = String(decoding: bytes.prefix(4000), as: UTF8.self)
    #expect(record.contains("recurrent.checkpoint.1"))
    guard case .damaged = try error(trainer, Data(SafetensorsFile.encoded([("a", Tensor([1], shape: [1]))]))) else {
      Issue.record("a file of weights")
      return
    }
  }

  @Test func impossibleNumbersAreDamaged() throws {
    let (trainer, bytes) = try bytesOfARun(
      Trainer(
        optimizer: LBFGS(learningRate: 0.01, historySize: 3), schedule: PlateauLearningRate(), length: .steps(9),
        seed: 3))
    let changes: [(path: String, values: [Any])] = [
      ("counters.batches", [-1, Int.max]), ("counters.step", [-1, 0, Int.max]), ("counters.epoch", [0, Int.max]),
      ("counters.stepsSinceEvaluation", [-1, 5]), ("counters.epochsSinceEvaluation", [-1, Int.max]),
      ("counters.evaluationsWithoutImprovement", [Int.max]), ("counters.secondsBefore", ["nan", "inf", -1]),
      ("optimizerUpdates", [-1, Int.max]), ("optimizerNumbers.iterations", ["inf", -1]),
      ("optimizerNumbers.pairs", ["nan", -1, 4, 0.5, 1e300]), ("optimizerNumbers.oldest", ["nan", -1, 3, 1e300]),
      ("optimizerNumbers.stepSize", ["nan"]), ("scheduleMemory.0", ["nan", "inf"]),
      ("scheduleMemory.2", ["nan", "-inf", -1, 0.5, 1e300]), ("scheduleMemory.3", ["inf", 9e18]),
    ]
    for (path, values) in changes {
      for value in values {
        guard case .damaged = try error(trainer, changed(bytes, path, to: value)) else {
          Issue.record("\(path): \(value)")
          continue
        }
      }
    }
    #expect(try error(trainer, changed(bytes, "counters.secondsBefore", to: 5)) == nil)
  }

  @Test func refusedFileLeavesTheModel() throws {
    let (trainer, bytes) = try bytesOfARun()
    let checkpoints = Checkpoints(file())
    try changed(bytes, "counters.batches", to: 6).write(to: URL(fileURLWithPath: checkpoints.path))
    defer { try? FileManager.default.removeItem(atPath: checkpoints.path) }
    var model = FirstSign()
    let error = #expect(throws: TrainingError.self) {
      try trainer.fit(&model, on: FirstSign.batches(40, batchSize: 9, seed: 1), checkpoints: checkpoints) { _ in }
    }
    guard case .cannotResume(.foreign)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(model.namedTensors.map(\.tensor) == FirstSign().namedTensors.map(\.tensor))
  }

  @Test func otherOptionsAreForeign() throws {
    var (trainer, _) = try bytesOfARun()
    trainer.penalties = try WeightPenalties([WeightPenalty("head", l2: 1e-4)], of: FirstSign())
    try trainer.optimizer.setGroups([ParameterGroup("head", learningRateFactor: 2)], of: FirstSign())
    let (_, bytes) = try bytesOfARun(trainer)
    #expect(try error(trainer, bytes) == nil)
    var others = [trainer, trainer, trainer, trainer, trainer, trainer, trainer]
    others[0].optimizer = Adam(learningRate: 0.03, beta1: 0.8)
    try others[0].optimizer.setGroups([ParameterGroup("head", learningRateFactor: 2)], of: FirstSign())
    try others[1].optimizer.setGroups([ParameterGroup("head", learningRateFactor: 3)], of: FirstSign())
    others[2].penalties = try WeightPenalties([WeightPenalty("head", l2: 2e-4)], of: FirstSign())
    others[3].schedule = PlateauLearningRate(patience: 7)
    others[4].minimumImprovement = 0.1
    others[5].optimizer.learningRate = 0.04
    others[6].constraints = try WeightConstraints([WeightConstraint("head", .maximumNorm(3))], of: FirstSign())
    let names = [
      "optimizer", "parameter groups", "penalties", "schedule", "minimum improvement", "optimizer", "constraints",
    ]
    for (other, name) in zip(others, names) {
      guard case .foreign(_, let differences)? = try error(other, bytes) else {
        Issue.record("\(name)")
        continue
      }
      #expect(differences.count == 1 && differences[0].hasPrefix(name), "\(differences)")
    }
  }

  @Test func otherRunsAreForeign() throws {
    let (trainer, bytes) = try bytesOfARun()
    var others = [trainer, trainer, trainer, trainer]
    others[0].seed = 4
    others[1].optimizer = SGD(learningRate: 0.03)
    others[2].averaging = nil
    others[3].gradientShards = 2
    for (other, name) in zip(others, ["seed", "optimizer", "averaging", "gradient shards"]) {
      guard case .foreign(_, let differences)? = try error(other, bytes) else {
        Issue.record("\(name)")
        continue
      }
      #expect(differences.count == 1 && differences[0].hasPrefix(name), "\(differences)")
    }
    #expect(try error(trainer, bytes) == nil)
  }

  @Test func folderThatCannotBeWrittenStopsTheRun() throws {
    let checkpoints = Checkpoints("/nowhere/at/all/checkpoint", every: .steps(2))
    #expect { try plain(Trainer(optimizer: .sgd(learningRate: 0.1)), checkpoints, nil) } throws: { error in
      guard case TrainingError.cannotCheckpoint(step: 2, .refused) = error else { return false }
      return true
    }
  }

  @Test func leftoversOfKilledWritesAreRemoved() throws {
    let checkpoints = Checkpoints(file(), every: .steps(2))
    let leftover = "\(checkpoints.path).123.456.tmp"
    // Files of somebody's own, and those of other checkpoints.
    let others = [".mine.tmp", ".123.tmp", ".123.x.tmp", ".123..tmp", ".1.2.3.tmp", ".123.456.tmpx", "-2.123.456.tmp"]
      .map { checkpoints.path + $0 }
    defer { for path in others { try? FileManager.default.removeItem(atPath: path) } }
    for path in others + [leftover] { try Data([1]).write(to: URL(fileURLWithPath: path)) }
    _ = try plain(Trainer(optimizer: .sgd(learningRate: 0.1), length: .steps(1)), checkpoints, nil)
    #expect(!FileManager.default.fileExists(atPath: leftover))
    for path in others { #expect(FileManager.default.fileExists(atPath: path), "\(path)") }
  }
}
