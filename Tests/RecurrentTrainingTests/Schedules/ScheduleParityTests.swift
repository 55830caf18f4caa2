import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTraining
import Testing

/// A hundred factors of every schedule against PyTorch's: `Tests/Reference/schedules.py` says how.
@Suite struct ScheduleParityTests {
  static let cases: [(name: String, total: Int, schedule: any LearningRateSchedule)] = [
    ("step", 100, StepLearningRate(every: 30, factor: 0.3)),
    ("multiStep", 100, MultiStepLearningRate(at: [30, 7, 30, 81], factor: 0.4)),
    ("exponential", 100, ExponentialLearningRate(factor: 0.97)),
    ("linear", 100, LinearLearningRate(from: 0.2, to: 0.9, steps: 41)),
    ("polynomial", 100, PolynomialLearningRate(exponent: 1.7, steps: 73)),
    ("cosine", 100, CosineLearningRate(floor: 0.05)),
    ("restarts", 100, CosineRestartsLearningRate(period: 17, floor: 0.1)),
    ("restarts.growing", 100, CosineRestartsLearningRate(period: 9, growth: 2)),
    ("oneCycle", 101, OneCycleLearningRate()),
    ("oneCycle.late", 77, OneCycleLearningRate(rise: 0.45, startDivisor: 7, endDivisor: 90, steps: 150)),
    ("warmup.step", 100, WarmupLearningRate(steps: 13, then: StepLearningRate(every: 20, factor: 0.5))),
    ("warmup.cosine", 100, WarmupLearningRate(steps: 8, then: CosineLearningRate())),
    ("warmup.cosine", 100, CosineLearningRate(warmup: 8)),
  ]

  private static let references: SafetensorsFile = {
    let here = URL(filePath: #filePath).deletingLastPathComponent()
    let path = here.appending(path: "../../Fixtures/schedules.safetensors").standardizedFileURL.path
    return try! SafetensorsFile(contentsOf: path)
  }()

  private func expect(_ received: [Double], _ name: String) {
    let expected = try! Self.references.tensor(name).scalars.map { Double($0) }
    #expect(received.count == expected.count)
    let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-12 : 1e-7
    for (step, pair) in zip(received, expected).enumerated() where abs(pair.0 - pair.1) > tolerance {
      Issue.record("\(name), step \(step): expected \(pair.1), received \(pair.0)")
      return
    }
  }

  @Test(arguments: cases.indices)
  func factorsAreThoseOfPyTorch(_ index: Int) {
    let (name, total, schedule) = Self.cases[index]
    expect((0..<100).map { schedule.factor(step: $0, of: total) }, name)
  }

  @Test(arguments: ["plateau", "plateau.cooldown"])
  func plateauIsThatOfPyTorch(_ name: String) {
    var schedule =
      name == "plateau"
      ? PlateauLearningRate(reduction: 0.5, patience: 3, floor: 0, minimumImprovement: 1e-4)
      : PlateauLearningRate(reduction: 0.6, patience: 2, floor: 0.05, minimumImprovement: 0.02, cooldown: 4)
    var received: [Double] = []
    for loss in try! Self.references.tensor("losses").scalars {
      schedule.observe(loss: Double(loss))
      received.append(schedule.factor(step: 0, of: nil))
    }
    #expect(Set(received).count > 3)
    expect(received, name)
  }
}
