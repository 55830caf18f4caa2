import Foundation
import RecurrentTraining
import Testing

@Suite struct TrainingEventTests {
  /// The events of a short real run.
  private func events() throws -> [TrainingEvent] {
    var events: [TrainingEvent] = []
    var model = Line()
    try Trainer(optimizer: .sgd(learningRate: 0.1), length: .epochs(2), seed: 9).fit(
      &model, on: Line.batches(20), validation: { $0.meanLoss(over: Line.batches(10, seed: 8)) }
    ) { events.append($0) }
    return events
  }

  @Test func orderOfEvents() throws {
    let names = try events().map { event in
      switch event {
      case .started: "started"
      case .step: "step"
      case .evaluated: "evaluated"
      case .finished: "finished"
      }
    }
    let epoch = ["step", "step", "step", "evaluated"]
    #expect(names == ["started"] + epoch + epoch + ["finished"])
  }

  @Test func eventsSurviveJSON() throws {
    for event in try events() {
      let line = try JSONEncoder().encode(event)
      #expect(!line.contains(UInt8(ascii: "\n")))
      #expect(try JSONDecoder().decode(TrainingEvent.self, from: line) == event)
    }
  }

  @Test func logLineIsFlat() throws {
    let line = try JSONEncoder().encode(try events()[4])
    let object = try JSONSerialization.jsonObject(with: line) as? [String: Any]
    #expect(object?["event"] as? String == "evaluated")
    #expect(object?["epoch"] as? Int == 1)
    #expect(object?["step"] as? Int == 3)
    #expect(object?["isBest"] as? Bool == true)
    for key in [
      "trainLoss", "validationLoss", "bestLoss", "learningRate", "gradientNorm", "seconds", "remainingSeconds",
    ] {
      #expect(object?[key] is Double, "\(key)")
    }
  }

  @Test func startKnowsTheLength() throws {
    guard case .started(let start) = try events()[0] else {
      Issue.record("no start")
      return
    }
    #expect((start.parameters, start.stepsPerEpoch, start.totalSteps, start.totalEpochs) == (3, 3, 6, 2))
    #expect(start.seed == 9)
  }
}
