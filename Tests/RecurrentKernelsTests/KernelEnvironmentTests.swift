import RecurrentKernels
import Testing

@Suite struct KernelEnvironmentTests {
  @Test(arguments: [nil, "1", "7", "1024"] as [String?])
  func wholeNumbersOfThreadsAreFollowed(_ threads: String?) {
    #expect(KernelEnvironment.problem(threads: threads, instructionSet: "portable") == nil)
  }

  @Test(arguments: ["", "0", "-2", "two", "1.5", "1025", "99999999999999999999"])
  func otherTextsAreNot(_ threads: String) throws {
    let problem = try #require(KernelEnvironment.problem(threads: threads, instructionSet: nil))
    #expect(problem.variable == "RECURRENT_THREADS")
    #expect(problem.expected == "a whole number from 1 to 1024")
    #expect(problem.received == threads)
  }

  @Test func instructionSetsMustBeOfThisMachine() throws {
    let problem = try #require(KernelEnvironment.problem(threads: "2", instructionSet: "sse9"))
    #expect(problem.variable == "RECURRENT_INSTRUCTION_SET")
    #expect(problem.expected.hasPrefix("one of portable"))
    #expect(problem.received == "sse9")
    for set in InstructionSet.allCases {
      #expect((KernelEnvironment.problem(threads: nil, instructionSet: set.rawValue) == nil) == set.isAvailable)
    }
  }
}
