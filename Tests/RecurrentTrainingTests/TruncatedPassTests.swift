import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import RecurrentTraining
import Synchronization
import Testing

/// An optimizer that moves nothing and keeps what it is given.
struct RecordingOptimizer: Optimizer {
  final class Record: Sendable {
    let gradients = Mutex<[Gradients]>([])
  }

  var learningRate = 0.0
  var state: OptimizerState = SGD(learningRate: 0).state
  let record = Record()

  mutating func update(_ model: inout some Module, with gradients: Gradients) {
    record.gradients.withLock { $0.append(gradients) }
  }
}

@Suite struct TruncatedPassTests {
  private struct Walk {
    var gradients: [Gradients]
    var losses: [Double]
  }

  /// One epoch without moving the weights.
  private func walk<M: StatefulModel>(
    _ model: M, _ batches: some BatchProvider<M.Batch>, _ truncation: Truncation, shards: Int = 1
  ) throws -> Walk {
    let optimizer = RecordingOptimizer()
    var (model, losses) = (model, [Double]())
    try Trainer(optimizer: optimizer, length: .epochs(1), gradientShards: shards).fit(
      &model, on: batches, truncation: truncation
    ) { event in
      if case .step(let progress) = event { losses.append(progress.trainLoss) }
    }
    return Walk(gradients: optimizer.record.gradients.withLock { $0 }, losses: losses)
  }

  private func full<M: StatefulModel>(_ model: M, _ batch: M.Batch) -> (loss: Double, gradients: Gradients) {
    var context = ForwardContext.inference
    let (value, gradients) = valueAndGradients(of: model) { $0.loss(on: batch, context: &context) }
    return (Double(value), gradients)
  }

  private let lstm = Follower(
    LSTM(inputSize: 2, hiddenSize: 3, layers: 2, initialState: .trainable, random: RandomSource(seed: 1)))
  private let gru = Follower(GRU(inputSize: 2, hiddenSize: 5, random: RandomSource(seed: 2)))
  private let elman = Follower(ElmanRNN(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 3)))

  @Test func oneWindowIsFullBackPropagation() throws {
    let pairs = Follower<LSTMCell>.pairs(rows: 3, steps: 11, lengths: [11, 4, 7], seed: 5)
    let expected = full(lstm, pairs)
    let received = try walk(lstm, GivenBatches(all: [pairs]), Truncation(k1: 11))
    #expect(received.losses == [expected.loss])
    #expect(received.gradients[0].allScalars == expected.gradients.allScalars)
    let longer = try walk(lstm, GivenBatches(all: [pairs]), Truncation(k1: 13, k2: 20))
    #expect(Comparison.relativeError(longer.gradients[0].allScalars, expected.gradients.allScalars) < 1e-6)
  }

  @Test(arguments: [1, 3, 4, 7])
  func gradientsOfLongWindowsAddUpToAllOfThem(k1: Int) throws {
    let pairs = Follower<LSTMCell>.pairs(rows: 2, steps: 11, seed: 6)
    func check<Cell>(_ model: Follower<Cell>) throws {
      let received = try walk(model, GivenBatches(all: [pairs]), Truncation(k1: k1, k2: 10 + k1))
      var sum = Gradients(zerosFor: received.gradients[0].layout)
      for (index, var gradients) in received.gradients.enumerated() {
        gradients.scale(by: Scalar(min(k1, 11 - index * k1)) / 11)
        sum.add(gradients)
      }
      #expect(Comparison.relativeError(sum.allScalars, full(model, pairs).gradients.allScalars) < 1e-5)
    }
    try check(lstm)
    try check(gru)
    try check(elman)
  }

  /// A penalty counts for the new steps alone, and in no loss that is told.
  @Test func penaltiesOfLayersCountForNewSteps() throws {
    let pairs = Follower<LSTMCell>.pairs(rows: 2, steps: 10, seed: 9)
    var priced = lstm
    priced.layer.regularization.activityPenalty = 1.5
    for truncation in [Truncation(k1: 10), Truncation(k1: 5, k2: 15)] {
      let (plain, received) = (
        try walk(lstm, GivenBatches(all: [pairs]), truncation), try walk(priced, GivenBatches(all: [pairs]), truncation)
      )
      #expect(received.losses == plain.losses)
      for (update, first) in stride(from: 0, to: 10, by: truncation.k1).enumerated() {
        let expected = valueAndGradients(of: lstm) { model in
          let outputs = model.layer(pairs.inputs[0..<first + truncation.k1, axis: 1]).outputs
          return ActivityPenalty(activity: 1.5)(outputs[first..<first + truncation.k1, axis: 1])
        }.gradients
        let difference = zip(received.gradients[update].allScalars, plain.gradients[update].allScalars).map { $0 - $1 }
        #expect(Comparison.relativeError(difference, expected.allScalars) < 1e-4, "update \(update)")
      }
    }
  }

  /// Losses with weights that stand still are those of the whole sequences, whatever the windows.
  @Test(arguments: [(1, 1), (2, 5), (3, 4), (4, 4), (5, 12)])
  func forwardValuesAreThoseOfTheWholeRun(k1: Int, k2: Int) throws {
    let pairs = Follower<LSTMCell>.pairs(rows: 3, steps: 12, lengths: [12, 5, 8], seed: 7)
    let received = try walk(lstm, GivenBatches(all: [pairs, pairs]), Truncation(k1: k1, k2: k2))
    let pieces = stride(from: 0, to: 12, by: k1).map { pairs.steps(in: $0..<min($0 + k1, 12)) }
    #expect(received.losses.count == 2 * pieces.count)
    let weights = pieces.map { Double($0.validStepCount) }
    for pass in 0..<2 {
      let losses = received.losses[(pass * pieces.count)...]
      let mean = zip(losses, weights).reduce(0) { $0 + $1.0 * $1.1 } / 25
      #expect(abs(mean / full(lstm, pairs).loss - 1) < 1e-6)
    }
  }

  /// Against an Elman network in Double, its gradients by central differences of a window's loss from a state held still.
  @Test(arguments: [(1, 1), (2, 5), (3, 4), (3, 3), (2, 11)])
  func truncatedGradientsEqualTheReference(k1: Int, k2: Int) throws {
    let pairs = Follower<ElmanCell>.pairs(rows: 2, steps: 11, seed: 8)
    let received = try walk(elman, GivenBatches(all: [pairs]), Truncation(k1: k1, k2: k2))
    var reference = ElmanReference(elman, pairs)
    for (update, start) in stride(from: 0, to: 11, by: k1).enumerated() {
      let end = min(start + k1, 11)
      // A window holds at most k2 steps and starts where the one before was left.
      let windowStart = max(0, start + k1 - k2)
      let expected = reference.gradients(of: start..<end, from: windowStart)
      #expect(Comparison.relativeError(received.gradients[update].allScalars, expected) < 1e-5, "update \(update)")
      #expect(abs(received.losses[update] - reference.loss(of: start..<end, from: 0)) < 1e-6)
    }
  }

  @Test func streamGoesOnFromBatchToBatch() throws {
    var data = TestData(seed: 9)
    let series = data.tensor([31, 2])
    let targets = data.tensor([31, 1])
    func batches(steps: Int) -> StreamBatches<SequencePairs> {
      StreamBatches(count: 31, rows: 2, steps: steps) {
        SequencePairs(inputs: $0.rows(of: series), targets: $0.rows(of: targets), startingRows: $0.startingRows)
      }
    }
    for truncation in [Truncation(k1: 4), Truncation(k1: 4, k2: 6), Truncation(k1: 4, k2: 9)] {
      let whole = try walk(gru, batches(steps: 15), truncation)
      let pieces = try walk(gru, batches(steps: 4), truncation)
      #expect(pieces.losses == whole.losses)
      #expect(pieces.gradients.map(\.allScalars) == whole.gradients.map(\.allScalars))
    }
    let cut = try walk(gru, batches(steps: 4), Truncation(k1: 4))
    let far = try walk(gru, batches(steps: 4), Truncation(k1: 4, k2: 8))
    #expect(cut.losses == far.losses)
    #expect(cut.gradients[2].allScalars != far.gradients[2].allScalars)
  }

  @Test func rowsThatStartBeginAnew() throws {
    // Row 0 goes on over three batches; row 1 ends after 2 steps of the first, and starts again with the third.
    let pairs = Follower<GRUCell>.pairs(rows: 2, steps: 9, seed: 10)
    let part = { (range: Range<Int>, lengths: [Int]?, starting: [Bool]) in
      SequencePairs(
        inputs: pairs.inputs[range, axis: 1], targets: pairs.targets[range, axis: 1], lengths: lengths,
        startingRows: starting)
    }
    let batches = GivenBatches(all: [
      part(0..<3, [3, 2], [true, true]), part(3..<6, [3, 0], [false, false]), part(6..<9, nil, [false, true]),
    ])
    let received = try walk(lstm, batches, Truncation(k1: 3, k2: 7))
    let first = full(lstm, pairs.rows(in: 0..<1)).loss * 9
    let second = full(lstm, pairs.rows(in: 1..<2).steps(in: 0..<2)).loss * 2
    let third = full(lstm, part(6..<9, nil, [true, true]).rows(in: 1..<2)).loss * 3
    let weights = [5.0, 3, 6]
    let sum = zip(received.losses, weights).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(sum / (first + second + third) - 1) < 1e-6)
  }

  @Test func shardsCarryTheirOwnRows() throws {
    let pairs = Follower<GRUCell>.pairs(rows: 5, steps: 10, lengths: [10, 3, 8, 1, 6], seed: 11)
    let whole = try walk(gru, GivenBatches(all: [pairs]), Truncation(k1: 3, k2: 5))
    let cut = try walk(gru, GivenBatches(all: [pairs]), Truncation(k1: 3, k2: 5), shards: 3)
    #expect(Comparison.relativeError(cut.losses, whole.losses) < 1e-6)
    for (cut, whole) in zip(cut.gradients, whole.gradients) {
      #expect(Comparison.relativeError(cut.allScalars, whole.allScalars) < 1e-5)
    }
  }

  /// However long the sequence, no update runs over more steps than k2.
  @Test func windowsAreBounded() throws {
    struct Counting: StatefulModel {
      final class Steps: Sendable { let present = Mutex(0) }
      var follower = Follower(GRU(inputSize: 2, hiddenSize: 2, random: RandomSource(seed: 2)))
      let steps = Steps()
      func initialState(for batch: SequencePairs) -> StackedState<Tensor> { follower.initialState(for: batch) }
      func loss(
        on batch: SequencePairs, from state: StackedState<Tensor>, context: inout ForwardContext
      ) -> (loss: Tensor, state: StackedState<Tensor>) {
        steps.present.withLock { $0 += batch.stepCount }
        return follower.loss(on: batch, from: state, context: &context)
      }
      mutating func visitParameters(_ visitor: inout some ParameterVisitor) { follower.visitParameters(&visitor) }
    }
    var (model, most) = (Counting(), 0)
    let steps = model.steps
    let pairs = Follower<GRUCell>.pairs(rows: 2, steps: 500, seed: 12)
    let trainer = Trainer(optimizer: .sgd(learningRate: 0.01), length: .epochs(1))
    try trainer.fit(&model, on: GivenBatches(all: [pairs]), truncation: Truncation(k1: 7, k2: 20)) { event in
      guard case .step = event else { return }
      most = steps.present.withLock { present in
        defer { present = 0 }
        return max(most, present)
      }
    }
    #expect(most == 20)
  }
}
