#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the environment asks of the kernels.
package enum KernelEnvironment {
  /// A variable with a value that cannot be followed; the library goes on as if it were not set.
  package struct Problem: Sendable, Equatable {
    /// The variable's name.
    package let variable: String
    /// What it may be.
    package let expected: String
    /// What it is.
    package let received: String
  }

  /// `RECURRENT_THREADS`: how many threads share one computation.
  static var threads: Int? { value(of: threadsName).flatMap(threads(from:)) }

  /// `RECURRENT_INSTRUCTION_SET`: the kernels to compute with.
  static var instructionSet: InstructionSet? { value(of: instructionSetName).flatMap(instructionSet(from:)) }

  /// The first variable that cannot be followed.
  package static var problem: Problem? {
    problem(threads: value(of: threadsName), instructionSet: value(of: instructionSetName))
  }

  package static func problem(threads: String?, instructionSet: String?) -> Problem? {
    if let threads, self.threads(from: threads) == nil {
      return Problem(
        variable: threadsName, expected: "a whole number from 1 to \(mostThreads)", received: threads)
    }
    if let instructionSet, self.instructionSet(from: instructionSet) == nil {
      let available = InstructionSet.allCases.filter(\.isAvailable).map(\.rawValue)
      return Problem(
        variable: instructionSetName, expected: "one of " + available.joined(separator: ", "), received: instructionSet)
    }
    return nil
  }

  private static let threadsName = "RECURRENT_THREADS"
  private static let instructionSetName = "RECURRENT_INSTRUCTION_SET"
  private static let mostThreads = 1024

  private static func threads(from text: String) -> Int? {
    Int(text).flatMap { (1...mostThreads).contains($0) ? $0 : nil }
  }

  private static func instructionSet(from text: String) -> InstructionSet? {
    InstructionSet(rawValue: text).flatMap { $0.isAvailable ? $0 : nil }
  }

  private static func value(of name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
