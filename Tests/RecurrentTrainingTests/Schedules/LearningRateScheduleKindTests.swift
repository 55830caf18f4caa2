import RecurrentTraining
import Testing

@Suite struct LearningRateScheduleKindTests {
  private func factors(_ name: String, steps: Int, warmup: Int) throws -> [Double] {
    let schedule = try #require(LearningRateScheduleKind(named: name)).make(.init(steps: steps, warmup: warmup))
    return (0..<steps).map { schedule.factor(step: $0, of: steps) }
  }

  @Test func everyNameIsThere() {
    #expect(
      LearningRateScheduleKind.all.map(\.name) == [
        "cosine", "constant", "linear", "step", "exponential", "restarts", "plateau", "one-cycle",
      ])
    #expect(LearningRateScheduleKind(named: "cosinus") == nil)
  }

  @Test(arguments: LearningRateScheduleKind.all.map(\.name), [(120, 20), (9, 20), (1, 1), (7, 0)])
  func factorsAreUsable(name: String, run: (steps: Int, warmup: Int)) throws {
    let factors = try factors(name, steps: run.steps, warmup: run.warmup)
    #expect(factors.allSatisfy { $0 >= 0 && $0 <= 1 }, "\(factors)")
    #expect(factors[0] > 0)
  }

  @Test func shapes() throws {
    let (steps, warmup) = (120, 20)
    for name in ["constant", "linear", "step", "exponential", "restarts", "plateau", "cosine"] {
      let factors = try factors(name, steps: steps, warmup: warmup)
      #expect((0..<warmup).allSatisfy { abs(factors[$0] - Double($0 + 1) / 20) < 1e-12 }, "\(name)")
    }
    #expect(try factors("constant", steps: steps, warmup: warmup)[20...].allSatisfy { $0 == 1 })
    let step = try factors("step", steps: steps, warmup: warmup)
    #expect(step[53] == 1 && abs(step[54] - 0.1) < 1e-12 && abs(step[119] - 0.01) < 1e-12)
    let exponential = try factors("exponential", steps: steps, warmup: warmup)
    #expect(abs(exponential[70] - 0.1) < 1e-9 && exponential[119] < 0.0105)
    let restarts = try factors("restarts", steps: steps, warmup: warmup)
    #expect((21..<120).filter { restarts[$0] > restarts[$0 - 1] }.count == 2)
    let cycle = try factors("one-cycle", steps: steps, warmup: warmup)
    #expect(cycle[35] == 1 && abs(cycle[0] - 0.04) < 1e-12 && cycle[119] < 1e-4)
    #expect(try factors("linear", steps: steps, warmup: warmup)[119] < 0.011)
  }

  /// What recorded results were trained by: the rise counts also where a run is shorter than it.
  @Test func theCosineIsTheOneOfTheRecords() throws {
    for steps in [30, 50, 51, 400] {
      let own = CosineLearningRate(warmup: 50)
      #expect(try factors("cosine", steps: steps, warmup: 50) == (0..<steps).map { own.factor(step: $0, of: steps) })
    }
  }
}
