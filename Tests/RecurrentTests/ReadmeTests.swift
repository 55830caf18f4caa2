import Foundation
import Recurrent
import Testing

/// The code of README.md, word for word (`scripts/documentation/check` compares), is run here.
@Suite struct ReadmeTests {
  @Test func aForecastInTenLines() throws {
    let series = try TimeSeries(contentsOf: "Data/monthly-sunspots.csv", target: "Sunspots")
    let forecaster = try Forecaster(fittedTo: series, horizon: 24)
    let result = try forecaster.backtest(on: series)
    print(result.evaluation.verdict.sentence)
    let next = try forecaster.forecast(after: series)
    for (step, time) in next.times.enumerated() {
      print(time, next.values[0][step], "from", next.lower[0][0][step], "to", next.upper[0][0][step])
    }
    #expect(next.times.first == "1984-01" && next.times.count == 24)
    #expect(result.evaluation.verdict.kind == .better)
  }

  @Test func aModelOfOnesOwn() throws {
    struct Adder: Module {
      var lstm = LSTM(inputSize: 1, hiddenSize: 16, random: RandomSource(seed: 1))
      var head = Linear(inputSize: 16, outputSize: 1, random: RandomSource(seed: 2))

      func callAsFunction(_ inputs: Tensor, lengths: [Int]) -> Tensor {
        head(lstm(inputs, lengths: lengths).lastOutputs)
      }

      mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
        visitor.visit(&lstm, "lstm")
        visitor.visit(&head, "head")
      }
    }

    let inputs = RandomSource(seed: 3).uniform([64, 10, 1])  // [batch, time, feature]
    let lengths = (0..<64).map { 1 + $0 % 10 }  // the valid steps of each row
    let sums = (0..<64).map { row in (0..<lengths[row]).reduce(0) { $0 + inputs[row, $1, 0] } }
    let targets = Tensor(sums, shape: [64, 1])

    var model = Adder()
    var optimizer = Adam(learningRate: 1e-2)
    for step in 1...300 {
      let (loss, gradients) = valueAndGradients(of: model) { model in
        MeanSquaredError()(model(inputs, lengths: lengths), targets)
      }
      optimizer.update(&model, with: gradients)
      if step % 100 == 0 { print("step \(step): loss \(loss)") }
    }
    try model.saveWeights(to: "adder.safetensors")
    defer { try? FileManager.default.removeItem(atPath: "adder.safetensors") }
    #expect(MeanSquaredError()(model(inputs, lengths: lengths), targets).scalar < 0.05)
    #expect(try SafetensorsFile(contentsOf: "adder.safetensors").tensor("lstm.weight_hh_l0").shape == [64, 16])
  }
}
