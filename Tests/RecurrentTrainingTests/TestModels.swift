import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import RecurrentTraining

/// Five free weights, with a slope that tests give.
struct FreeWeights: Module {
  var weights: Tensor

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&weights, "weights")
  }

  /// Gradients of the model with the given numbers.
  func gradients(_ numbers: [Double]) -> Gradients {
    Gradients(layout: ParameterLayout(of: self), arena: Tensor(numbers.map { Scalar($0) }, shape: [numbers.count]))
  }
}

/// A line through points: `x · slope + offset`, with a frozen scale that must not move.
struct Line: TrainableModel {
  struct Points: RowBatch {
    let x: Tensor
    let y: Tensor

    var rowCount: Int { x.shape[0] }
    func rows(in range: Range<Int>) -> Points { Points(x: x[range, axis: 0], y: y[range, axis: 0]) }
  }

  var layer = Linear(inputSize: 2, outputSize: 1, random: RandomSource(seed: 5))
  var scale = Tensor([1, 1], shape: [2])

  func loss(on batch: Points, context: inout ForwardContext) -> Tensor {
    (layer(batch.x.multiplying(rowVector: scale), context: &context) - batch.y).squared().mean()
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&layer, "layer")
    visitor.visit(&scale, "scale", .frozen)
  }

  /// `count` points of y = 2 x0 - 3 x1 + 0.5.
  static func points(_ count: Int, seed: UInt64) -> Points {
    var data = TestData(seed: seed)
    let x = data.tensor([count, 2])
    let y = (0..<count).map { 2 * x[$0, 0] - 3 * x[$0, 1] + 0.5 }
    return Points(x: x, y: Tensor(y, shape: [count, 1]))
  }

  static func batches(_ count: Int = 50, batchSize: Int = 8, seed: UInt64 = 1) -> SampleBatches<Points> {
    let points = points(count, seed: seed)
    return SampleBatches(count: count, batchSize: batchSize) {
      Points(x: points.x.rows(at: $0), y: points.y.rows(at: $0))
    }
  }
}

/// Tells from a sequence of unequal length whether its first number was positive.
struct FirstSign: TrainableModel {
  struct Sequences: RowBatch {
    let inputs: Tensor
    let lengths: [Int]
    let classes: [Int]

    var rowCount: Int { classes.count }
    func rows(in range: Range<Int>) -> Sequences {
      Sequences(inputs: inputs[range, axis: 0], lengths: Array(lengths[range]), classes: Array(classes[range]))
    }
  }

  var encoder = GRU(inputSize: 1, hiddenSize: 7, layers: 2, dropout: 0.1, random: RandomSource(seed: 11))
  var head = Linear(inputSize: 7, outputSize: 2, random: RandomSource(seed: 12))

  func logits(_ batch: Sequences, context: inout ForwardContext) -> Tensor {
    head(encoder(batch.inputs, lengths: batch.lengths, context: &context).lastOutputs, context: &context)
  }

  func loss(on batch: Sequences, context: inout ForwardContext) -> Tensor {
    SoftmaxCrossEntropy()(logits(batch, context: &context), classes: batch.classes)
  }

  func accuracy(on batch: Sequences) -> Double {
    var context = ForwardContext.inference
    let logits = logits(batch, context: &context)
    let right = batch.classes.enumerated().filter { row, sign in (logits[row, 1] > logits[row, 0]) == (sign == 1) }
    return Double(right.count) / Double(batch.classes.count)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&encoder, "encoder")
    visitor.visit(&head, "head")
  }

  static func sequences(_ count: Int, steps: Int = 10, seed: UInt64) -> Sequences {
    var data = TestData(seed: seed)
    let lengths = (0..<count).map { _ in 3 + data.integer(below: steps - 2) }
    let inputs = data.signedTensor([count, steps, 1], magnitudes: 0.2...1)
    return Sequences(inputs: inputs, lengths: lengths, classes: (0..<count).map { inputs[$0, 0, 0] > 0 ? 1 : 0 })
  }

  static func batches(
    _ count: Int, batchSize: Int = 32, shuffled: Bool = true, seed: UInt64
  ) -> SampleBatches<Sequences> {
    let all = sequences(count, seed: seed)
    return SampleBatches(count: count, batchSize: batchSize, shuffled: shuffled) { rows in
      Sequences(
        inputs: all.inputs.rows(at: rows), lengths: rows.map { all.lengths[$0] }, classes: rows.map { all.classes[$0] })
    }
  }
}

/// Follows a series step by step with a cell of any kind.
struct Follower<Cell: RecurrentCell>: StatefulModel {
  var layer: RecurrentLayer<Cell>
  var head: Linear

  init(_ layer: RecurrentLayer<Cell>) {
    self.layer = layer
    head = Linear(inputSize: layer.outputSize, outputSize: 1, random: RandomSource(seed: 22))
  }

  func initialState(for batch: SequencePairs) -> StackedState<Cell.State> {
    layer.initialState(batchSize: batch.rowCount)
  }

  func loss(
    on batch: SequencePairs, from state: StackedState<Cell.State>, context: inout ForwardContext
  ) -> (loss: Tensor, state: StackedState<Cell.State>) {
    let run = layer(batch.inputs, lengths: batch.lengths, from: state, context: &context)
    let loss = MeanSquaredError()(
      TimeDistributed(head)(run.outputs, context: &context), batch.targets, lengths: batch.lengths)
    return (loss, run.finalState)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&layer, "layer")
    visitor.visit(&head, "head")
  }

  /// Random sequences of two features and targets of one.
  static func pairs(rows: Int, steps: Int, lengths: [Int]? = nil, seed: UInt64) -> SequencePairs {
    var data = TestData(seed: seed)
    return SequencePairs(
      inputs: data.tensor([rows, steps, 2]), targets: data.tensor([rows, steps, 1]), lengths: lengths)
  }
}

/// Batches that are given, the same in every epoch.
struct GivenBatches<Batch>: BatchProvider {
  let all: [Batch]
  var batchesPerEpoch: Int? { all.count }
  func batches(epoch: Int, random: RandomSource) -> [Batch] { all }
}

extension Gradients {
  /// All gradients, in visit order.
  var allScalars: [Double] {
    layout.entries.flatMap { entry in self[entry.path]?.scalars.map { Double($0) } ?? [] }
  }
}
