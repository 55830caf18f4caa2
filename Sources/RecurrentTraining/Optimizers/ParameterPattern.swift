import RecurrentNN

/// A pattern of dotted paths: a whole path, the name of a part for all below it, or either with `*` for any characters.
package struct ParameterPattern {
  let text: String

  package init(_ text: String) { self.text = text }

  /// Whether the pattern is the path or a part that it lies in.
  package func matches(_ path: String) -> Bool {
    Self.matches(Substring(text).utf8, Substring(path).utf8)
  }

  /// The places in a layout of the trained tensors with matching paths: at least one.
  func indices(in layout: ParameterLayout) throws(ParameterPatternError) -> [Int] {
    let found = layout.parameterIndices.filter { matches(layout.entries[$0].path) }
    guard !found.isEmpty else {
      let paths = layout.parameterIndices.map { layout.entries[$0].path }
      throw ParameterPatternError(pattern: text, problem: .unknown, paths: paths)
    }
    return found
  }

  private static func matches(_ pattern: Substring.UTF8View, _ path: Substring.UTF8View) -> Bool {
    guard let sign = pattern.first else { return path.isEmpty || path.first == UInt8(ascii: ".") }
    if sign == UInt8(ascii: "*") {
      return matches(pattern.dropFirst(), path) || (!path.isEmpty && matches(pattern, path.dropFirst()))
    }
    return path.first == sign && matches(pattern.dropFirst(), path.dropFirst())
  }
}

/// Why a pattern of parameter paths cannot be used.
public struct ParameterPatternError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong with a pattern.
  public enum Problem: Hashable, Sendable {
    /// It matches no trained parameter.
    case unknown
    /// Every parameter that it matches belongs to an earlier group.
    case taken
  }

  /// The pattern.
  public let pattern: String
  /// What is wrong with it.
  public let problem: Problem
  /// The paths of the model's trained parameters, where the pattern matches none of them.
  public let paths: [String]

  package init(pattern: String, problem: Problem, paths: [String]) {
    self.pattern = pattern
    self.problem = problem
    self.paths = paths
  }

  /// The text for a person: what is wrong, what there is, what to do.
  public var description: String {
    switch problem {
    case .unknown:
      let shown = paths.prefix(20).joined(separator: ", ") + (paths.count > 20 ? " and \(paths.count - 20) more" : "")
      return """
        parameter pattern “\(pattern)”: expected to match a trained parameter, received none; the model has \(shown); \
        write a path, the name of a part for all below it, or * for any characters
        """
    case .taken:
      return """
        parameter pattern “\(pattern)”: every parameter it matches belongs to an earlier group; \
        put the narrower pattern first or take one of the groups away
        """
    }
  }
}
