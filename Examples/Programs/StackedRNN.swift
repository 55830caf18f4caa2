import Recurrent

/// Two simple recurrences on top of each other learn to continue 1, 2, ... 9 from windows of two.
///
///     a_t = tanh(W_1 x_t + U_1 a_{t-1} + b_1)    10 units, the whole sequence goes up
///     y_t = f(W_2 a_t + U_2 y_{t-1} + b_2)       1 unit; its last output is the answer
///     loss = mean((y_2 - target)²)
///
///     (1, 2) -> 3    (3, 4) -> 5    (5, 6) -> 7    (7, 8) -> 9
///
/// With f = identity the second layer can say any number. With f = tanh, the usual function of a recurrent layer, it
/// cannot say more than 1, and the best it can do is to say 1 always:
///
///     ((3 - 1)² + (5 - 1)² + (7 - 1)² + (9 - 1)²) / 4 = 30
enum StackedRNN: ExampleProgram {
  static let name = "stacked-rnn"
  static let summary = "Two stacked simple RNNs continue a count; with a tanh at the end they cannot."

  private struct Stack: TrainableModel {
    var lower: ElmanRNN
    var upper: ElmanRNN

    init(upperActivation: Activation, random: RandomSource) {
      lower = ElmanRNN(inputSize: 1, hiddenSize: 10, initialization: .orthogonal, random: random.stream("lower"))
      upper = ElmanRNN(
        inputSize: 10, hiddenSize: 1, activation: upperActivation, initialization: .orthogonal,
        random: random.stream("upper"))
    }

    /// `[batch, time, 1]` to `[batch, 1]`.
    func callAsFunction(_ inputs: Tensor) -> Tensor { upper(lower(inputs).outputs).lastOutputs }

    func loss(on batch: (inputs: Tensor, targets: Tensor), context: inout ForwardContext) -> Tensor {
      MeanSquaredError()(self(batch.inputs), batch.targets)
    }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit(&lower, "lower")
      visitor.visit(&upper, "upper")
    }
  }

  static func run(seed: UInt64, page: inout ExamplePage) throws {
    let inputs = Tensor([1, 2, 3, 4, 5, 6, 7, 8], shape: [4, 2, 1])
    let targets = Tensor([3, 5, 7, 9], shape: [4, 1])
    let everything = SampleBatches(count: 4, batchSize: 4) { rows in
      (inputs: inputs.rows(at: rows), targets: targets.rows(at: rows))
    }
    func trained(_ activation: Activation) throws -> (error: Double, answers: [Scalar]) {
      var model = Stack(upperActivation: activation, random: RandomSource(seed: seed))
      let trainer = Trainer(optimizer: .adam(learningRate: 0.01), length: .epochs(1000), seed: seed)
      try trainer.fit(&model, on: everything) { _ in }
      return (model.meanLoss(over: everything), model(inputs).scalars)
    }

    let linear = try trained(.linear)
    page.say("linear second layer: 3, 5, 7, 9 are answered as \(linear.answers)")
    page.claim("mean squared error with a linear second layer", linear.error, atMost: 1e-3)

    let tanh = try trained(.tanh)
    page.say("tanh second layer: 3, 5, 7, 9 are answered as \(tanh.answers)")
    page.claim("mean squared error with a tanh second layer, stuck near", tanh.error, atLeast: 30)
    page.claim("and not far above what is best below 1", tanh.error, atMost: 31)
    page.claim("largest answer with a tanh second layer", Double(tanh.answers.max() ?? 0), atMost: 1)
  }
}
