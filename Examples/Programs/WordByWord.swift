import Recurrent

/// A sentence read word by word: what the state holds and what the net would answer after each word.
///
///     x_t = E[word_t]                            one trained vector for each word
///     h_t = tanh(W x_t + b + U h_{t-1} + d)      4 units
///     p_t = softmax(V h_t + c)                   dislikes, likes
///
/// The sentences have four words: who, 很 (very) or 不 (not), 喜欢 (like) or 讨厌 (dislike), what. 我 不 喜欢 茶 is a
/// dislike, 我 不 讨厌 茶 is not: neither the second word nor the third says so alone, so the state has to carry one to the
/// other. `--trace` prints the state and the output after each word. The state is the only thing that passes from word to
/// word, and the weights are the same at every word: running the whole sentence gives the numbers of the steps.
enum WordByWord: ExampleProgram {
  static let name = "word-by-word"
  static let summary = "A Chinese sentence of four words; --trace shows state and output after each."

  private static let places = [["我", "他", "她"], ["很", "不"], ["喜欢", "讨厌"], ["茶", "音乐", "下雨"]]
  private static let words = places.flatMap { $0 }

  private struct Reader: Module {
    var embedding: Embedding
    var rnn: ElmanRNN
    var head: Linear

    init(random: RandomSource) {
      embedding = Embedding(vocabularySize: WordByWord.words.count, size: 3, random: random.stream("embedding"))
      rnn = ElmanRNN(inputSize: 3, hiddenSize: 4, random: random.stream("rnn"))
      head = Linear(inputSize: 4, outputSize: 2, random: random.stream("head"))
    }

    /// Sentences as word numbers to `[sentences, 2]`, before the softmax.
    func callAsFunction(_ sentences: [[Int]]) -> Tensor { head(rnn(embedding(sentences)).lastOutputs) }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit(&embedding, "embedding")
      visitor.visit(&rnn, "rnn")
      visitor.visit(&head, "head")
    }
  }

  private static func numbers(_ sentence: [String]) -> [Int] { sentence.map { words.firstIndex(of: $0)! } }

  /// 1 for a sentence that says somebody likes something, else 0.
  private static func label(_ sentence: [String]) -> Int { (sentence[1] == "不") == (sentence[2] == "讨厌") ? 1 : 0 }

  static func run(seed: UInt64, page: inout ExamplePage) {
    let random = RandomSource(seed: seed)
    let sentences = places.reduce([[]]) { begun, next in begun.flatMap { start in next.map { start + [$0] } } }
    let order = random.stream("order").permutation(sentences.count).map { sentences[$0] }
    let (training, held) = (order.dropLast(8).map(numbers), Array(order.suffix(8)))
    let labels = order.dropLast(8).map(label)

    var model = Reader(random: random.stream("weights"))
    var optimizer = Adam(learningRate: 0.02)
    for _ in 1...600 {
      let (_, gradients) = valueAndGradients(of: model) { SoftmaxCrossEntropy()($0(training), classes: labels) }
      optimizer.update(&model, with: gradients)
    }
    func accuracy(_ sentences: [[String]]) -> Double {
      let answers = model(sentences.map(numbers)).argmax()
      return Double(zip(answers, sentences).count { $0 == label($1) }) / Double(sentences.count)
    }
    page.claim("accuracy on the sentences of the training", accuracy(order.dropLast(8)), atLeast: 1)
    page.claim("accuracy on 8 sentences never seen", accuracy(held), atLeast: 1)

    let sentence = ["我", "不", "喜欢", "下雨"]
    var state = model.rnn.initialState(batchSize: 1)
    var output = Tensor(zeros: [1, 4])
    page.trace("start           h = \(rounded(state.states[0]))")
    for word in sentence {
      (output, state) = model.rnn.step(model.embedding(numbers([word]), shape: [1]), from: state)
      let answer = model.head(output).softmax()
      page.trace(
        "\(word)\(word.count == 1 ? "  " : "")  h = \(rounded(state.states[0]))  p(dislikes, likes) = \(rounded(answer))"
      )
    }
    let likes = Double(model.head(output).softmax()[0, 1])
    page.claim("probability that 我 不 喜欢 下雨 likes rain", likes, atMost: 0.05)
    let whole = Double(model([numbers(sentence)]).softmax()[0, 1])
    page.claim("the sentence at once differs from word by word by", abs(whole - likes), atMost: 1e-5)
  }

  private static func rounded(_ tensor: Tensor) -> String {
    tensor.scalars.map { NumberText.fixed(Double($0), 3) }.joined(separator: "  ")
  }
}
