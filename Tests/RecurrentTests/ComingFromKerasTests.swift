import Recurrent
import Testing

/// The code of ComingFromKeras.md, word for word (`scripts/documentation/check` compares), is run here.
@Suite struct ComingFromKerasTests {
  @Test func manyToOneClassifier() {
    let sequences = RandomSource(seed: 8).normal([6, 9, 10])
    let labels = [0, 1, 2, 3, 4, 0]

    struct PulseClassifier: Module {
      var lstm = LSTM(inputSize: 10, hiddenSize: 20, forgetBias: 0, random: RandomSource(seed: 1))
      var head = Linear(
        inputSize: 20, outputSize: 5, weightInitializer: .normal(standardDeviation: 1),
        biasInitializer: .normal(standardDeviation: 1), random: RandomSource(seed: 2))

      func callAsFunction(_ sequences: Tensor) -> Tensor { head(lstm(sequences).lastOutputs) }

      mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
        visitor.visit(&lstm, "lstm")
        visitor.visit(&head, "head")
      }
    }

    var model = PulseClassifier()
    var optimizer = Adam(learningRate: 0.01)
    let (loss, gradients) = valueAndGradients(of: model) { model in
      SoftmaxCrossEntropy()(model(sequences), classes: labels)
    }
    optimizer.update(&model, with: gradients)
    #expect(SoftmaxCrossEntropy()(model(sequences), classes: labels).scalar < loss)
  }

  @Test func stackOfTwo() {
    let windows = Tensor([1, 2, 3, 4, 5, 6, 7, 8], shape: [4, 2, 1])
    let following = Tensor([3, 5, 7, 9], shape: [4, 1])

    struct TwoLayers: Module {
      var lower = ElmanRNN(inputSize: 1, hiddenSize: 10, initialization: .orthogonal, random: RandomSource(seed: 1))
      var upper = ElmanRNN(
        inputSize: 10, hiddenSize: 1, activation: .linear, initialization: .orthogonal, random: RandomSource(seed: 2))

      func callAsFunction(_ windows: Tensor) -> Tensor { upper(lower(windows).outputs).lastOutputs }

      mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
        visitor.visit(&lower, "lower")
        visitor.visit(&upper, "upper")
      }
    }

    var model = TwoLayers()
    var optimizer = Adam(learningRate: 0.01)
    for _ in 1...1000 {
      let (_, gradients) = valueAndGradients(of: model) { MeanSquaredError()($0(windows), following) }
      optimizer.update(&model, with: gradients)
    }
    #expect(MeanSquaredError()(model(windows), following).scalar < 1e-2)
  }

  @Test func outputAtEveryStep() throws {
    let waves = (0..<64).map { row in (0...40).map { Scalar(Double(row + $0) * 0.3).remainder(dividingBy: 3) } }
    let inputs = Tensor(waves.flatMap { $0.dropLast() }, shape: [64, 40, 1])
    let targets = Tensor(waves.flatMap { $0.dropFirst() }, shape: [64, 40, 1])

    struct NextValue: TrainableModel {
      var rnn = ElmanRNN(inputSize: 1, hiddenSize: 50, random: RandomSource(seed: 1))
      var head = Linear(inputSize: 50, outputSize: 1, random: RandomSource(seed: 2))

      func callAsFunction(_ inputs: Tensor) -> Tensor { head(rnn(inputs).outputs) }

      func loss(on batch: (inputs: Tensor, targets: Tensor), context: inout ForwardContext) -> Tensor {
        MeanSquaredError()(self(batch.inputs), batch.targets)
      }

      mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
        visitor.visit(&rnn, "rnn")
        visitor.visit(&head, "head")
      }
    }

    var model = NextValue()
    let before = MeanSquaredError()(model(inputs), targets).scalar
    let batches = SampleBatches(count: 64, batchSize: 32) { rows in
      (inputs: inputs.rows(at: rows), targets: targets.rows(at: rows))
    }
    let trainer = Trainer(optimizer: .adam(), length: .epochs(20), seed: 1)
    try trainer.fit(&model, on: batches) { _ in }
    #expect(MeanSquaredError()(model(inputs), targets).scalar < before)
  }

  @Test func twoKindsOfInput() {
    let sequences = RandomSource(seed: 8).normal([6, 9, 4])
    let columns = RandomSource(seed: 9).normal([6, 3])

    struct TwoInputs: Module {
      var gru = GRU(inputSize: 4, hiddenSize: 16, random: RandomSource(seed: 1))
      var hidden = Linear(inputSize: 19, outputSize: 8, random: RandomSource(seed: 2))
      var head = Linear(inputSize: 8, outputSize: 2, random: RandomSource(seed: 3))

      func callAsFunction(_ sequences: Tensor, _ columns: Tensor) -> Tensor {
        let joined = Tensor.concatenate([gru(sequences).lastOutputs, columns], axis: 1)
        return head(hidden(joined).relu())
      }

      mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
        visitor.visit(&gru, "gru")
        visitor.visit(&hidden, "hidden")
        visitor.visit(&head, "head")
      }
    }
    #expect(TwoInputs()(sequences, columns).shape == [6, 2])
  }
}
