/// A measurement that takes data from files and minutes of time; `scripts/acceptance` runs it and judges the numbers.
///
/// A program is one file: an enumeration without cases that conforms to this, and a row in `Experiment.all`.
public protocol ExperimentProgram {
  /// The name on the command line: `regularized-words`.
  static var name: String { get }

  /// What it measures, in a sentence.
  static var summary: String { get }

  /// What it wants behind its name: `TRAINING VALIDATION [--seed N]`.
  static var usage: String { get }

  /// Runs the program. Equal arguments and files give equal numbers.
  ///
  /// - Parameters:
  ///   - arguments: What stands behind the name on the command line.
  ///   - put: Takes each line of the result: a JSON object, or a line of Markdown.
  /// - Throws: `ExperimentError` for arguments and files that cannot be used, `TrainingError` if training breaks down.
  static func run(_ arguments: [String], put: (String) -> Void) throws
}

/// The programs.
public enum Experiment {
  /// Every program.
  public static var all: [any ExperimentProgram.Type] {
    [RegularizedWords.self, Remembering.self, Pixels.self, Films.self, Structures.self]
  }

  /// The program of a name.
  public static func named(_ name: String) -> (any ExperimentProgram.Type)? { all.first { $0.name == name } }
}

/// Why an experiment cannot be run.
public struct ExperimentError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, what was expected, what to do.
  public let description: String

  init(_ description: String) { self.description = description }
}
