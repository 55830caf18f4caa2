import Foundation
import RecurrentExperiments

// experiments NAME ARGUMENT...: runs one experiment; its result goes to standard output.
func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data((message + "\n").utf8))
  exit(64)
}

let programs = Experiment.all.map { "  experiments \($0.name) \($0.usage)\n      \($0.summary)" }
let usage = "usage:\n" + programs.joined(separator: "\n")
let arguments = Array(CommandLine.arguments.dropFirst())
guard let name = arguments.first, let program = Experiment.named(name) else { fail(usage) }
do {
  try program.run(Array(arguments.dropFirst())) { line in
    print(line)
    fflush(nil)
  }
} catch {
  fail("experiments \(name): \(error)")
}
