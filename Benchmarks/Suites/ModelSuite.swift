import Recurrent

extension BenchmarkSuite {
  /// Whole models while they train.
  static let models = BenchmarkSuite(
    name: "models", summary: "one training step of a whole model: forward, loss, backward, clipping, Adam",
    rows: ModelSize.all.map(\.row))
}

/// The sizes of a model and of its batch.
struct ModelSize {
  enum Input {
    /// Vectors of so many numbers.
    case features(Int)
    /// Words of a vocabulary, each with a trained vector of so many numbers.
    case words(Int, vector: Int)
  }

  enum Output {
    /// Numbers after every step: squared error.
    case numbers(Int)
    /// Numbers after the last step: squared error.
    case lastNumbers(Int)
    /// One class of so many after every step.
    case classes(Int)
    /// One class of so many after the last step.
    case lastClass(Int)
  }

  let name: String
  let cell: BenchmarkCell
  var layers = 1
  var isBidirectional = false
  let input: Input
  let hidden: Int
  let output: Output
  let batch, time: Int

  /// From the small models of a first lesson to language models and speech.
  static let all = [
    ModelSize(
      name: "lstm-classifier-10x20x5", cell: .lstm, input: .features(10), hidden: 20, output: .lastClass(5), batch: 32,
      time: 100),
    ModelSize(
      name: "rnn-forecaster-1x50x1", cell: .rnn, input: .features(1), hidden: 50, output: .numbers(1), batch: 32,
      time: 50),
    ModelSize(
      name: "rnn-stack-1x10x1", cell: .rnn, layers: 2, input: .features(1), hidden: 10, output: .lastNumbers(1),
      batch: 32, time: 24),
    ModelSize(
      name: "row-mnist-lstm-128", cell: .lstm, input: .features(28), hidden: 128, output: .lastClass(10), batch: 128,
      time: 28),
    ModelSize(
      name: "pixel-mnist-gru-64", cell: .gru, input: .features(1), hidden: 64, output: .lastClass(10), batch: 64,
      time: 784),
    ModelSize(
      name: "char-lm-2x128", cell: .lstm, layers: 2, input: .words(65, vector: 65), hidden: 128, output: .classes(65),
      batch: 50, time: 50),
    ModelSize(
      name: "char-lm-2x512", cell: .lstm, layers: 2, input: .words(96, vector: 96), hidden: 512, output: .classes(96),
      batch: 50, time: 50),
    ModelSize(
      name: "ptb-small-2x200", cell: .lstm, layers: 2, input: .words(10_000, vector: 200), hidden: 200,
      output: .classes(10_000), batch: 20, time: 20),
    ModelSize(
      name: "ptb-medium-2x650", cell: .lstm, layers: 2, input: .words(10_000, vector: 650), hidden: 650,
      output: .classes(10_000), batch: 20, time: 35),
    ModelSize(
      name: "sentiment-bilstm-2x64", cell: .lstm, layers: 2, isBidirectional: true, input: .words(20_000, vector: 128),
      hidden: 64, output: .lastClass(2), batch: 32, time: 200),
    ModelSize(
      name: "speech-bigru-3x256", cell: .gru, layers: 3, isBidirectional: true, input: .features(80), hidden: 256,
      output: .classes(40), batch: 16, time: 150),
  ]

  fileprivate var row: BenchmarkRow {
    BenchmarkRow(
      name, figures: { [BenchmarkFigure("losses", try stack(for: FirstLosses(size: self)))] },
      time: { seconds in try stack(for: TimedSteps(size: self, seconds: seconds)) })
  }

  private func stack<User: StackUser>(for user: User) throws -> User.Result {
    let inputSize =
      switch input {
      case .features(let size), .words(_, vector: let size): size
      }
    return try cell.stack(
      inputSize: inputSize, hiddenSize: hidden, layers: layers, direction: isBidirectional ? .bidirectional : .forward,
      for: user)
  }
}
