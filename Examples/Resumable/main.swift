import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTraining

// resumable KIND CHECKPOINT WEIGHTS [--seed N] [--shards S] [--ranks R]: a training that goes on from its checkpoint after
// any end. It prints "step N" after every step and writes the trained weights to a file.
let usage = "usage: resumable plain|truncated|accumulated CHECKPOINT WEIGHTS [--seed N] [--shards S] [--ranks R]"

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data((message + "\n").utf8))
  exit(64)
}

/// Follows a random series with an LSTM of two layers.
struct Follower: StatefulModel {
  var encoder: LSTM
  var head: Linear

  init(random: RandomSource) {
    encoder = LSTM(inputSize: 2, hiddenSize: 96, layers: 2, dropout: 0.1, random: random.stream("encoder"))
    head = Linear(inputSize: 96, outputSize: 1, random: random.stream("head"))
  }

  func initialState(for batch: SequencePairs) -> StackedState<LSTMState> {
    encoder.initialState(batchSize: batch.rowCount)
  }

  func loss(
    on batch: SequencePairs, from state: StackedState<LSTMState>, context: inout ForwardContext
  ) -> (loss: Tensor, state: StackedState<LSTMState>) {
    let run = encoder(batch.inputs, from: state, context: &context)
    return (MeanSquaredError()(TimeDistributed(head)(run.outputs, context: &context), batch.targets), run.finalState)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&encoder, "encoder")
    visitor.visit(&head, "head")
  }
}

/// What is trained, and how.
struct Plan: Sendable {
  var kind = ""
  var checkpoint = ""
  var weights = ""
  var seed: UInt64 = 1
  var shards = 1
  var ranks = 1

  init(_ arguments: [String]) {
    var free: [String] = []
    var arguments = arguments[...]
    while let argument = arguments.popFirst() {
      guard argument.hasPrefix("--") else {
        free.append(argument)
        continue
      }
      guard let value = arguments.popFirst().flatMap({ Int($0) }), value >= 0 else { fail(usage) }
      switch argument {
      case "--seed": seed = UInt64(value)
      case "--shards": shards = value
      case "--ranks": ranks = value
      default: fail(usage)
      }
    }
    guard free.count == 3, ["plain", "truncated", "accumulated"].contains(free[0]), shards > 0, ranks > 0,
      shards.isMultiple(of: ranks)
    else { fail(usage) }
    (kind, checkpoint, weights) = (free[0], free[1], free[2])
  }

  /// Trains as one of the ranks and gives the model.
  func train(rank: Int, of ranks: InProcessRanks) throws -> Follower {
    let random = RandomSource(seed: seed)
    let series = random.stream("series").normal([2_000, 2])
    let targets = random.stream("targets").normal([2_000, 1])
    let trainer = Trainer(
      optimizer: .adam(learningRate: 1e-3), clipping: .globalNorm(1), schedule: CosineLearningRate(warmup: 10),
      length: .steps(120), averaging: 0.99, seed: seed, accumulation: kind == "accumulated" ? 3 : 1,
      gradientShards: shards, reducer: ranks.reducer(rank: rank))
    var model = Follower(random: random.stream("model"))
    let onEvent = { (event: TrainingEvent) in
      guard rank == 0, case .step(let progress) = event else { return }
      FileHandle.standardOutput.write(Data("step \(progress.step)\n".utf8))
    }
    let checkpoints = Checkpoints(checkpoint, every: .steps(3))
    if kind == "truncated" {
      let batches = StreamBatches(count: 2_000, rows: 8, steps: 10) {
        SequencePairs(inputs: $0.rows(of: series), targets: $0.rows(of: targets), startingRows: $0.startingRows)
      }
      try trainer.fit(
        &model, on: batches, truncation: Truncation(k1: 10, k2: 25), checkpoints: checkpoints, onEvent: onEvent)
    } else {
      let batches = SampleBatches(count: 190, batchSize: 13) { samples in
        let steps = samples.flatMap { $0 * 10..<$0 * 10 + 20 }
        return SequencePairs(
          inputs: series.rows(at: steps).reshaped(to: [samples.count, 20, 2]),
          targets: targets.rows(at: steps).reshaped(to: [samples.count, 20, 1]))
      }
      try trainer.fit(&model, on: batches, checkpoints: checkpoints, onEvent: onEvent)
    }
    return model
  }
}

let plan = Plan(Array(CommandLine.arguments.dropFirst()))
let ranks = InProcessRanks(count: plan.ranks)
let done = DispatchSemaphore(value: 0)
for rank in 0..<plan.ranks {
  Thread {
    do {
      let model = try plan.train(rank: rank, of: ranks)
      if rank == 0 { try model.saveWeights(to: plan.weights) }
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(1)
    }
    done.signal()
  }.start()
}
for _ in 0..<plan.ranks { done.wait() }
