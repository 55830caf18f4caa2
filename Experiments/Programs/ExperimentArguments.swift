import Recurrent

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

  /// The cell of `--cell`.
  ///
  /// - Throws: `ExperimentError` unless there is one of this name.
  func cell(default fallback: String) throws -> RecurrentKind {
    let name = values["--cell"] ?? fallback
    guard let kind = RecurrentKind(named: name) else {
      throw ExperimentError(
        "--cell: expected one of \(RecurrentKind.all.map(\.name).joined(separator: ", ")), received “\(name)”")
    }
    return kind
  }

  /// The steps of `--memory`: the longest time that units start remembering for; nil for the cell's own start.
  ///
  /// - Throws: `ExperimentError` for a single step, and for a cell whose units have no such start.
  func memory(of kind: RecurrentKind) throws -> Int? {
    let steps = try number("--memory", default: 0, in: 0...100_000)
    guard steps == 0 || (steps >= 2 && kind.cell is any RememberingCell.Type) else {
      throw ExperimentError(
        "--memory: expected 2 steps or more, and a cell whose units have such a start, received \(steps) for \(kind.name)"
      )
    }
    return steps == 0 ? nil : steps
  }
}
