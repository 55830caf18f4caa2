import Foundation
import Recurrent
import Testing

/// The code of ComingFromPyTorch.md, word for word (`scripts/documentation/check` compares), is run here.
@Suite struct ComingFromPyTorchTests {
  @Test func trainingStep() throws {
    let sequences = RandomSource(seed: 8).normal([3, 7, 10])
    let labels = [4, 0, 2]

    struct Classifier: Module {
      var lstm = LSTM(inputSize: 10, hiddenSize: 20, layers: 2, dropout: 0.2, random: RandomSource(seed: 1))
      var head = Linear(inputSize: 20, outputSize: 5, random: RandomSource(seed: 2))

      func callAsFunction(_ sequences: Tensor, lengths: [Int], context: inout ForwardContext) -> Tensor {
        head(lstm(sequences, lengths: lengths, context: &context).lastOutputs)
      }

      mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
        visitor.visit(&lstm, "lstm")
        visitor.visit(&head, "head")
      }
    }

    var model = Classifier()
    var optimizer = AdamW(learningRate: 1e-3)
    let before = model.namedTensors[0].tensor
    for step in 0..<2 {
      var (_, gradients) = valueAndGradients(of: model) { model in
        var context = ForwardContext.training(RandomSource(seed: 3), step: step)
        return SoftmaxCrossEntropy()(model(sequences, lengths: [7, 2, 5], context: &context), classes: labels)
      }
      GradientClipping.globalNorm(1).clip(&gradients, norm: gradients.norm)
      optimizer.update(&model, with: gradients)
    }
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try model.saveWeights(to: path)
    try model.loadWeights(from: path)
    #expect(model.namedTensors[0].name == "lstm.weight_ih_l0" && model.namedTensors[0].tensor != before)
  }

  @Test func aCellSteppedByHand() {
    let inputs = RandomSource(seed: 8).normal([4, 6, 10])
    let targets = RandomSource(seed: 9).normal([4, 6, 1])

    struct JointCell: Module {
      var toHidden = Linear(inputSize: 30, outputSize: 20, random: RandomSource(seed: 1))
      var toOutput = Linear(inputSize: 30, outputSize: 1, random: RandomSource(seed: 2))

      func step(_ input: Tensor, from hidden: Tensor) -> (output: Tensor, hidden: Tensor) {
        let joint = Tensor.concatenate([input, hidden], axis: 1)
        return (toOutput(joint), toHidden(joint).tanh())
      }

      mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
        visitor.visit(&toHidden, "toHidden")
        visitor.visit(&toOutput, "toOutput")
      }
    }

    var cell = JointCell()
    var optimizer = SGD(learningRate: 0.05)
    var losses: [Scalar] = []
    for _ in 1...20 {
      var step = valueAndGradients(of: cell) { cell in
        var hidden = Tensor(zeros: [4, 20])
        var total = Tensor(zeros: [])
        for time in 0..<6 {
          let next = cell.step(inputs[at: time, axis: 1], from: hidden)
          total = total + MeanSquaredError()(next.output, targets[at: time, axis: 1])
          hidden = next.hidden
        }
        return total
      }
      GradientClipping.globalNorm(1).clip(&step.gradients, norm: step.gradients.norm)
      optimizer.update(&cell, with: step.gradients)
      losses.append(step.value)
    }
    #expect(losses[19] < losses[0])
  }

  @Test func aCellOfOnesOwn() {
    let sequences = RandomSource(seed: 8).normal([3, 7, 4])

    struct ForgettingCell: RecurrentCell {
      var forget, candidate, output: Linear
      let inputSize: Int
      var outputSize: Int { output.outputSize }

      init(inputSize: Int, hiddenSize: Int, random: RandomSource) {
        self.inputSize = inputSize
        let joint = inputSize + hiddenSize
        forget = Linear(inputSize: joint, outputSize: hiddenSize, random: random.stream("forget"))
        candidate = Linear(inputSize: joint, outputSize: hiddenSize, random: random.stream("candidate"))
        output = Linear(inputSize: hiddenSize, outputSize: hiddenSize, random: random.stream("output"))
      }

      func initialState(batchSize: Int) -> LSTMState {
        let zeros = Tensor(zeros: [batchSize, outputSize])
        return LSTMState(hidden: zeros, cell: zeros)
      }

      func step(_ input: Tensor, from state: LSTMState) -> (output: Tensor, state: LSTMState) {
        let joint = Tensor.concatenate([state.hidden, input], axis: 1)
        let cell = forget(joint).sigmoid() * state.cell + candidate(joint).tanh()
        let hidden = output(cell).sigmoid()
        return (hidden, LSTMState(hidden: hidden, cell: cell))
      }

      mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
        visitor.visit(&forget, "forget")
        visitor.visit(&candidate, "candidate")
        visitor.visit(&output, "output")
      }
    }

    let layer = RecurrentLayer<ForgettingCell>(inputSize: 4, layers: 2, direction: .bidirectional) { place in
      let random = RandomSource(seed: 1).stream(place.suffix)
      return ForgettingCell(inputSize: place.inputSize, hiddenSize: 8, random: random)
    }
    let result = layer(sequences, lengths: [7, 0, 5])
    #expect(result.outputs.shape == [3, 7, 16])
  }

  @Test func outputFedBack() {
    let lstm = LSTM(inputSize: 1, hiddenSize: 20, random: RandomSource(seed: 1))
    let head = Linear(inputSize: 20, outputSize: 1, random: RandomSource(seed: 2))

    var input = Tensor([0.5], shape: [1, 1])
    var state = lstm.initialState(batchSize: 1)
    var wave: [Scalar] = []
    for _ in 1...50 {
      let next = lstm.step(input, from: state)
      (input, state) = (head(next.output), next.state)
      wave.append(input.scalar)
    }

    #expect(wave.count == 50 && wave[49].isFinite)
  }

  @Test func streamsAndStates() {
    let sequences = RandomSource(seed: 8).normal([3, 7, 10])

    let lstm = LSTM(inputSize: 10, hiddenSize: 20, layers: 2, random: RandomSource(seed: 1))
    let first = lstm(sequences[0..<4, axis: 1])
    let second = lstm(sequences[4..<7, axis: 1], from: first.finalState.detached())
    let memory = second.finalState[layer: 1].cell

    #expect(memory.shape == [3, 20])
    #expect(second.lastOutputs == lstm(sequences).lastOutputs)
  }
}
