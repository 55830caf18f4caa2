import Foundation
import RecurrentTraining
import Testing

@Suite struct TrainingRemarkTests {
  private func event(_ name: String, _ fields: [String: Any]) -> TrainingEvent {
    let zeros: [String: Any] = ["learningRate": 0.1, "gradientNorm": 1, "seconds": 1, "isBest": false]
    let object = zeros.merging(["event": name]) { $1 }.merging(fields) { $1 }
    return try! JSONDecoder().decode(TrainingEvent.self, from: JSONSerialization.data(withJSONObject: object))
  }

  private func run(train: [Double], validation: [Double]? = nil, batches: [Double] = []) -> [TrainingEvent] {
    let start = event("started", ["parameters": 5, "seed": 1, "stepsPerEpoch": 12])
    let steps = batches.enumerated().map {
      event("step", ["epoch": 1, "step": $0.offset + 1, "trainLoss": $0.element])
    }
    let evaluations = train.indices.map { index in
      var fields: [String: Any] = ["epoch": index + 1, "step": 12 * (index + 1), "trainLoss": train[index]]
      if let validation { fields["validationLoss"] = validation[index] }
      return event("evaluated", fields)
    }
    let end = event("finished", ["reason": "completed", "epochs": train.count, "steps": 12 * train.count])
    return [start] + steps + evaluations + [end]
  }

  private func subjects(_ events: [TrainingEvent]) -> [TrainingRemark.Subject] {
    TrainingRemark.remarks(on: events).map(\.subject)
  }

  @Test func courses() {
    let falling = (0..<12).map { pow(0.8, Double($0)) }
    let flat = falling.prefix(5) + [Double](repeating: falling[4], count: 7)
    #expect(subjects(run(train: falling)) == [.unfinished])
    #expect(subjects(run(train: Array(flat))) == [.plateau])
    #expect(subjects(run(train: [1, 0.9, 0.85, 0.84, 2.1])) == [.diverging])
    #expect(subjects(run(train: [1, 0.999, 0.998, 0.995])) == [.notLearning])
    #expect(
      subjects(run(train: falling, validation: falling.enumerated().map { $0 < 5 ? $1 : 0.4 + 0.02 * Double($0) })) == [
        .overfitting
      ])
    // The validation loss is level while the training loss falls on: nothing has risen by 5 %.
    #expect(subjects(run(train: falling, validation: Array(flat))) == [.plateau])
    #expect(subjects(run(train: [1, 0.5, 0.4, 0.39, 0.388])).isEmpty)
    #expect(subjects([]).isEmpty && subjects(run(train: [])).isEmpty)
  }

  @Test func numbersAreInTheText() {
    let text = TrainingRemark.remarks(
      on: run(train: [1, 0.8, 0.6, 0.5, 0.4, 0.3], validation: [1, 0.7, 0.75, 0.8, 0.85, 0.9]))[0].description
    #expect(text.contains("since epoch 2 the validation loss rose from 0.7 to 0.9"))
    #expect(text.contains("the training loss fell from 0.8 to 0.3"))
  }

  @Test func batchSizes() {
    // A trend is no noise: the first falls steadily.
    let trend = (0..<60).map { 2 - 0.01 * Double($0) }
    let noisy = (0..<60).map { $0.isMultiple(of: 2) ? 0.1 : 1.9 }
    let usual = (0..<60).map { $0.isMultiple(of: 2) ? 0.9 : 1.1 }
    #expect(subjects(run(train: [1, 0.5], batches: trend)) == [.batchSize])
    let remark = TrainingRemark.remarks(on: run(train: [1, 0.5], batches: noisy))[0]
    #expect(remark.subject == .batchSize && remark.text.contains("differ by 127 %"))
    #expect(subjects(run(train: [1, 0.5], batches: usual)).isEmpty)
    #expect(subjects(run(train: [1, 0.5], batches: Array(noisy.prefix(30)))).isEmpty)
  }
}
