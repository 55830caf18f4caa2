public import Recurrent

/// What a program puts out: lines as it goes, pictures, and claims that hold or do not.
public struct ExamplePage {
  /// A statement with its number.
  public struct Claim: Sendable {
    /// What is claimed: `accuracy on fresh pulses`.
    public let what: String
    /// What is asked: `at least 0.99`.
    public let asked: String
    /// What was seen: `0.9975`.
    public let seen: String
    /// Whether it is as claimed.
    public let holds: Bool
  }

  /// The claims so far.
  public private(set) var claims: [Claim] = []
  /// The pictures so far, with their file names.
  public private(set) var pictures: [(name: String, chart: any Chart)] = []
  private let isTracing: Bool
  private let onLine: (String) -> Void

  /// - Parameters:
  ///   - isTracing: Whether lines that go into every step are said too.
  ///   - onLine: Told each line as it is said.
  public init(isTracing: Bool = false, onLine: @escaping (String) -> Void = { _ in }) {
    self.isTracing = isTracing
    self.onLine = onLine
  }

  /// Says a line.
  public func say(_ line: String = "") { onLine(line) }

  /// Says a line about a single step, if the page traces.
  public func trace(_ line: @autoclosure () -> String) {
    if isTracing { onLine(line()) }
  }

  /// Shows a picture, written as `NAME.svg` where pictures are wanted.
  public mutating func show(_ chart: any Chart, as name: String) {
    pictures.append((name, chart))
  }

  /// Claims that a number is at least so much.
  public mutating func claim(_ what: String, _ seen: Double, atLeast bound: Double) {
    claim(
      what, asked: "at least \(NumberText.short(bound))",
      seen: NumberText.short(seen), holds: seen >= bound)
  }

  /// Claims that a number is at most so much.
  public mutating func claim(_ what: String, _ seen: Double, atMost bound: Double) {
    claim(
      what, asked: "at most \(NumberText.short(bound))",
      seen: NumberText.short(seen), holds: seen <= bound)
  }

  /// Claims what is neither a least nor a most.
  public mutating func claim(_ what: String, asked: String, seen: String, holds: Bool) {
    claims.append(Claim(what: what, asked: asked, seen: seen, holds: holds))
    onLine("\(holds ? "holds " : "FAILS ") \(what): \(seen) (asked: \(asked))")
  }
}
