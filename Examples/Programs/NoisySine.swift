import Foundation
import Recurrent

/// Many to many: a simple RNN says the next value of a noisy sine at every step, for sequences of any length.
///
///     x_t = sin(2π (t / 20 + phase)) + noise       standard deviation of the noise 0.2, a period of 20 steps
///     h_t = tanh(W x_t + b + U h_{t-1} + d)        50 units, all steps go up
///     y_t = V h_t + c                              the same affine map at every step
///     loss = mean((y_t - x_{t+1})²)
///
/// The noise of the next value cannot be known: no predictor gets below its variance. How near the net comes says how well
/// its state has added up what it heard. At the start it has heard nothing: the first value of a wave that starts anywhere
/// is anybody's guess. So errors count from step 10, half a period, on. Where every wave starts at phase 0 nothing has to
/// be guessed, and all steps count.
///
/// Nothing in the weights depends on the length: a net taught on 50 steps runs over 20 or 200.
enum NoisySine: ExampleProgram {
  static let name = "noisy-sine"
  static let summary = "A simple RNN with an output at every step follows a noisy sine of any length."

  private static let noise = 0.2

  private struct Network: TrainableModel {
    var rnn: ElmanRNN
    var head: Linear
    /// The first step whose error counts.
    let firstStep: Int

    init(firstStep: Int, random: RandomSource) {
      rnn = ElmanRNN(inputSize: 1, hiddenSize: 50, initialization: .orthogonal, random: random.stream("rnn"))
      head = Linear(inputSize: 50, outputSize: 1, random: random.stream("head"))
      self.firstStep = firstStep
    }

    /// `[batch, time, 1]` to the next value at every step, `[batch, time, 1]`.
    func callAsFunction(_ inputs: Tensor) -> Tensor { head(rnn(inputs).outputs) }

    /// The error on waves `[batch, time + 1, 1]`: each step but the last is an input, each but the first a target.
    func loss(on waves: Tensor, context: inout ForwardContext) -> Tensor { error(on: waves, from: firstStep) }

    func error(on waves: Tensor, from first: Int) -> Tensor {
      let steps = waves.shape[1] - 1
      let outputs = self(waves[0..<steps, axis: 1])
      return MeanSquaredError()(outputs[first..<steps, axis: 1], waves[first + 1..<steps + 1, axis: 1])
    }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit(&rnn, "rnn")
      visitor.visit(&head, "head")
    }
  }

  /// Noisy waves `[count, length + 1, 1]` that start anywhere, or all at phase 0.
  private static func waves(_ count: Int, length: Int, startAnywhere: Bool, random: RandomSource) -> Tensor {
    let clean = (0..<count).flatMap { row in
      let phase = startAnywhere ? Double(random.stream("phase").uniform(at: row)) : 0
      return (0...length).map { step in Scalar(sin(2 * .pi * (Double(step) / 20 + phase))) }
    }
    let shape: Shape = [count, length + 1, 1]
    return Tensor(clean, shape: shape) + random.stream("noise").normal(shape, standardDeviation: Scalar(noise))
  }

  static func run(seed: UInt64, page: inout ExamplePage) throws {
    for startAnywhere in [true, false] {
      let random = RandomSource(seed: seed).stream(startAnywhere ? "anywhere" : "zero")
      let firstStep = startAnywhere ? 10 : 0
      let training = waves(3200, length: 50, startAnywhere: startAnywhere, random: random.stream("training"))
      let batches = SampleBatches(count: 3200, batchSize: 32) { training.rows(at: $0) }
      let trainer = Trainer(optimizer: .adam(), schedule: CosineLearningRate(), length: .epochs(20), seed: seed)
      var model = Network(firstStep: firstStep, random: random.stream("weights"))
      try trainer.fit(&model, on: batches) { event in
        if case .evaluated(let progress) = event, progress.epoch % 5 == 0 {
          page.say("epoch \(progress.epoch): loss \(NumberText.significant(progress.trainLoss))")
        }
      }

      let kind = startAnywhere ? "waves from anywhere, from step 10 on" : "waves from phase 0, all steps"
      for length in [20, 35, 50, 80, 120, 200] {
        let test = waves(
          400, length: length, startAnywhere: startAnywhere, random: random.stream("test").stream(length))
        let error = Double(model.error(on: test, from: firstStep).scalar)
        page.claim("\(kind), length \(length): error by the noise's variance", error / (noise * noise), atMost: 1.2)
        if startAnywhere {
          let all = Double(model.error(on: test, from: 0).scalar) / (noise * noise)
          page.say("  with the first steps, which nobody can know: \(NumberText.significant(all))")
        }
      }
      if startAnywhere {
        let wave = waves(1, length: 80, startAnywhere: true, random: random.stream("picture"))
        page.show(chart(wave, model(wave[0..<80, axis: 1])), as: name)
      }
    }
  }

  /// A wave, and what the net said about each value one step before it came.
  private static func chart(_ wave: Tensor, _ outputs: Tensor) -> LineChart {
    var chart = LineChart(
      title: "A noisy sine, and each value as predicted one step before",
      summary:
        "A noisy wave over 80 steps; after the first few steps the prediction runs through the middle of the noise.",
      xAxis: ChartAxis("step", kind: .wholeNumbers))
    let steps = (1...80).map(Double.init)
    chart.series = [
      LineChart.Series("predicted one step before", x: steps, y: outputs.scalars.map(Double.init), role: .model),
      LineChart.Series("wave with noise", x: steps, y: wave.scalars.dropFirst().map(Double.init), role: .truth),
    ]
    return chart
  }
}
