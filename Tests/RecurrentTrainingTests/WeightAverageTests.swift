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

  /// Of `AveragedSGD`, whose steps do not depend on the averages: with a start of 3 the mean from the fifth step on.
  @Test func optimizersThatAverageAreJudgedAndKeptByTheirAverages() throws {
    func train(steps: Int, start: Int, averaging: Double? = nil, validation: ((Line) -> Double)? = nil) throws -> Line {
      var model = Line()
      try Trainer(
        optimizer: .averagedSGD(learningRate: 0.2, averagingStart: start), length: .steps(steps), averaging: averaging,
        seed: 4
      ).fit(&model, on: Line.batches(), validation: validation) { _ in }
      return model
    }
    let weights = try (0...6).map { try train(steps: $0, start: 100).layer.weight }
    let mean = (weights[5] + weights[6]) * 0.5
    let averaged = try train(steps: 6, start: 3)
    #expect(Comparison.relativeError(averaged.layer.weight, mean) < 1e-5)
    #expect(Comparison.relativeError(averaged.layer.weight, weights[6]) > 1e-3)
    #expect(averaged.scale.scalars == [1, 1])
    var judged: [Tensor] = []
    let kept = try train(steps: 6, start: 3) { model in
      judged.append(model.layer.weight)
      return 1
    }
    #expect(judged == [averaged.layer.weight] && kept.layer.weight == judged[0])
    // Averages of the trainer go before.
    #expect(
      try train(steps: 6, start: 3, averaging: 0.25).layer.weight
        == (try train(steps: 6, start: 100, averaging: 0.25).layer.weight))
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
