import RecurrentNN
import RecurrentTensor
import Testing

/// What a programmer reads who gives a layer the wrong thing.
@Suite struct LayerMessagesTests {
  private func expect(_ text: String, _ result: ExitTest.Result?) {
    let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(output.contains(text), "\(output)")
  }

  @Test func inputsOfTheWrongShape() async {
    expect(
      "LSTM: expected input of shape [batch, time, 3]; received [2, 5, 4].",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = LSTM(inputSize: 3, hiddenSize: 2)(Tensor(zeros: [2, 5, 4]))
      })
    expect(
      "Linear: expected input of shape [..., 3]; received [2, 4].",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Linear(inputSize: 3, outputSize: 2)(Tensor(zeros: [2, 4]))
      })
    expect(
      "MeanSquaredError: expected prediction of shape [2, 3]; received [2, 4].",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = MeanSquaredError()(Tensor(zeros: [2, 4]), Tensor(zeros: [2, 3]))
      })
  }

  @Test func lengthsThatDoNotFit() async {
    expect(
      "GRU: the length of row 1 must lie in 0...5; received 6.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = GRU(inputSize: 3, hiddenSize: 2)(Tensor(zeros: [2, 5, 3]), lengths: [5, 6])
      })
    expect(
      "StepPooling: expected 2 lengths, one for each row; received 3.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = StepPooling.last(Tensor(zeros: [2, 5, 3]), lengths: [5, 1, 1])
      })
  }

  @Test func statesThatDoNotFit() async {
    expect(
      "LSTM: expected an initial state of shape [2, 2]; received [3, 2].",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let layer = LSTM(inputSize: 3, hiddenSize: 2)
        _ = layer(Tensor(zeros: [2, 5, 3]), from: layer.initialState(batchSize: 3))
      })
    expect(
      "GRU: expected 2 states, one for each layer and direction; received 1.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = GRU(inputSize: 3, hiddenSize: 2, layers: 2)(
          Tensor(zeros: [2, 5, 3]), from: StackedState([Tensor(zeros: [2, 2])]))
      })
  }

  @Test func optionsOutOfRange() async {
    expect(
      "Dropout: rate must be at least 0 and below 1; received 1.0.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = Dropout(rate: 1) })
    expect(
      "GRU: the direction of a stream must be forward; received bidirectional.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = GRU(inputSize: 1, hiddenSize: 2, direction: .bidirectional).step(Tensor(zeros: [2, 1]))
      })
    expect(
      "SoftmaxCrossEntropy: a class must be in 0..<3; received 3.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = SoftmaxCrossEntropy()(Tensor(zeros: [1, 3]), classes: [3])
      })
    expect(
      "Embedding: an index must be in 0..<4; received -1.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Embedding(vocabularySize: 4, size: 2)([[0, -1]])
      })
  }

  @Test func twoTensorsOfOneName() async {
    expect(
      "Two tensors of the module are both called “weight”: give each a name of its own.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        struct Twins: Module {
          var first = Tensor(zeros: [1])
          var second = Tensor(zeros: [1])
          mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
            visitor.visit(&first, "weight")
            visitor.visit(&second, "weight")
          }
        }
        _ = ParameterLayout(of: Twins())
      })
  }
}
