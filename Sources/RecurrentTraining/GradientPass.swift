import RecurrentNN
import RecurrentTensor

/// How the gradients of one shard are computed.
protocol GradientPass<Model> {
  associatedtype Model: TrainableModel

  /// The mean loss of shard number `shard` of a batch, its gradients, and what it counts; nil if it has nothing to learn
  /// from.
  mutating func gradients(
    of model: Model, layout: ParameterLayout, on rows: Model.Batch, shard: Int, context: ForwardContext
  ) -> (loss: Double, gradients: Gradients, weight: Double)?

  /// What a checkpoint must share with the run that continues it.
  var identity: [String: String] { get }

  /// What is carried from batch to batch, as `shard/number`.
  var carried: [(name: String, tensor: Tensor)] { get }

  /// Passes by rows that an earlier run has learned from.
  mutating func skip(_ rows: Model.Batch, shard: Int)

  /// Takes over what an earlier run carried, after the same rows were passed by; false if it does not fit.
  mutating func restore(carried: [(name: String, tensor: Tensor)], of model: Model) -> Bool
}

extension GradientPass {
  var identity: [String: String] { [:] }
  var carried: [(name: String, tensor: Tensor)] { [] }
  mutating func skip(_ rows: Model.Batch, shard: Int) {}
  mutating func restore(carried: [(name: String, tensor: Tensor)], of model: Model) -> Bool { carried.isEmpty }
}

/// The pass of a model whose batches have nothing to do with each other.
struct WholePass<Model: TrainableModel>: GradientPass {
  func gradients(
    of model: Model, layout: ParameterLayout, on rows: Model.Batch, shard: Int, context: ForwardContext
  ) -> (loss: Double, gradients: Gradients, weight: Double)? {
    let weight = model.weight(of: rows)
    guard weight > 0 else { return nil }
    var context = context
    let (_, gradients, loss) = valueAndGradients(of: model, layout: layout) { model in
      let loss = model.loss(on: rows, context: &context)
      return (context.penalized(loss), loss.scalar)
    }
    return (Double(loss), gradients, weight)
  }
}

/// Computes the gradients of one update: cuts batches into shards, and gathers those that belong to this rank.
struct ShardedGradients<Pass: GradientPass> {
  typealias Model = Pass.Model
  typealias Mean = (gradients: Gradients, loss: Double, weight: Double)

  private(set) var pass: Pass
  private let layout: ParameterLayout
  private let random: RandomSource
  private let shards: Int
  private let accumulation: Int
  private let ownShards: Range<Int>

  /// The batches taken since the last update.
  private(set) var batches = 0
  private var rows = 0
  private var tree = GradientTree()

  init(_ pass: Pass, trainer: Trainer, layout: ParameterLayout, random: RandomSource) {
    checkCount("Trainer gradientShards", trainer.gradientShards)
    checkCount("Trainer accumulation", trainer.accumulation)
    let (rank, ranks) = (trainer.reducer.rank, trainer.reducer.rankCount)
    require(
      trainer.gradientShards.isMultiple(of: ranks),
      TrainingMessages.option(
        "Trainer gradientShards", expected: "a multiple of the \(ranks) ranks",
        received: Double(trainer.gradientShards)))
    self.pass = pass
    self.layout = layout
    self.random = random
    shards = trainer.gradientShards
    accumulation = trainer.accumulation
    ownShards = rank * shards / ranks..<(rank + 1) * shards / ranks
  }

  /// Whether enough batches for an update are taken.
  var isFull: Bool { batches == accumulation }

  /// Adds the gradients of a batch.
  mutating func add(_ batch: Model.Batch, of model: Model, step: Int) {
    for (shard, range, part) in parts(of: batch) {
      add(part, shard: shard, firstRow: rows + range.lowerBound, of: model, step: step)
    }
    rows += (batch as? any RowBatch)?.rowCount ?? 0
    batches += 1
  }

  /// Passes by a batch that an earlier run has learned from.
  mutating func skip(_ batch: Model.Batch) {
    for (shard, _, part) in parts(of: batch) { pass.skip(part, shard: shard) }
  }

  /// Takes over what an earlier run carried; false if it does not fit.
  mutating func restore(carried: [(name: String, tensor: Tensor)], of model: Model) -> Bool {
    pass.restore(carried: carried, of: model)
  }

  /// The shards of a batch that this rank computes, with their rows.
  private func parts(of batch: Model.Batch) -> [(shard: Int, rows: Range<Int>, part: Model.Batch)] {
    guard shards > 1 || accumulation > 1 else { return [(0, 0..<0, batch)] }
    guard let rowBatch = batch as? any RowBatch else { stop(TrainingMessages.noRowBatch(Model.Batch.self)) }
    var parts: [(shard: Int, rows: Range<Int>, part: Model.Batch)] = []
    for shard in ownShards {
      let range = shardRows(shard, of: shards, rowCount: rowBatch.rowCount)
      guard !range.isEmpty else { continue }
      parts.append((shard, range, shards == 1 ? batch : rowBatch.part(range)))
    }
    return parts
  }

  private mutating func add(_ part: Model.Batch, shard: Int, firstRow: Int, of model: Model, step: Int) {
    let context = ForwardContext.training(random, step: step, firstRow: firstRow)
    guard
      let result = pass.gradients(of: model, layout: layout, on: part, shard: shard, context: context)
    else { return }
    tree.add(
      shard: batches * shards + shard, gradients: result.gradients, loss: result.loss, weight: result.weight)
  }

  /// The means over all shards of all ranks; nil if none had anything to learn from.
  mutating func take(_ reducer: some GradientReducer) throws -> Mean? {
    (batches, rows) = (0, 0)
    try reducer.reduce(&tree)
    return tree.takeMean()
  }
}

extension RowBatch {
  /// These rows, as the type that the caller knows this batch by.
  fileprivate func part<Batch>(_ range: Range<Int>) -> Batch { rows(in: range) as! Batch }
}

/// Stops the program unless a count is at least 1.
func checkCount(_ name: String, _ count: Int) {
  require(count > 0, TrainingMessages.option(name, expected: "at least 1", received: Double(count)))
}
