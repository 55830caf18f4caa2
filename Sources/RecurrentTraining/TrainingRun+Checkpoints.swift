import RecurrentNN
import RecurrentTensor

extension TrainingRun {
  /// What must be equal for a run to continue another.
  private var identity: [String: String] {
    func text<Value>(_ value: Value?) -> String { value.map { String(describing: $0) } ?? "none" }
    var identity: [String: String] = [:]
    identity["seed"] = text(trainer.seed)
    identity["length"] = text(trainer.length)
    identity["optimizer"] = text(type(of: trainer.optimizer))
    identity["learning rate"] = text(trainer.optimizer.learningRate)
    identity["schedule"] = text(type(of: trainer.schedule))
    identity["clipping"] = text(trainer.clipping)
    identity["averaging"] = text(trainer.averaging)
    identity["accumulation"] = text(trainer.accumulation)
    identity["gradient shards"] = text(trainer.gradientShards)
    identity["evaluation interval"] = text(trainer.evaluationInterval)
    identity["patience"] = text(trainer.patience)
    identity["batches of an epoch"] = text(batches.batchesPerEpoch)
    identity["model"] = text(M.self)
    identity.merge(sharded.pass.identity) { first, _ in first }
    return identity
  }

  /// Writes the run down where that is due; of several ranks the first does.
  mutating func writeCheckpoint(of model: M) throws(TrainingError) {
    guard let checkpoints, trainer.reducer.rank == 0, reason == nil || reason == .cancelled else { return }
    let isDue =
      switch checkpoints.interval {
      case .steps(let count): counters.step.isMultiple(of: count)
      case .seconds(let seconds): (clock.now - lastCheckpoint).asSeconds >= seconds
      }
    guard isDue || reason == .cancelled else { return }
    var kept = counters
    kept.secondsBefore = seconds
    var file = CheckpointFile(
      path: checkpoints.path,
      record: .init(
        run: identity, counters: kept, optimizerUpdates: optimizer.state.updates,
        optimizerNumbers: optimizer.state.numbers, scheduleMemory: schedule.memory))
    file[.weights] = model.namedTensors
    file[.average] = average?.model.namedTensors ?? []
    file[.best] = bestModel?.namedTensors ?? []
    file[.optimizer] = optimizer.state.tensors
    file[.carried] = sharded.pass.carried
    do {
      try file.write()
    } catch {
      throw .cannotCheckpoint(step: counters.step, error)
    }
    lastCheckpoint = clock.now
  }

  /// Goes to where the checkpoint was written, if there is one.
  ///
  /// - Returns: What is left of the epoch that it was written in; nil without a checkpoint.
  mutating func resume(_ model: inout M) throws(TrainingError) -> Batches.Batches.Iterator? {
    guard let checkpoints else { return nil }
    require(
      trainer.reducer.rankCount == 1 || sharded.pass.identity.isEmpty,
      "Trainer: checkpoints of truncated back-propagation want a single rank, which has all carried states.")
    if trainer.reducer.rank == 0 { CheckpointFile.removeLeftovers(of: checkpoints.path) }
    do {
      guard let file = try CheckpointFile(contentsOf: checkpoints.path) else { return nil }
      return try restore(from: file, &model)
    } catch {
      throw .cannotResume(error)
    }
  }

  private mutating func restore(
    from file: CheckpointFile, _ model: inout M
  ) throws(CheckpointError) -> Batches.Batches.Iterator {
    let record = file.record
    let differences = Set(identity.keys).union(record.run.keys).sorted().compactMap { key in
      identity[key] == record.run[key]
        ? nil : "\(key): expected \(identity[key] ?? "none"), received \(record.run[key] ?? "none")"
    }
    guard differences.isEmpty else { throw .foreign(file: file.path, differences: differences) }
    guard record.counters.epoch > 0, record.counters.step > 0, record.scheduleMemory.count == schedule.memory.count
    else { throw .damaged(file: file.path, reason: "its record contradicts itself") }
    guard let weights = try file.model(.weights, like: model) else {
      throw .damaged(file: file.path, reason: "there are no weights in it")
    }
    let averaged = try file.model(.average, like: model)
    guard (averaged == nil) == (average == nil) else {
      throw .damaged(file: file.path, reason: "the averaged weights are missing")
    }
    bestModel = try file.model(.best, like: model)
    do {
      try optimizer.state.restore(
        layout: layout, updates: record.optimizerUpdates, numbers: record.optimizerNumbers, tensors: file[.optimizer])
    } catch {
      throw .foreign(file: file.path, differences: ["\(error)"])
    }
    if let averaged { average?.restore(averaged) }
    schedule.memory = record.scheduleMemory
    counters = record.counters
    model = weights

    var iterator = iterator()
    for _ in 0..<counters.batches {
      guard let batch = iterator.next() else {
        throw .foreign(
          file: file.path, differences: ["epoch \(counters.epoch): expected at least \(counters.batches) batches"])
      }
      sharded.skip(batch)
    }
    guard sharded.restore(carried: file[.carried], of: model) else {
      throw .foreign(file: file.path, differences: ["the carried states do not fit the model and its batches"])
    }
    return iterator
  }
}
