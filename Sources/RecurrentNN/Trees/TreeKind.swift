public import RecurrentTensor

/// A cell over trees that can be chosen by name and says where it comes from.
///
/// Such a cell is one source file, one test file, one function of the reference numbers and one row of ``TreeKind/all``.
public protocol NamedTreeCell: TreeCell {
  /// The cell's name, source and equations.
  static var about: CellDescription { get }

  /// A cell with fresh weights and its own defaults.
  ///
  /// - Parameters:
  ///   - inputSize: The features of a word.
  ///   - hiddenSize: The units of a node.
  ///   - random: The randomness of the start.
  /// - Returns: The cell.
  static func fresh(inputSize: Int, hiddenSize: Int, random: RandomSource) -> Self

  /// A number of scalars that a cell of these sizes has at least. Default: those of a matrix for words and one for two children.
  static func leastScalars(inputSize: Double, hiddenSize: Double) -> Double
}

extension NamedTreeCell {
  /// Those of a matrix for words and one for two children.
  public static func leastScalars(inputSize: Double, hiddenSize: Double) -> Double {
    hiddenSize * (inputSize + 2 * hiddenSize)
  }
}

/// A cell over trees that can be chosen by name: one row of the table `all`.
public struct TreeKind: Sendable, CustomStringConvertible {
  /// The name in options and files, the source and the equations.
  public let about: CellDescription
  /// The type of the cell.
  public let cell: any NamedTreeCell.Type

  /// The name in options and files: `tree-lstm`.
  public var name: String { about.name }
  /// The name.
  public var description: String { name }

  /// Every cell over trees that can be chosen by name.
  public static let all: [TreeKind] = [
    TreeKind(RecursiveCell.self),
    TreeKind(RecursiveTensorCell.self),
    TreeKind(ChildSumTreeLSTMCell.self),
    TreeKind(NaryTreeLSTMCell.self),
    TreeKind(DependencyTreeLSTMCell.self),
  ]

  /// The cell of this name, or nil.
  public init?(named name: String) {
    guard let kind = Self.all.first(where: { $0.name == name }) else { return nil }
    self = kind
  }

  private init<Cell: NamedTreeCell>(_: Cell.Type) { (about, cell) = (Cell.about, Cell.self) }

  /// A cell of this kind with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of a word.
  ///   - hiddenSize: The units of a node.
  ///   - random: The randomness of the start.
  /// - Returns: The cell.
  public func make(inputSize: Int, hiddenSize: Int, random: RandomSource) -> any NamedTreeCell {
    cell.fresh(inputSize: inputSize, hiddenSize: hiddenSize, random: random)
  }
}
