import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// No built-in module holds a tensor that it does not show.
@Suite struct ModuleReflectionTests {
  @Test func modulesShowAllTheirTensors() {
    func check(_ module: some Module) { #expect(ModuleReflection.forgottenTensors(in: module) == []) }
    check(ElmanCell(inputSize: 2, hiddenSize: 3))
    check(LSTMCell(inputSize: 2, hiddenSize: 3))
    check(GRUCell(inputSize: 2, hiddenSize: 3, hasBias: false))
    check(LSTM(inputSize: 2, hiddenSize: 3, layers: 2, direction: .bidirectional, initialState: .trainable))
    check(GRU(inputSize: 2, hiddenSize: 3, layers: 2))
    check(RecurrentLayer(inputSize: 2, initialState: .trainable) { TrailCell(inputSize: $0.inputSize) })
    check(LayerNormLSTMCell(inputSize: 2, hiddenSize: 3))
    check(LayerNormGRUCell(inputSize: 2, hiddenSize: 3))
    check(ProjectedLSTMCell(inputSize: 2, hiddenSize: 3, projectionSize: 2))
    check(EchoStateCell(inputSize: 2, hiddenSize: 3, spectralRadius: 0.8))
    check(ConvLSTMCell(inputChannels: 2, hiddenChannels: 3, frame: [4]))
    check(ClockworkCell(inputSize: 2, hiddenSize: 3))
    check(
      OutputFeedback(
        layer: GRU(inputSize: 3, hiddenSize: 2), head: Linear(inputSize: 2, outputSize: 1), outputSize: 1))
    check(DilatedCell(GRUCell(inputSize: 2, hiddenSize: 3), dilation: 2))
    check(Linear(inputSize: 2, outputSize: 3))
    check(Embedding(vocabularySize: 2, size: 3))
    check(LayerNorm(size: 3))
    check(TimeDistributed(Linear(inputSize: 2, outputSize: 3)))
    check(SmallModel())
  }

  /// Forgets a tensor in each of the places where one can be forgotten.
  private struct Forgetful: Module {
    struct Part: Module {
      var shown = Tensor(zeros: [2])
      var hidden = Tensor(zeros: [2])
      func visitParameters(_ visitor: inout some ParameterVisitor) {}
    }
    var weight = Tensor(zeros: [2])
    var shared = Tensor(zeros: [3])
    var bias: Tensor? = Tensor(zeros: [2])
    var parts = [Part(), Part()]

    init() { shared = weight }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit(&weight, "weight")
      visitor.visit(&parts[1].shown, "shown")
    }
  }

  @Test func aForgottenTensorIsFound() {
    #expect(
      ModuleReflection.forgottenTensors(in: Forgetful()) == [
        "shared", "bias", "parts.0.shown", "parts.0.hidden", "parts.1.hidden",
      ])
  }
}
