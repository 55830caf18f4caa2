import RecurrentBenchmarks
import Testing

@Suite struct ChildProcessTests {
  @Test func programsRunToTheirEnd() throws {
    #expect(try ChildProcess.run("true", ["never", "read"]) > 100_000)
    #expect(try ChildProcess.run("/bin/sh", ["-c", "test \"$0 $1\" = 'a b c'", "a b", "c"]) > 0)
  }

  @Test func failuresAreTold() {
    #expect(throws: ChildProcessError.failed(program: "sh", status: 7 << 8)) {
      try ChildProcess.run("sh", ["-c", "exit 7"])
    }
    #expect(throws: ChildProcessError.failed(program: "sh", status: 9)) {
      try ChildProcess.run("sh", ["-c", "kill -KILL $$"])
    }
    #expect(throws: ChildProcessError.self) { try ChildProcess.run("/nowhere/program", []) }
    #expect("\(ChildProcessError.failed(program: "a", status: 7 << 8))" == "a ended with exit code 7")
    #expect("\(ChildProcessError.failed(program: "a", status: 9))" == "a was ended by signal 9")
    #expect("\(ChildProcessError.notStarted(program: "a", reason: "no"))" == "a cannot be started: no")
  }
}
