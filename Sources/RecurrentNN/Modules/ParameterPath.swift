package import RecurrentTensor

/// Where a visitor is: the names of the parts it has entered, and the suffixes begun.
///
/// A visitor that wants dotted paths keeps one and hands the scope calls on to it.
public struct ParameterPath: Sendable {
  private var scopes: [String] = []
  private var suffixes: [String] = []

  /// At the top of a module.
  public init() {}

  /// Goes into a part.
  public mutating func enter(_ name: String) { scopes.append(name) }

  /// Comes back from the part entered last.
  public mutating func leave() { scopes.removeLast() }

  /// Begins a suffix of all names that follow.
  public mutating func beginSuffix(_ suffix: String) { suffixes.append(suffix) }

  /// Ends the suffix begun last.
  public mutating func endSuffix() { suffixes.removeLast() }

  /// The dotted path of a tensor of this name at this place, as `encoder.weight_ih_l0_reverse`.
  public func path(of name: String) -> String {
    var path = ""
    for scope in scopes {
      path += scope
      path += "."
    }
    path += name
    for suffix in suffixes { path += suffix }
    return path
  }
}

/// A visitor that knows the dotted path of every tensor.
package protocol PathVisitor: ParameterVisitor {
  var path: ParameterPath { get set }
  mutating func visit(_ tensor: inout Tensor, at path: String, _ kind: ParameterKind)
}

extension PathVisitor {
  package mutating func visit(_ tensor: inout Tensor, _ name: String, _ kind: ParameterKind) {
    visit(&tensor, at: path.path(of: name), kind)
  }
  package mutating func enter(_ name: String) { path.enter(name) }
  package mutating func leave() { path.leave() }
  package mutating func beginSuffix(_ suffix: String) { path.beginSuffix(suffix) }
  package mutating func endSuffix() { path.endSuffix() }
}
