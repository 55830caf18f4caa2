import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport

/// Trees for tests.
enum SampleTrees {
  /// A single word, a pair, unary nodes, unequal heights, a comb.
  static let binary = [
    TreeShape(childCounts: [0, 0, 2, 0, 2]), .leaf, TreeShape(childCounts: [0, 1, 1, 0, 0, 2, 2]),
    TreeShape(childCounts: [0, 0, 2]), comb(6), TreeShape(childCounts: [0, 0, 0, 0, 2, 2, 2, 0, 2]),
  ]
  /// The same with nodes of more children.
  static let wide =
    binary + [TreeShape(childCounts: [0, 0, 0, 0, 0, 3, 0, 1, 0, 5]), TreeShape(childCounts: [0, 0, 0, 0, 4])]

  /// Trees whose nodes with children have words of their own: all, some, or none of them.
  static let headed = [
    TreeShape(childCounts: [0, 0, 2]), TreeShape(childCounts: [0, 0, 1, 2], heads: [2, 3]), .leaf,
    TreeShape(childCounts: [0, 1, 1, 0, 0, 3], heads: [1, 5]),
    TreeShape(childCounts: [0, 0, 0, 0, 2, 2, 2], heads: [5]),
  ]

  /// Trees that a cell takes.
  static func forest(for cell: some TreeCell) -> Forest { Forest(cell.childPlaces == nil ? wide : binary) }

  /// A tree that grows to the left: `(((a b) c) d)`.
  static func comb(_ leaves: Int) -> TreeShape {
    TreeShape(childCounts: [0] + (1..<leaves).flatMap { _ in [0, 2] })
  }

  /// A tree that grows to the right: `(a (b (c d)))`.
  static func rightComb(_ leaves: Int) -> TreeShape {
    TreeShape(childCounts: [Int](repeating: 0, count: leaves) + [Int](repeating: 2, count: leaves - 1))
  }

  /// Words for a forest.
  static func words(_ forest: Forest, size: Int, seed: UInt64 = 4) -> Tensor {
    var data = TestData(seed: seed)
    return data.tensor([forest.wordCount, size])
  }
}
