import Recurrent

/// Steps of the package's own trainer on one batch, over and over: clipping at a norm of 5, Adam at a rate of 0.001.
struct TimedSteps: StackUser {
  let size: ModelSize
  let seconds: Double

  func use<Cell: RecurrentCell>(_ stack: RecurrentLayer<Cell>) throws -> BenchmarkTime {
    var model = size.model(stack)
    let batch: SequenceModel<Cell>.Batch = size.batch(of: .random)
    var timer = MedianTime(seconds: seconds)
    try trainer(steps: .max).fit(&model, on: OneBatch(batch: batch), isCancelled: { timer.isDone }) { event in
      switch event {
      case .started: timer.start()
      case .step: timer.lap()
      case .evaluated, .finished: break
      }
    }
    return timer.result(units: 1)
  }
}

/// The losses before each of the first steps, on closed-form numbers.
struct FirstLosses: StackUser {
  static let steps = 3

  let size: ModelSize

  func use<Cell: RecurrentCell>(_ stack: RecurrentLayer<Cell>) throws -> [Double] {
    var model = ClosedFormNumbers.filled(size.model(stack), hiddenSize: size.hidden)
    let batch: SequenceModel<Cell>.Batch = size.batch(of: .closedForm)
    var losses: [Double] = []
    try trainer(steps: Self.steps).fit(&model, on: OneBatch(batch: batch)) { event in
      if case .step(let progress) = event { losses.append(progress.trainLoss) }
    }
    return losses
  }
}

private func trainer(steps: Int) -> Trainer {
  Trainer(optimizer: .adam(learningRate: 1e-3), clipping: .globalNorm(5), length: .steps(steps))
}

/// An epoch that never ends, of one batch.
private struct OneBatch<Batch>: BatchProvider {
  let batch: Batch

  var batchesPerEpoch: Int? { nil }

  func batches(epoch: Int, random: RandomSource) -> some Swift.Sequence<Batch> {
    sequence(first: batch) { $0 }
  }
}

extension ModelSize {
  fileprivate func model<Cell: RecurrentCell>(_ stack: RecurrentLayer<Cell>) -> SequenceModel<Cell> {
    let vocabularySize: Int? = if case .words(let count, vector: _) = input { count } else { nil }
    return switch output {
    case .numbers(let size), .classes(let size):
      SequenceModel(vocabularySize: vocabularySize, stack: stack, outputSize: size, reading: .each)
    case .lastNumbers(let size), .lastClass(let size):
      SequenceModel(vocabularySize: vocabularySize, stack: stack, outputSize: size, reading: .last)
    }
  }

  fileprivate func batch<Cell: RecurrentCell>(of numbers: BatchNumbers) -> SequenceModel<Cell>.Batch {
    let inputs: SequenceModel<Cell>.Inputs =
      switch input {
      case .features(let size): .features(numbers.inputs([batch, time, size]))
      case .words(let count, vector: _): .words(numbers.words(batch * time, count), shape: [batch, time])
      }
    let targets: SequenceModel<Cell>.Targets =
      switch output {
      case .numbers(let size): .numbers(numbers.targets([batch, time, size]))
      case .lastNumbers(let size): .numbers(numbers.targets([batch, size]))
      case .classes(let count): .classes(numbers.classes(batch * time, count))
      case .lastClass(let count): .classes(numbers.classes(batch, count))
      }
    return SequenceModel.Batch(inputs: inputs, targets: targets)
  }
}

/// Where the numbers of a batch come from.
private struct BatchNumbers: Sendable {
  let inputs, targets: @Sendable (Shape) -> Tensor
  /// So many whole numbers below a bound.
  let words, classes: @Sendable (_ count: Int, _ bound: Int) -> [Int]

  static let closedForm = BatchNumbers(
    inputs: { ClosedFormNumbers.inputs($0) }, targets: { ClosedFormNumbers.targets($0) },
    words: { ClosedFormNumbers.words($0, below: $1) }, classes: { ClosedFormNumbers.classes($0, below: $1) })

  static let random = BatchNumbers(
    inputs: { source.stream("inputs").normal($0) }, targets: { source.stream("targets").normal($0) },
    words: { integers("words", $0, below: $1) }, classes: { integers("classes", $0, below: $1) })

  private static let source = RandomSource(seed: 2)

  private static func integers(_ name: String, _ count: Int, below bound: Int) -> [Int] {
    let random = source.stream(name)
    return (0..<count).map { random.integer(below: bound, at: $0) }
  }
}
