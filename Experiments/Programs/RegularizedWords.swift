import Foundation
import Recurrent

/// How well an LSTM predicts the next word of a text with and without a regulariser: the perplexity on held-back text.
///
///     x_t = E[word_t]
///     h_t = LSTM(x_t, h_(t-1))
///     p_(t+1) = softmax(V h_t + b)           perplexity = exp(-mean log p_t[word_t])
///
/// Texts are in the form of Mikolov's Penn Treebank files: words apart by blanks, rare ones written `<unk>`, an `<eos>` at the
/// end of each line. Training goes through the text in rows by truncated back-propagation, Adam; the weights of the best
/// epoch count. States are carried through the held-back text.
enum RegularizedWords: ExperimentProgram {
  static let name = "regularized-words"
  static let summary = "Perplexity of a word LSTM under a regulariser."
  static let usage = """
    TRAINING VALIDATION [--regularization JSON] [--seed N] [--hidden N] [--layers N] [--epochs N] [--rate THOUSANDTHS]
    """

  static func run(_ arguments: [String], put: (String) -> Void) throws {
    let options = ["--regularization", "--seed", "--hidden", "--layers", "--epochs", "--rate"]
    let arguments = try ExperimentArguments(arguments, files: 2, options: options)
    let text = try WordText(training: arguments.files[0], validation: arguments.files[1])
    let seed = try arguments.number("--seed", default: 1, in: 0...Int(Int32.max))
    var model = WordModel(
      words: text.vocabulary.count, hiddenSize: try arguments.number("--hidden", default: 128, in: 1...4096),
      layers: try arguments.number("--layers", default: 1, in: 1...8), random: RandomSource(seed: UInt64(seed)))
    model.lstm.regularization = try regularization(arguments.text("--regularization") ?? "{}")
    let trainer = Trainer(
      optimizer: .adam(learningRate: Double(try arguments.number("--rate", default: 2, in: 1...100)) / 1000),
      clipping: .globalNorm(1), length: .epochs(try arguments.number("--epochs", default: 12, in: 1...1000)),
      patience: 2, seed: UInt64(seed))
    let result = try trainer.fit(
      &model, on: text.batches(text.training, rows: 20), truncation: Truncation(k1: 35),
      validation: { $0.meanLoss(of: text.batches(text.validation, rows: 10)) }
    ) { _ in }
    let row = Result(
      regularization: model.lstm.regularization, perplexity: exp(result.bestLoss ?? .nan),
      trainingPerplexity: exp(model.meanLoss(of: text.batches(text.training, rows: 20))), epoch: result.bestEpoch ?? 0,
      epochs: result.epochs, words: text.vocabulary.count, parameters: ParameterLayout(of: model).trainableCount,
      seconds: result.seconds)
    put(try ExperimentLine.of(row))
  }

  private struct Result: Encodable {
    let regularization: RecurrentRegularization
    let perplexity, trainingPerplexity: Double
    let epoch, epochs, words, parameters: Int
    let seconds: Double
  }

  private static func regularization(_ json: String) throws -> RecurrentRegularization {
    do {
      return try JSONDecoder().decode(RecurrentRegularization.self, from: Data(json.utf8))
    } catch {
      throw ExperimentError("--regularization \(json): \(error)")
    }
  }
}

/// Two texts as numbers of words.
private struct WordText {
  let vocabulary: [String: Int]
  let training, validation: [Int]

  init(training: String, validation: String) throws {
    let words = try Self.words(of: training)
    vocabulary = Dictionary(uniqueKeysWithValues: Set(words).sorted().enumerated().map { ($1, $0) })
    self.training = words.map { [vocabulary] in vocabulary[$0]! }
    guard let unknown = vocabulary["<unk>"] else {
      throw ExperimentError("\(training): expected <unk> for rare words, received none")
    }
    self.validation = try Self.words(of: validation).map { [vocabulary] in vocabulary[$0] ?? unknown }
  }

  private static func words(of path: String) throws -> [String] {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw ExperimentError("\(path): expected a text in UTF-8: \(error.localizedDescription)")
    }
    let words = text.split { $0.isWhitespace }.map { String($0) }
    guard words.count > 1000 else { throw ExperimentError("\(path): expected 1,000 words, received \(words.count)") }
    return words
  }

  /// The text in so many rows, each going on from batch to batch.
  func batches(_ words: [Int], rows: Int) -> StreamBatches<SequencePairs> {
    StreamBatches(count: words.count - 1, rows: rows, steps: 35) { stretch in
      func tensor(ahead: Int) -> Tensor {
        let numbers = stretch.starts.flatMap { words[$0 + ahead..<$0 + ahead + stretch.steps] }
        return Tensor(numbers.map { Scalar($0) }, shape: [stretch.starts.count, stretch.steps])
      }
      return SequencePairs(
        inputs: tensor(ahead: 0), targets: tensor(ahead: 1), startingRows: stretch.startingRows)
    }
  }
}

/// Embedding, LSTM, softmax.
private struct WordModel: StatefulModel {
  var embedding: Embedding
  var lstm: LSTM
  var head: Linear

  init(words: Int, hiddenSize: Int, layers: Int, random: RandomSource) {
    embedding = Embedding(
      vocabularySize: words, size: hiddenSize, initializer: .normal(standardDeviation: 0.1),
      random: random.stream("embedding"))
    lstm = LSTM(
      inputSize: hiddenSize, hiddenSize: hiddenSize, layers: layers, forgetBias: 1, random: random.stream("lstm"))
    head = Linear(inputSize: hiddenSize, outputSize: words, random: random.stream("head"))
  }

  func initialState(for batch: SequencePairs) -> StackedState<LSTMState> {
    lstm.initialState(batchSize: batch.rowCount)
  }

  func loss(
    on batch: SequencePairs, from state: StackedState<LSTMState>, context: inout ForwardContext
  ) -> (loss: Tensor, state: StackedState<LSTMState>) {
    let words = embedding(batch.inputs.scalars.map { Int($0) }, shape: [batch.rowCount, batch.stepCount])
    let run = lstm(words, from: state, context: &context)
    let logits = head(run.outputs, context: &context)
    return (SoftmaxCrossEntropy()(logits, classes: batch.targets.scalars.map { Int($0) }), run.finalState)
  }

  /// The mean over a text whose batches go on from each other.
  func meanLoss(of batches: StreamBatches<SequencePairs>) -> Double {
    var (sum, steps, state) = (0.0, 0, StackedState<LSTMState>?.none)
    for batch in batches.batches(epoch: 1, random: RandomSource(seed: 0)) {
      var context = ForwardContext.inference
      let result = loss(on: batch, from: state ?? initialState(for: batch), context: &context)
      sum += Double(result.loss.scalar) * Double(batch.validStepCount)
      steps += batch.validStepCount
      state = result.state
    }
    return sum / Double(steps)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&embedding, "embedding")
    visitor.visit(&lstm, "lstm")
    visitor.visit(&head, "head")
  }
}
