import RecurrentTraining
import Testing

@Suite struct LearningRateScheduleTests {
  @Test func constant() {
    #expect(ConstantLearningRate().factor(step: 7, of: nil) == 1)
  }

  @Test func cosine() {
    let schedule = CosineLearningRate(warmup: 4, floor: 0.2)
    #expect((0..<4).map { schedule.factor(step: $0, of: 25) } == [0.25, 0.5, 0.75, 1])
    #expect(schedule.factor(step: 4, of: 25) == 1)
    #expect(abs(schedule.factor(step: 14, of: 25) - 0.6) < 1e-12)
    #expect(abs(schedule.factor(step: 24, of: 25) - 0.2) < 1e-12)
    #expect(abs(schedule.factor(step: 99, of: 25) - 0.2) < 1e-12)
    #expect(schedule.factor(step: 14, of: nil) == 1)
  }

  @Test func plateau() {
    var schedule = PlateauLearningRate(reduction: 0.5, patience: 2, floor: 0.2)
    var factors: [Double] = []
    for loss in [3.0, 2, 2.5, 2, 2.1, 2.2, 2.2, 2.2, 2.2, 2.2, 2.2, 1] {
      schedule.observe(loss: loss)
      factors.append(schedule.factor(step: 0, of: nil))
    }
    #expect(factors == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.2, 0.2])
  }

  @Test func memoryContinuesAPlateau() {
    let losses = [3.0, 2, 2.5, 2.6, 2.7, 2.1, 1.9, 2, 2, 2]
    for cut in losses.indices {
      var whole = PlateauLearningRate(reduction: 0.5, patience: 1, floor: 0.2)
      for loss in losses[..<cut] { whole.observe(loss: loss) }
      var continued = PlateauLearningRate(reduction: 0.5, patience: 1, floor: 0.2)
      continued.memory = whole.memory
      #expect(continued.memory.allSatisfy { $0.isFinite })
      for loss in losses[cut...] {
        whole.observe(loss: loss)
        continued.observe(loss: loss)
        #expect(whole.factor(step: 0, of: nil) == continued.factor(step: 0, of: nil))
      }
    }
    #expect(CosineLearningRate().memory.isEmpty)
  }

  @Test func foreignMemoryStopsWithCause() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var schedule = PlateauLearningRate()
      schedule.memory = [1]
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("LearningRateSchedule.memory: expected 4 numbers; received 1."))
  }

  @Test func lengthOfTheRunUnknown() {
    let schedules: [any LearningRateSchedule] = [
      CosineLearningRate(), PolynomialLearningRate(), OneCycleLearningRate(), LinearLearningRate(),
      WarmupLearningRate(steps: 5, then: CosineLearningRate()),
    ]
    for schedule in schedules { #expect(schedule.factor(step: 7, of: nil) == 1) }
  }

  @Test func beyondTheEnd() {
    #expect(OneCycleLearningRate(endDivisor: 4, steps: 9).factor(step: 99, of: nil) == 0.01)
    #expect(PolynomialLearningRate(steps: 9).factor(step: 99, of: nil) == 0)
    #expect(LinearLearningRate(from: 1, to: 0.25, steps: 9).factor(step: 99, of: nil) == 0.25)
    #expect(OneCycleLearningRate().factor(step: 0, of: 1).isFinite)
  }

  @Test func warmupHandsLossesOn() {
    var schedule = WarmupLearningRate(steps: 2, then: PlateauLearningRate(reduction: 0.5, patience: 0))
    for loss in [1.0, 2, 3] { schedule.observe(loss: loss) }
    #expect((0..<4).map { schedule.factor(step: $0, of: 10) } == [0.5, 1, 0.25, 0.25])
    var continued = WarmupLearningRate(steps: 2, then: PlateauLearningRate(reduction: 0.5, patience: 0))
    continued.memory = schedule.memory
    #expect(continued.factor(step: 3, of: 10) == 0.25)
  }
}
