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
  ///   - put: Takes each line of the result, a JSON object.
  /// - Throws: `ExperimentError` for arguments and files that cannot be used, `TrainingError` if training breaks down.
  static func run(_ arguments: [String], put: (String) -> Void) throws
}

/// The programs.
public enum Experiment {
  /// Every program.
  public static var all: [any ExperimentProgram.Type] {
    [RegularizedWords.self, Remembering.self, Pixels.self, Structures.self]
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

/// The arguments of an experiment: files, then options with a value each.
struct ExperimentArguments {
  let files: [String]
  private let values: [String: String]

  /// - Throws: `ExperimentError` unless there are so many files, and of options none but these.
  init(_ arguments: [String], files count: Int, options: [String]) throws {
    var (files, values, rest) = ([String](), [String: String](), arguments[...])
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("--") else {
        files.append(argument)
        continue
      }
      guard options.contains(argument) else {
        throw ExperimentError("\(argument): expected one of \(options.joined(separator: ", "))")
      }
      guard let value = rest.popFirst() else { throw ExperimentError("\(argument): expected a value behind it") }
      values[argument] = value
    }
    guard files.count == count else { throw ExperimentError("expected \(count) files, received \(files.count)") }
    (self.files, self.values) = (files, values)
  }

  /// The value of an option; nil if it is not there.
  func text(_ option: String) -> String? { values[option] }

  /// The number of an option.
  ///
  /// - Throws: `ExperimentError` unless it lies in the range.
  func number(_ option: String, default fallback: Int, in range: ClosedRange<Int>) throws -> Int {
    guard let text = values[option] else { return fallback }
    guard let number = Int(text), range.contains(number) else {
      throw ExperimentError(
        "\(option): expected a whole number in \(range.lowerBound)...\(range.upperBound), received “\(text)”")
    }
    return number
  }

  /// The choice of an option; the first one if it is not there.
  ///
  /// - Throws: `ExperimentError` unless it is one of these.
  func choice(_ option: String, of choices: [String]) throws -> String {
    let text = values[option] ?? choices[0]
    guard choices.contains(text) else {
      throw ExperimentError("\(option): expected \(choices.joined(separator: " or ")), received “\(text)”")
    }
    return text
  }
}
