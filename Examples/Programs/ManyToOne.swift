import Recurrent

/// Many to one: an LSTM reads 100 steps, and its last output names the class of the whole sequence.
///
///     i, f, o = σ(W x_t + U h_{t-1} + b)       input, forget and output gate
///     g       = tanh(W x_t + U h_{t-1} + b)    candidate
///     c_t     = f c_{t-1} + i g                cell state
///     h_t     = o tanh(c_t)                    hidden state
///     p       = softmax(V h_100 + d)           probabilities of the five classes
///     loss    = -mean(log p_y)                 cross-entropy with the one-hot label y
///
/// Ten channels carry noise; in one step of the hundred one of the first five channels carries a pulse. Which one is the
/// class. The forget gates' bias starts at 0, so half of the cell state is lost in each step at first: at first the net
/// knows late pulses only, and has to learn to keep what it saw early.
enum ManyToOne: ExampleProgram {
  static let name = "many-to-one"
  static let summary = "An LSTM reads 100 steps and names the channel that carried a pulse."

  private struct Classifier: TrainableModel {
    var lstm: LSTM
    var head: Linear

    init(random: RandomSource) {
      lstm = LSTM(inputSize: 10, hiddenSize: 20, forgetBias: 0, random: random.stream("lstm"))
      head = Linear(
        inputSize: 20, outputSize: 5, weightInitializer: .normal(standardDeviation: 1),
        biasInitializer: .normal(standardDeviation: 1), random: random.stream("head"))
    }

    /// `[batch, time, 10]` to `[batch, 5]`, before the softmax.
    func callAsFunction(_ inputs: Tensor) -> Tensor { head(lstm(inputs).lastOutputs) }

    func loss(on batch: (inputs: Tensor, labels: Tensor), context: inout ForwardContext) -> Tensor {
      SoftmaxCrossEntropy()(self(batch.inputs), probabilities: batch.labels)
    }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit(&lstm, "lstm")
      visitor.visit(&head, "head")
    }
  }

  /// Sequences with a pulse, the channel of each, and its step.
  private struct Pulses {
    var inputs: Tensor  // [count, 100, 10]
    let channels: [Int]
    let steps: [Int]

    init(_ count: Int, random: RandomSource) {
      inputs = random.stream("noise").normal([count, 100, 10], standardDeviation: 0.1)
      channels = (0..<count).map { random.stream("channel").integer(below: 5, at: $0) }
      steps = (0..<count).map { random.stream("step").integer(below: 100, at: $0) }
      for row in 0..<count { inputs[row, steps[row], channels[row]] = 1 }
    }

    /// One-hot rows, `[count, 5]`.
    var labels: Tensor { .oneHot(channels, count: 5) }

    /// The share of the sequences whose channel `answers` has right; of those with an early pulse only, if asked.
    func accuracy(of answers: [Int], pulseBefore end: Int = 100) -> Double {
      let rows = steps.indices.filter { steps[$0] < end }
      return Double(rows.count { answers[$0] == channels[$0] }) / Double(rows.count)
    }
  }

  static func run(seed: UInt64, page: inout ExamplePage) throws {
    let random = RandomSource(seed: seed)
    let training = Pulses(3200, random: random.stream("training"))
    let validation = Pulses(2000, random: random.stream("validation"))
    let labels = training.labels
    let batches = SampleBatches(count: 3200, batchSize: 32) { rows in
      (inputs: training.inputs.rows(at: rows), labels: labels.rows(at: rows))
    }
    let trainer = Trainer(
      optimizer: .adam(learningRate: 0.01), clipping: .globalNorm(1), length: .epochs(40), averaging: 0.98, seed: seed)
    var model = Classifier(random: random.stream("weights"))
    var (accuracy, loss) = (0.0, Double.infinity)
    try trainer.fit(
      &model, on: batches,
      validation: { model in
        let logits = model(validation.inputs)
        accuracy = validation.accuracy(of: logits.argmax())
        loss = Double(SoftmaxCrossEntropy()(logits, probabilities: validation.labels).scalar)
        return loss
      }, isCancelled: { loss < 0.015 }
    ) { event in
      guard case .evaluated(let progress) = event else { return }
      page.say("epoch \(progress.epoch): loss \(NumberText.short(progress.trainLoss)), validation \(accuracy)")
    }

    let test = Pulses(4000, random: random.stream("test"))
    let answers = model(test.inputs).argmax()
    page.claim("accuracy on 4000 fresh sequences", test.accuracy(of: answers), atLeast: 0.99)
    page.claim(
      "accuracy on pulses in the first 25 steps", test.accuracy(of: answers, pulseBefore: 25), atLeast: 0.99)
    let lastSteps = model(test.inputs[95..<100, axis: 1]).argmax()
    page.claim("accuracy of the same net given the last 5 steps only", test.accuracy(of: lastSteps), atMost: 0.3)
  }
}
