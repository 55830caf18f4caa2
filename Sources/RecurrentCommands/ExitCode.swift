/// How the program ends: the number a shell sees.
public enum ExitCode: Int32, Sendable, CaseIterable {
  case done = 0
  case requirementNotMet = 1
  case trainingStopped = 3
  case usage = 64
  case badData = 65
  case noInput = 66
  case internalError = 70
  case wouldOverwrite = 73
  case inputOutput = 74
  case interrupted = 130

  /// What the code means, for the help page.
  public var meaning: String {
    switch self {
    case .done: "done"
    case .requirementNotMet: "a --require is not met"
    case .trainingStopped: "training stopped: a loss or gradient was not finite"
    case .usage: "the command line is wrong"
    case .badData: "the data or a model file is damaged or unsuitable"
    case .noInput: "an input file does not exist or cannot be opened"
    case .internalError: "a mistake in this program"
    case .wouldOverwrite: "something exists already; --overwrite replaces it"
    case .inputOutput: "reading or writing failed"
    case .interrupted: "interrupted with Ctrl-C"
    }
  }
}
