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

  /// A number of scalars that no fresh cell of these sizes goes beyond, so that nobody makes one larger than the memory.
  /// Default: 16 for each pair of a unit with another or a feature.
  static func mostScalars(inputSize: Double, hiddenSize: Double) -> Double

  /// A number of scalars that the state of one row never goes beyond. Default: 8 for each unit.
  static func mostStateScalars(hiddenSize: Double) -> Double

  /// The multiply-adds that a fresh start takes beside drawing each number. Default: none.
  static func startMultiplyAdds(hiddenSize: Double) -> Double

  /// The place of what carries the past among the tensors of the state, which a start given from outside sets. Default:
  /// 0, the hidden state.
  static var carrier: Int { get }
}

extension NamedCell {
  /// 16 for each pair of a unit with another or a feature.
  public static func mostScalars(inputSize: Double, hiddenSize: Double) -> Double {
    16 * hiddenSize * (inputSize + hiddenSize + 4)
  }

  /// 8 for each unit.
  public static func mostStateScalars(hiddenSize: Double) -> Double { 8 * hiddenSize }

  /// None.
  public static func startMultiplyAdds(hiddenSize: Double) -> Double { 0 }

  /// The hidden state.
  public static var carrier: Int { 0 }

  /// The state with the tensor at `carrier` replaced.
  public func starting(at hidden: Tensor, from state: State) -> State {
    state.replacing(at: Self.carrier, by: hidden)
  }
}

extension NamedCell where Self: PointwiseCell {
  /// Those of the gates, with biases, and of single units.
  public static func mostScalars(inputSize: Double, hiddenSize: Double) -> Double {
    let inputs = Double(equations.inputGates) * (inputSize * Double(equations.inputSteps) + 1)
    let states = Double(equations.recurrentGates) * (hiddenSize * Double(max(1, equations.operands.count)) + 1)
    return hiddenSize * (inputs + states + Double(equations.unitWeights.count))
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
