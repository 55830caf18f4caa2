import Foundation
import Recurrent

/// An output fed back as input, and a recurrence without any input.
///
///     h_t = tanh(W x_t + b + U h_{t-1} + d)      24 units
///     y_t = V h_t + c                            the next value of the wave
///
///     teacher forcing    x_{t+1} = the wave's own next value, also while the net learns to predict it
///     free running       x_{t+1} = y_t
///     autonomous         no x at all: h_0 is trained, and h_t = tanh(b + U h_{t-1} + d)
///
/// With teacher forcing every step starts from the truth, so the net never meets its own small errors, and nothing
/// teaches it to get back from them. Trained on what it feeds itself, it has to. The autonomous net shows that the wave
/// can be in the weights and the first state alone.
enum FreeRunning: ExampleProgram {
  static let name = "free-running"
  static let summary =
    "A wave continued from the net's own outputs, with and without teacher forcing, and from nothing."

  private struct Generator: Module {
    var rnn: ElmanRNN
    var head: Linear

    init(inputSize: Int, random: RandomSource) {
      rnn = ElmanRNN(
        inputSize: inputSize, hiddenSize: 24, initialState: inputSize == 0 ? .trainable : .fixed,
        initialization: .orthogonal, random: random.stream("rnn"))
      head = Linear(inputSize: 24, outputSize: 1, random: random.stream("head"))
    }

    /// The next value after each step of `[batch, time, 1]`: teacher forcing.
    func predictions(after wave: Tensor) -> Tensor { head(rnn(wave).outputs) }

    /// What the net goes on with after a beginning: `[batch, steps, 1]`, each value made from the one before.
    func continuation(of beginning: Tensor, steps: Int) -> Tensor {
      let heard = rnn(beginning)
      var (state, outputs) = (heard.finalState, [head(heard.lastOutputs)])
      while outputs.count < steps {
        let next = rnn.step(outputs[outputs.count - 1], from: state)
        state = next.state
        outputs.append(head(next.output))
      }
      return Tensor.stack(outputs, axis: 1)
    }

    /// What a net without input says: `[1, steps, 1]`.
    func monologue(steps: Int) -> Tensor { head(rnn(Tensor(zeros: [1, steps, 0])).outputs) }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit(&rnn, "rnn")
      visitor.visit(&head, "head")
    }
  }

  /// Stretches `[count, length, 1]` of a wave of two tones with a period of 25 steps, from anywhere or from its beginning.
  private static func waves(_ count: Int, length: Int, random: RandomSource? = nil) -> Tensor {
    let values = (0..<count).flatMap { row in
      let start = Double(random?.uniform(at: row) ?? 0)
      return (0..<length).map { step in
        let angle = 2 * Double.pi * (Double(step) / 25 + start)
        return Scalar(0.6 * sin(angle) + 0.3 * cos(2 * angle))
      }
    }
    return Tensor(values, shape: [count, length, 1])
  }

  private static let heard = 25

  static func run(seed: UInt64, page: inout ExamplePage) {
    let random = RandomSource(seed: seed)
    func trained(updates: Int, _ start: Generator, loss: (Generator, Int) -> Tensor) -> Generator {
      var model = start
      var optimizer = Adam(learningRate: 0.005)
      for update in 1...updates {
        optimizer.learningRate = 0.005 * (1 - Double(update - 1) / Double(updates))
        var gradients = valueAndGradients(of: model) { loss($0, update) }.gradients
        GradientClipping.globalNorm(1).clip(&gradients, norm: gradients.norm)
        optimizer.update(&model, with: gradients)
      }
      return model
    }
    let start = Generator(inputSize: 1, random: random.stream("weights"))
    func batch(_ update: Int) -> Tensor {
      waves(8, length: heard + 50, random: random.stream("training").stream(update))
    }
    let forced = trained(updates: 800, start) { model, update in
      let wave = batch(update)
      let steps = wave.shape[1]
      return MeanSquaredError()(model.predictions(after: wave[0..<steps - 1, axis: 1]), wave[1..<steps, axis: 1])
    }
    let free = trained(updates: 800, start) { model, update in
      let wave = batch(update)
      let steps = wave.shape[1] - heard
      return MeanSquaredError()(
        model.continuation(of: wave[0..<heard, axis: 1], steps: steps), wave[heard..<heard + steps, axis: 1])
    }
    let story = waves(1, length: 75)
    let alone = trained(updates: 1500, Generator(inputSize: 0, random: random.stream("alone"))) { model, _ in
      MeanSquaredError()(model.monologue(steps: 75), story)
    }

    let test = waves(20, length: heard + 200, random: random.stream("test"))
    let truth = test[heard..<heard + 200, axis: 1]
    func error(_ output: Tensor, _ truth: Tensor) -> Double {
      Double(MeanSquaredError()(output, truth).scalar.squareRoot())
    }
    func freeError(_ model: Generator) -> Double {
      error(model.continuation(of: test[0..<heard, axis: 1], steps: 200), truth)
    }
    func stepError(_ model: Generator) -> Double {
      error(model.predictions(after: test)[heard - 1..<heard + 199, axis: 1], truth)
    }
    page.say("root mean squared error      one step ahead   200 steps on its own")
    page.say(
      "taught with forcing          \(NumberText.fixed(stepError(forced), 4))           \(NumberText.fixed(freeError(forced), 4))"
    )
    page.say(
      "taught on its own outputs    \(NumberText.fixed(stepError(free), 4))           \(NumberText.fixed(freeError(free), 4))"
    )
    page.claim("taught with forcing: error one step ahead", stepError(forced), atMost: 0.03)
    page.claim("taught on its own outputs: error over 200 steps on its own", freeError(free), atMost: 0.1)
    page.claim(
      "on its own, as a share of the error when taught with forcing", freeError(free) / freeError(forced), atMost: 1)
    let long = waves(1, length: 150)
    let said = alone.monologue(steps: 150)
    page.claim("without input: error over the 75 steps learned", error(said[0..<75, axis: 1], story), atMost: 0.05)
    page.claim(
      "without input: error over the 75 steps after them", error(said[75..<150, axis: 1], long[75..<150, axis: 1]),
      atMost: 0.15)
    let forcedTest = forced.continuation(of: test[0..<heard, axis: 1], steps: 200)
    page.show(chart(truth, forcedTest, free.continuation(of: test[0..<heard, axis: 1], steps: 200)), as: name)
  }

  private static func chart(_ truth: Tensor, _ forced: Tensor, _ free: Tensor) -> LineChart {
    var chart = LineChart(
      title: "A wave continued for 200 steps from the net's own outputs",
      summary:
        "The wave, and its continuation by a net taught with teacher forcing and by one taught on its own outputs.",
      xAxis: ChartAxis("steps after the last value heard", kind: .wholeNumbers))
    func line(_ name: String, _ values: Tensor, _ role: ChartRole) -> LineChart.Series {
      LineChart.Series(
        name, x: (1...200).map(Double.init), y: values.rows(at: [0]).scalars.map(Double.init), role: role)
    }
    chart.series = [
      line("taught on its own outputs", free, .model), line("taught with teacher forcing", forced, .first),
      line("the wave", truth, .muted),
    ]
    return chart
  }
}
