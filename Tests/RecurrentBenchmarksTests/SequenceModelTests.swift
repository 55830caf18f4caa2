import Recurrent
import RecurrentBenchmarks
import Testing

@Suite struct SequenceModelTests {
  private func model(_ reading: SequenceModel<LSTMCell>.Reading) -> SequenceModel<LSTMCell> {
    let stack = LSTM(
      inputSize: 3, hiddenSize: 2, layers: 2, direction: .bidirectional, random: RandomSource(seed: 5))
    return SequenceModel(vocabularySize: 7, stack: stack, outputSize: 6, reading: reading)
  }

  @Test func parametersStandInPyTorchsOrder() {
    let paths = ParameterLayout(of: model(.each)).entries.map(\.path)
    #expect(paths.first == "embedding.weight" && Array(paths.suffix(2)) == ["head.weight", "head.bias"])
    #expect(
      Array(paths[1...5]) == [
        "stack.weight_ih_l0", "stack.weight_hh_l0", "stack.bias_ih_l0", "stack.bias_hh_l0",
        "stack.weight_ih_l0_reverse",
      ])
  }

  @Test func theLastOutputsAreThoseOfBothEnds() {
    let words = SequenceModel<LSTMCell>.Inputs.words([0, 6, 3, 3, 1, 2, 5, 4], shape: [2, 4])
    var context = ForwardContext.inference
    let (each, last) = (model(.each)(words, context: &context), model(.last)(words, context: &context))
    #expect(each.shape == [2, 4, 6] && last.shape == [2, 6])
    let model = model(.last)
    let outputs = model.stack(model.embedding!([[0, 6, 3, 3], [1, 2, 5, 4]])).outputs
    let ends = Tensor.concatenate(
      [outputs[at: 3, axis: 1][0..<2, axis: 1], outputs[at: 0, axis: 1][2..<4, axis: 1]], axis: 1)
    #expect(last == model.head(ends))
  }
}
