import RecurrentNN
import RecurrentTensor

extension TrainingRun {
  /// What must be equal for a run to continue another.
  private var identity: [String: String] {
    func text<Value>(_ value: Value?) -> String { value.map { String(describing: $0) } ?? "none" }
    var identity: [String: String] = [:]
    identity["seed"] = text(trainer.seed)
    identity["length"] = text(trainer.length)
    identity["optimizer"] = settings(of: trainer.optimizer)
    identity["parameter groups"] = trainer.optimizer.state.groups.map(settings)
    identity["penalties"] = trainer.penalties.map(settings)
    identity["constraints"] = trainer.constraints.map(settings)
    identity["schedule"] = settings(of: trainer.schedule)
    identity["clipping"] = text(trainer.clipping)
    identity["averaging"] = text(trainer.averaging)
    identity["accumulation"] = text(trainer.accumulation)
    identity["gradient shards"] = text(trainer.gradientShards)
    identity["evaluation interval"] = text(trainer.evaluationInterval)
    identity["patience"] = text(trainer.patience)
    identity["minimum improvement"] = text(trainer.minimumImprovement)
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
    guard record.counters.arePossible, record.scheduleMemory.count == schedule.memory.count
    else { throw .damaged(file: file.path, reason: "its record contradicts itself") }
    schedule.memory = record.scheduleMemory
    guard schedule.memory == record.scheduleMemory, record.scheduleMemory.allSatisfy(\.isFinite) else {
      throw .damaged(file: file.path, reason: "impossible numbers of the schedule: \(record.scheduleMemory)")
    }
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
      guard error.impossible.isEmpty else {
        throw .damaged(
          file: file.path, reason: "impossible numbers of the optimizer: \(error.impossible.joined(separator: ", "))")
      }
      throw .foreign(file: file.path, differences: ["\(error)"])
    }
    if let averaged { average?.restore(averaged) }
    counters = record.counters
    optimizer.learningRate = learningRate(step: counters.step - 1)

    var iterator = iterator()
    for _ in 0..<counters.batches {
      guard let batch = iterator.next() else {
        throw .foreign(
          file: file.path, differences: ["epoch \(counters.epoch): expected at least \(counters.batches) batches"])
      }
      sharded.skip(batch)
    }
    guard sharded.restore(carried: file[.carried], of: weights) else {
      throw .foreign(file: file.path, differences: ["the carried states do not fit the model and its batches"])
    }
    model = weights
    return iterator
  }
}

/// The type and the stored options of a value as text, equal in every process; what an optimizer remembers, and the layout
/// of a model, are left out.
private func settings(of value: Any) -> String {
  let mirror = Mirror(reflecting: value)
  switch mirror.displayStyle {
  case .struct, .tuple:
    let parts = mirror.children.filter { !($0.value is OptimizerState) && !($0.value is ParameterLayout) }
    guard !mirror.children.isEmpty else { break }
    let texts = parts.map { ($0.label.map { "\($0): " } ?? "") + settings(of: $0.value) }
    return "\(mirror.subjectType)(\(texts.joined(separator: ", ")))"
  case .optional: return mirror.children.first.map { settings(of: $0.value) } ?? "none"
  case .collection: return "[\(mirror.children.map { settings(of: $0.value) }.joined(separator: ", "))]"
  // Their order differs from process to process.
  case .set, .dictionary: return "[\(mirror.children.map { settings(of: $0.value) }.sorted().joined(separator: ", "))]"
  // Their text may be an address.
  case .class: return "\(mirror.subjectType)"
  default: break
  }
  return String(describing: value)
}
