import Recurrent
import Testing

/// The code of documentation comments, word for word (`scripts/documentation/check` compares), is compiled here.
@Suite struct DocumentationCommentTests {
  private static let random = RandomSource(seed: 5)

  @Test func recurrentLayer() {
    let x = Self.random.normal([3, 7, 10])
    let lstm = LSTM(inputSize: 10, hiddenSize: 20, layers: 2, direction: .bidirectional, dropout: 0.2)
    let run = lstm(x, lengths: [7, 0, 5])  // x: [3, 7, 10]
    let outputs = run.outputs  // [3, 7, 40]
    let lastOutputs = run.lastOutputs  // [3, 40]
    let memory = run.finalState[layer: 1].cell  // [3, 20]
    #expect(outputs.shape == [3, 7, 40] && lastOutputs.shape == [3, 40] && memory.shape == [3, 20])
  }

  @Test func recurrentStream() {
    let gru = GRU(inputSize: 2, hiddenSize: 3, random: Self.random)
    let samples: [[Scalar]] = [[1, 2], [3, 4]]
    let stream = gru.stream()
    var output = [Scalar](repeating: 0, count: gru.outputSize)
    for sample in samples { stream.step(sample, into: &output) }
    #expect(output == gru(Tensor(samples.flatMap { $0 }, shape: [1, 2, 2])).lastOutputs.scalars)
  }

  @Test func givenUpstreamGradients() {
    let (x, g) = (Self.random.normal([1, 4, 2]), Self.random.stream("g").normal([1, 4, 3]))
    let lstm = LSTM(inputSize: 2, hiddenSize: 3, random: Self.random)
    let run = gradients(of: lstm, inputs: [x], upstream: g) { lstm, inputs in lstm(inputs[0]).outputs }
    #expect(run.outputs == lstm(x).outputs && run.inputGradients[0].shape == x.shape)
  }

  @Test func recurrentCell() {
    struct LeakyCell: RecurrentCell {
      var weight: Tensor  // [hidden, input]
      var inputSize: Int { weight.shape[1] }
      var outputSize: Int { weight.shape[0] }

      func initialState(batchSize: Int) -> Tensor { Tensor(zeros: [batchSize, outputSize]) }

      func step(_ input: Tensor, from state: Tensor) -> (output: Tensor, state: Tensor) {
        let next = 0.9 * state + 0.1 * input.linear(weight: weight).tanh()
        return (next, next)
      }

      mutating func visitParameters(_ visitor: inout some ParameterVisitor) { visitor.visit(&weight, "weight") }
    }
    let layer = RecurrentLayer(inputSize: 2) { _ in LeakyCell(weight: Self.random.normal([3, 2])) }
    #expect(layer(Self.random.normal([2, 4, 2])).outputs.shape == [2, 4, 3])
  }

  @Test func module() {
    struct Tagger: Module {
      var encoder: LSTM
      var head: Linear

      mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
        visitor.visit(&encoder, "encoder")
        visitor.visit(&head, "head")
      }
    }
    let tagger = Tagger(
      encoder: LSTM(inputSize: 3, hiddenSize: 4), head: Linear(inputSize: 4, outputSize: 2))
    #expect(tagger.namedTensors.last?.name == "head.bias")
  }

  @Test func likelihoodLoss() {
    let means = Self.random.normal([2, 5, 1])
    let parameters = Tensor.concatenate([means, means.softplus() + 0.1], axis: 2)
    let (target, lengths) = (Tensor(zeros: [2, 5]), [5, 3])
    let loss = GaussianLikelihoodLoss()(parameters, target, lengths: lengths)
    #expect(loss.shape == [] && loss.scalar.isFinite)
  }

  @Test func regularization() throws {
    var lstm = LSTM(inputSize: 10, hiddenSize: 20, layers: 2)
    lstm.regularization = RecurrentRegularization(inputDropout: 0.2, recurrentDropout: 0.25, temporalActivityPenalty: 1)
    let deep = GRU(inputSize: 10, hiddenSize: 20, layers: 6, connections: .residual)
    let (x, y, model) = (Self.random.normal([2, 5, 10]), Self.random.normal([2, 5, 20]), lstm)
    var context = ForwardContext.training(Self.random, step: 0)
    let (_, gradients) = valueAndGradients(of: model) { model in
      let loss = MeanSquaredError()(model(x, context: &context).outputs, y)
      return context.penalized(loss)
    }
    #expect(gradients.norm > 0 && deep(x).outputs.shape == y.shape)
    var trainer = Trainer(optimizer: .adam(learningRate: 1e-3))
    trainer.constraints = try WeightConstraints([WeightConstraint("*weight_hh*", .spectralRadius(1))], of: model)
    #expect(trainer.constraints != nil)
  }

  @Test func contextAndOptimizer() {
    let (x, y) = (Self.random.normal([2, 5, 3]), Self.random.normal([2, 5, 4]))
    let (lstm, dropout) = (LSTM(inputSize: 3, hiddenSize: 4), Dropout(rate: 0.5))
    var context = ForwardContext.training(RandomSource(seed: 7), step: 12)
    let hidden = dropout(lstm(x, context: &context).outputs, context: &context)
    #expect(hidden.shape == [2, 5, 4])

    var model = Linear(inputSize: 3, outputSize: 4)
    var optimizer = Adam(learningRate: 1e-3)
    let (loss, gradients) = valueAndGradients(of: model) { model in
      MeanSquaredError()(model(x), y)
    }
    optimizer.update(&model, with: gradients)
    #expect(MeanSquaredError()(model(x), y).scalar < loss)
  }

  /// Compiled alone: the test of README.md runs the same calls.
  private func forecaster() throws {
    let series = try TimeSeries(contentsOf: "sales.csv", target: "sales")
    let forecaster = try Forecaster(fittedTo: series, horizon: 24)
    print(try forecaster.backtest(on: series).evaluation.verdict.sentence)
    print(try forecaster.forecast(after: series).values)
  }

  private func search(_ series: TimeSeries) throws -> Forecaster {
    let search = ForecasterSearch(candidates: 12, method: .halving)
    let (forecaster, table) = try search.fit(to: series, configuration: ForecasterConfiguration(horizon: 24))
    print(table.remarks.joined(separator: "\n"))
    return forecaster
  }

  struct Points: RowBatch {
    let x: Tensor, y: Tensor
    var rowCount: Int { x.shape[0] }
    func rows(in range: Range<Int>) -> Points { Points(x: x[range, axis: 0], y: y[range, axis: 0]) }
  }

  struct Line: TrainableModel {
    var linear = Linear(inputSize: 1, outputSize: 1, random: random)
    func loss(on batch: Points, context: inout ForwardContext) -> Tensor {
      MeanSquaredError()(linear(batch.x), batch.y)
    }
    mutating func visitParameters(_ visitor: inout some ParameterVisitor) { visitor.visit(&linear, "linear") }
  }

  /// Compiled alone: a rank waits for the other.
  private func inProcessRanks(_ r: Int, _ model: inout Line, _ batches: SampleBatches<Points>) throws {
    let ranks = InProcessRanks(count: 2)
    // On thread r, with a copy of the model:
    let trainer = Trainer(optimizer: .adam(learningRate: 1e-3), gradientShards: 4, reducer: ranks.reducer(rank: r))
    try trainer.fit(&model, on: batches) { _ in }
  }

  /// Compiled alone: the training tests continue such files.
  private func checkpoints(_ trainer: Trainer, _ model: inout Line, _ batches: SampleBatches<Points>) throws {
    try trainer.fit(&model, on: batches, checkpoints: Checkpoints("run.safetensors", every: .seconds(60))) { print($0) }
  }

  private struct NextValue: StatefulModel {
    var encoder = LSTM(inputSize: 1, hiddenSize: 3, random: random.stream("encoder"))
    var head = Linear(inputSize: 3, outputSize: 1, random: random.stream("head"))

    func initialState(for batch: SequencePairs) -> StackedState<LSTMState> {
      encoder.initialState(batchSize: batch.rowCount)
    }

    func loss(
      on batch: SequencePairs, from state: StackedState<LSTMState>, context: inout ForwardContext
    ) -> (loss: Tensor, state: StackedState<LSTMState>) {
      let run = encoder(batch.inputs, lengths: batch.lengths, from: state, context: &context)
      return (MeanSquaredError()(head(run.outputs), batch.targets, lengths: batch.lengths), run.finalState)
    }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit(&encoder, "encoder")
      visitor.visit(&head, "head")
    }
  }

  @Test func streams() throws {
    let series = Tensor((0...2000).map { Scalar($0 % 7) / 7 }, shape: [2001, 1])
    var model = NextValue()
    let batches = StreamBatches(count: series.count - 1, rows: 16, steps: 50) { stretch in
      SequencePairs(
        inputs: stretch.rows(of: series), targets: stretch.rows(of: series, ahead: 1),
        startingRows: stretch.startingRows)
    }
    let trainer = Trainer(optimizer: .adam(learningRate: 1e-2), clipping: .globalNorm(1), length: .epochs(2))
    let result = try trainer.fit(&model, on: batches, truncation: Truncation(k1: 50)) { _ in }
    #expect(result.steps == 6)
  }

  @Test func treeCell() {
    let cell = NaryTreeLSTMCell(inputSize: 2, hiddenSize: 3, random: Self.random)
    let words = Self.random.normal([3, 2])
    let forest = Forest([TreeShape(childCounts: [0, 0, 2, 0, 2])])
    let hidden = cell(words, of: forest)  // [5, outputSize], the root last
    #expect(hidden.shape == [5, 3])
  }

  @Test func treeClassifier() throws {
    let bank = try Treebank(bytes: Array("(2 (2 a) (2 b))\n(0 c)".utf8), named: "trees.txt")
    let (training, validation, test) = (bank, bank, bank)
    let classifier = try TreeClassifier(fittedTo: training, validation: validation)
    let scores = try classifier.evaluate(on: test)
    print("\(NumberText.percent(scores.accuracy)) of the roots are right")
    #expect(scores.trees == 2 && scores.nodeAccuracy != nil)
  }

  @Test func trainer() throws {
    struct Windows {
      let count = 8
      func batch(at rows: [Int]) -> Points {
        let x = Tensor(rows.map { Scalar($0) }, shape: [rows.count, 1])
        return Points(x: x, y: x)
      }
    }
    let windows = Windows()
    var model = Line()
    let batches = SampleBatches(count: windows.count, batchSize: 32) { windows.batch(at: $0) }
    let held = SampleBatches(count: 4, batchSize: 2, shuffled: false) { windows.batch(at: $0) }
    let trainer = Trainer(
      optimizer: .adam(learningRate: 1e-3), clipping: .globalNorm(1), length: .epochs(50), patience: 5)
    let result = try trainer.fit(&model, on: batches, validation: { $0.meanLoss(over: held) }) { print($0) }
    #expect(result.steps > 0)
  }
}
