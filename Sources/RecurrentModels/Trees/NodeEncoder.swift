package import RecurrentNN
package import RecurrentTensor

/// What makes a vector of each node of some trees.
package protocol NodeEncoder: Module {
  /// The features of a node.
  var outputSize: Int { get }

  /// The children that a node may have; nil for any number.
  var mostChildren: Int? { get }

  /// Whether nodes with children may have words of their own.
  var takesHeads: Bool { get }

  /// The vectors of all nodes, tree by tree.
  ///
  /// - Parameters:
  ///   - words: `[words, size]`, tree by tree.
  ///   - forest: The trees.
  /// - Returns: `[nodes, outputSize]`.
  func nodes(_ words: Tensor, of forest: Forest) -> Tensor
}

/// Nodes by a cell over trees.
struct TreeNodeEncoder: NodeEncoder {
  var cell: any NamedTreeCell

  var outputSize: Int { cell.outputSize }
  var mostChildren: Int? { cell.childPlaces }
  var takesHeads: Bool { type(of: cell).takesHeads }

  func nodes(_ words: Tensor, of forest: Forest) -> Tensor { cell(words, of: forest) }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) { cell.visitParameters(&visitor) }
}

/// A way to make vectors of nodes that can be chosen by name: one row of the table `all`.
public struct NodeEncoderKind: Sendable {
  /// The name in options and files.
  public let name: String
  /// What it is, in words.
  public let title: String
  /// Makes one for words of a size, with so many units.
  package let make: @Sendable (_ wordSize: Int, _ hiddenSize: Int, _ random: RandomSource) -> any NodeEncoder
  /// A number of scalars that one of these sizes has at least.
  let leastScalars: @Sendable (_ wordSize: Double, _ hiddenSize: Double) -> Double

  /// Every way: the cells over trees, and sequences beside them.
  public static let all: [NodeEncoderKind] =
    TreeKind.all.map { kind in
      NodeEncoderKind(
        name: kind.name, title: kind.about.title,
        leastScalars: { kind.cell.leastScalars(inputSize: $0, hiddenSize: $1) }
      ) { wordSize, hiddenSize, random in
        TreeNodeEncoder(cell: kind.make(inputSize: wordSize, hiddenSize: hiddenSize, random: random))
      }
    } + [
      NodeEncoderKind(
        name: "span-lstm", title: "Bidirectional LSTM over the words of each node, without the tree",
        leastScalars: { 8 * $1 * ($0 + $1) }
      ) { SpanNodeEncoder(wordSize: $0, hiddenSize: $1, random: $2) }
    ]

  /// The way of this name, or nil.
  public init?(named name: String) {
    guard let kind = Self.all.first(where: { $0.name == name }) else { return nil }
    self = kind
  }

  private init(
    name: String, title: String, leastScalars: @escaping @Sendable (Double, Double) -> Double,
    make: @escaping @Sendable (Int, Int, RandomSource) -> any NodeEncoder
  ) {
    (self.name, self.title, self.leastScalars, self.make) = (name, title, leastScalars, make)
  }
}
