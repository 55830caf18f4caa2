public import RecurrentTensor

/// A cell that can be chosen by name and says where it comes from.
///
/// Such a cell is one source file, one test file, one function of the reference numbers and one row of
/// ``RecurrentKind/all``; options, model folders, tests, the table of structures and benchmarks follow from the row.
public protocol NamedCell: RecurrentCell {
  /// The cell's name, source and equations.
  static var about: CellDescription { get }

  /// A cell with fresh weights and its own defaults.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input; 0 for none.
  ///   - hiddenSize: The units of the state.
  ///   - random: The randomness of the start.
  /// - Returns: The cell.
  static func fresh(inputSize: Int, hiddenSize: Int, random: RandomSource) -> Self

  /// The place of what carries the past among the tensors of the state, which a start given from outside sets. Default:
  /// 0, the hidden state.
  static var carrier: Int { get }

  /// A state that carries what was given from outside. Default: the tensor at `carrier` is it.
  ///
  /// - Parameters:
  ///   - hidden: `[batch, hidden]`.
  ///   - state: The cell's own start.
  /// - Returns: The state before the first step.
  func starting(at hidden: Tensor, from state: State) -> State
}

extension NamedCell {
  /// The hidden state.
  public static var carrier: Int { 0 }

  /// The state with the tensor at `carrier` replaced.
  public func starting(at hidden: Tensor, from state: State) -> State {
    var place = -1
    return state.mapTensors { tensor in
      place += 1
      return place == Self.carrier ? hidden : tensor
    }
  }
}

/// What people want to know of a cell before they choose it.
public struct CellDescription: Hashable, Sendable {
  /// The name in options and files: `lstm`.
  public let name: String
  /// What the literature calls it.
  public let title: String
  /// Who described it, and in which year.
  public let source: String
  /// What a step computes, one equation a line. x is the input, h the hidden state, σ the logistic function, ⊙ the
  /// product unit by unit, ' what holds after the step.
  public let equations: String

  /// A description of these parts.
  public init(name: String, title: String, source: String, equations: String) {
    (self.name, self.title, self.source, self.equations) = (name, title, source, equations)
  }
}
