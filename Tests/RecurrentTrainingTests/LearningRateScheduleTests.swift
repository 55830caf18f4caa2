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
}
