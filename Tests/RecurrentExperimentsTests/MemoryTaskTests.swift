import Recurrent
import RecurrentExperiments
import Testing

@Suite struct MemoryTaskTests {
  @Test func theSumOfTheMarkedNumbersIsAsked() {
    let task = AddingTask(steps: 11)
    let batch = task.batch([3, 8, 3], random: RandomSource(seed: 2))
    #expect(batch.inputs.shape == [3, 11, 2] && batch.targets.shape == [3, 1, 1])
    for row in 0..<3 {
      let marked = (0..<11).filter { batch.inputs[row, $0, 1] == 1 }
      #expect(marked.count == 2 && marked[0] < 5 && marked[1] >= 5)
      #expect(batch.targets[row, 0, 0] == batch.inputs[row, marked[0], 0] + batch.inputs[row, marked[1], 0])
      #expect((0..<11).allSatisfy { (0...1).contains(batch.inputs[row, $0, 0]) })
    }
    #expect(batch.inputs[at: 0, axis: 0] == batch.inputs[at: 2, axis: 0])
    #expect(batch.inputs[at: 0, axis: 0] != batch.inputs[at: 1, axis: 0])
    #expect(task.error(batch.targets, batch.targets) == 0)
    let many = task.batch(Array(0..<2000), random: RandomSource(seed: 5))
    #expect(abs(task.blindError(many.targets) - 1.0 / 6) < 0.01)
  }

  @Test func theSymbolsAreAskedAfterThePause() {
    let task = CopyTask(delay: 7)
    let batch = task.batch([0, 1], random: RandomSource(seed: 4))
    #expect(batch.inputs.shape == [2, 27, 10] && batch.targets.shape == [2, 10])
    for row in 0..<2 {
      let places = (0..<27).map { step in (0..<10).filter { batch.inputs[row, step, $0] == 1 } }
      #expect(places.allSatisfy { $0.count == 1 })
      for step in 0..<10 { #expect(Scalar(places[step][0]) == batch.targets[row, step]) }
      #expect(places[10..<16].allSatisfy { $0 == [8] })
      #expect(places[16] == [9])
      #expect(places[17...].allSatisfy { $0 == [8] })
    }
    var answers = Tensor(zeros: [2, 10, 8])
    for row in 0..<2 { for step in 0..<10 { answers[row, step, Int(batch.targets[row, step])] = 5 } }
    #expect(task.error(answers, batch.targets) == 0)
    let wrong = Int(batch.targets[1, 3])
    answers[1, 3, (wrong + 1) % 8] = 9
    #expect(task.error(answers, batch.targets) == 0.05)
  }
}

@Suite struct RememberingTests {
  private func run(_ arguments: [String]) throws -> String {
    var lines: [String] = []
    let program = try #require(Experiment.named("remembering"))
    try program.run(arguments) { lines.append($0) }
    return lines.joined()
  }

  private func error(_ line: String) throws -> Double {
    try #require(line.firstMatch(of: /"error":([0-9.e-]+)/).flatMap { Double($0.1) })
  }

  @Test func aShortTaskIsLearnt() throws {
    let arguments = [
      "adding", "--cell", "gru", "--steps", "8", "--hidden", "16", "--updates", "1500", "--rate", "1000", "--memory",
      "8", "--enough", "3000",
    ]
    #expect(try error(run(arguments)) < 0.01)
  }

  /// The first sequences are short; what is reported is the error on whole ones, which takes the cell's memory of all steps.
  @Test func sequencesGrow() throws {
    let arguments = [
      "adding", "--cell", "gru", "--steps", "30", "--hidden", "16", "--updates", "1500", "--rate", "1000", "--memory",
      "30", "--grow", "4", "--enough", "3000",
    ]
    let line = try run(arguments)
    #expect(try error(line) < 0.01)
    #expect(line.contains("\"grownFrom\":4") && line.contains("\"steps\":30"))
    // Three updates on short sequences are not three on long ones.
    let few = ["adding", "--steps", "30", "--hidden", "4", "--updates", "3"]
    #expect(try error(run(few + ["--grow", "4"])) != error(run(few)))
    #expect(try error(run(few + ["--grow", "30"])) == error(run(few)))
    #expect(throws: ExperimentError.self) { try run(["adding", "--steps", "8", "--grow", "9"]) }
  }

  /// A weight that learns slowly, and layers below that remember as well, give another network after the same updates.
  @Test func slowWeightsAndRememberingLayersAreHeard() throws {
    let arguments = [
      "adding", "--cell", "mingru", "--layers", "2", "--steps", "6", "--hidden", "4", "--updates", "3", "--memory", "6",
    ]
    func error(_ options: String...) throws -> Double { try self.error(run(arguments + options)) }
    let plain = try error()
    #expect(try error("--remembering", "last") == plain)
    #expect(try error("--remembering", "all") != plain)
    #expect(try error("--slow", "*.weight_ih*") != plain)
    #expect(throws: ExperimentError.self) { try error("--slow", "nothing.has.this.name") }
    #expect(throws: ExperimentError.self) { try error("--stack", "blocks", "--remembering", "all") }
  }

  /// Units that remember for themselves, held to a magnitude; and a linear recurrence, which needs what blocks bend.
  @Test(arguments: [
    ["--cell", "indrnn", "--layers", "2", "--unit-limit", "1090508"],
    ["--cell", "lru", "--layers", "2", "--stack", "blocks"],
  ]) func cellsWithoutGatesLearnItToo(options: [String]) throws {
    let arguments = [
      "adding", "--steps", "8", "--hidden", "16", "--updates", "1500", "--rate", "500", "--enough", "3000",
    ]
    #expect(try error(run(arguments + options)) < 0.01)
  }

  @Test func wrongArgumentsAreNamed() {
    #expect(throws: ExperimentError.self) { try run(["adding", "--cell", "lstm", "--unit-limit", "1000000"]) }
    #expect(throws: ExperimentError.self) { try run(["adding", "--stack", "blocs"]) }
    #expect(throws: ExperimentError.self) { try run(["subtracting"]) }
    #expect(throws: ExperimentError.self) { try run(["adding", "--cell", "perceptron"]) }
    #expect(throws: ExperimentError.self) { try run(["copy", "--steps", "0"]) }
    // A cell without gates has nothing that could start open; a memory of one step is none.
    #expect(throws: ExperimentError.self) { try run(["adding", "--cell", "elman", "--memory", "8"]) }
    #expect(throws: ExperimentError.self) { try run(["adding", "--cell", "gru", "--memory", "1"]) }
  }
}
