import RecurrentModels
import Testing

@Suite struct ForecastProblemTests {
  private let small = ForecastProblem(
    targetNames: ["a", "b"], values: [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [10, 11, 12, 13, 14, 15, .nan, 17, 18, 19]],
    training: 0..<5, validation: 5..<7, test: 7..<10, horizon: 2, window: 3)

  @Test func originsHaveTheirWindowBeforeAndTheirHorizonInside() {
    #expect(small.origins(in: small.training) == [3])
    #expect(small.origins(in: small.validation) == [5])
    #expect(small.origins(in: small.test) == [7, 8])
    #expect(small.origins(in: small.test, stride: 2) == [7])
    #expect(small.origins(in: 9..<10) == [])
  }

  @Test func truthIsStepByTargetAndMissingBeyondTheEnd() {
    #expect(small.truth(from: 7) == [7, 17, 8, 18])
    let late = small.truth(from: 9)
    #expect(late[0...1] == [9, 19])
    #expect(late[2].isNaN && late[3].isNaN)
    #expect(small.truth(from: 5)[3].isNaN)
  }

  @Test func historyKnowsTheRowsBeforeItsOrigin() {
    let history = small.history(before: 7)
    #expect(history[0, row: 6] == 6)
    #expect(history.lastKnown(target: 0) == 6)
    #expect(history.lastKnown(target: 1) == 15)
    #expect(small.history(before: 0).lastKnown(target: 0) == nil)
  }

  @Test func readingTheOriginStopsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      let problem = ForecastProblem(
        targetNames: ["a"], values: [[1, 2, 3]], training: 0..<3, validation: 3..<3, test: 3..<3, horizon: 1, window: 1)
      print(problem.history(before: 2)[0, row: 2])
    }
  }
}
