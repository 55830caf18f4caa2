import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import RecurrentTraining
import Testing

@Suite struct WeightAverageTests {
  private func train(steps: Int, averaging: Double?) throws -> Line {
    var model = Line()
    try Trainer(optimizer: .sgd(learningRate: 0.2), length: .steps(steps), averaging: averaging, seed: 4).fit(
      &model, on: Line.batches()
    ) { _ in }
    return model
  }

  @Test func averageForgetsTheStart() throws {
    // After n updates the average keeps min(0.25, (1 + n) / (10 + n)) of what it was.
    var average = Line().layer.weight
    for (step, keep) in [(1, 2.0 / 11), (2, 0.25), (3, 0.25)] {
      let weights = try train(steps: step, averaging: nil).layer.weight
      average = average * Scalar(keep) + weights * Scalar(1 - keep)
    }
    let averaged = try train(steps: 3, averaging: 0.25).layer.weight
    #expect(Comparison.relativeError(averaged, average) < 1e-6)
    #expect(Comparison.relativeError(averaged, try train(steps: 3, averaging: nil).layer.weight) > 1e-3)
  }

  @Test func frozenTensorsStay() throws {
    #expect(try train(steps: 3, averaging: 0.25).scale.scalars == [1, 1])
  }

  @Test func averagedModelIsJudgedAndKept() throws {
    var model = Line()
    var judged: [Tensor] = []
    try Trainer(optimizer: .sgd(learningRate: 0.2), length: .epochs(2), averaging: 0.9, seed: 4).fit(
      &model, on: Line.batches(),
      validation: { model in
        judged.append(model.layer.weight)
        return Double(judged.count)
      }, onEvent: { _ in })
    #expect(model.layer.weight == judged[0])
    #expect(judged[0] == (try train(steps: 7, averaging: 0.9).layer.weight))
  }
}
