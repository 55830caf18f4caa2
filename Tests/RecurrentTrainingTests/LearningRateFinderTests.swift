import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTraining
import Testing

@Suite struct LearningRateFinderTests {
  private let trainer = Trainer(optimizer: SGD(learningRate: 7), schedule: CosineLearningRate(warmup: 50), seed: 3)

  @Test func ratesGrowByEqualShares() throws {
    let model = Line()
    let finding = try LearningRateFinder(smallest: 1e-4, largest: 1e-2, steps: 21).run(
      model, on: Line.batches(), with: trainer)
    #expect(finding.points.count == 21 && !finding.diverged)
    for (step, point) in finding.points.enumerated() {
      #expect(abs(point.learningRate / (1e-4 * pow(10, Double(step) / 10)) - 1) < 1e-9)
    }
    #expect(model.layer.weight == Line().layer.weight)
    // The first two smoothed losses: 0.1 and 0.9 · 0.1 of the weight, of 0.19 in all.
    let (first, second) = (finding.points[0], finding.points[1])
    #expect(first.smoothedLoss == first.loss)
    #expect(abs(second.smoothedLoss - (0.9 * first.loss + second.loss) / 1.9) < 1e-9)
  }

  @Test func suggestsARateThatTrainsWell() throws {
    let finding = try LearningRateFinder(steps: 200).run(Line(), on: Line.batches(), with: trainer)
    #expect(finding.outcome == .found && finding.diverged && finding.points.count < 200)
    let suggestion = try #require(finding.suggestion)
    func loss(_ rate: Double) throws -> Double {
      var model = Line()
      try Trainer(optimizer: SGD(learningRate: rate), length: .steps(60)).fit(&model, on: Line.batches()) { _ in }
      return model.meanLoss(over: Line.batches())
    }
    #expect(try loss(suggestion) < 0.1 * loss(suggestion / 100))
    #expect(finding.description.hasPrefix("try a learning rate of "))
    #expect(try JSONDecoder().decode(LearningRateFinding.self, from: JSONEncoder().encode(finding)) == finding)
  }

  @Test func blockOfTheDocumentation() throws {
    let (model, batches) = (Line(), Line.batches())
    let finding = try LearningRateFinder().run(model, on: batches, with: trainer)
    print(finding)
    #expect(finding.suggestion != nil)
  }

  @Test func saysWhenTheRangeIsWrong() throws {
    let tiny = try LearningRateFinder(smallest: 1e-9, largest: 1e-7, steps: 30).run(
      Line(), on: Line.batches(50, batchSize: 50), with: trainer)
    #expect(tiny.outcome == .neverFell && tiny.suggestion == nil)
    #expect(tiny.description.hasPrefix("no learning rate from 1e-9 to 1e-7 made the loss fall"))
    let short = try LearningRateFinder(smallest: 1e-3, largest: 3e-2, steps: 60).run(
      Line(), on: Line.batches(50, batchSize: 50), with: trainer)
    #expect(short.outcome == .stillFalling && abs(short.suggestion! - 3e-3) < 1e-9)
    let large = try LearningRateFinder(smallest: 10, largest: 1e6, steps: 60).run(
      Line(), on: Line.batches(), with: trainer)
    #expect(large.outcome == .neverFell && large.diverged && large.points.count < 60)
  }
}
