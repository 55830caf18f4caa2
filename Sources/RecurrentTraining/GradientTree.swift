public import RecurrentNN
import RecurrentTensor

/// The gradients of one update, gathered shard by shard in a fixed binary tree.
///
/// Shards 0 and 1 are added, 2 and 3, then those two sums, and so on; a place without a shard is passed over. A sum is thus
/// the same to the bit whoever computed which shard, in whatever order the shards come and trees are merged.
///
///     gradient = Σ weight(s) · gradient(s) / Σ weight(s)        over the shards s; the loss likewise
public struct GradientTree: Sendable {
  /// The sum over the shards `index << level ..< (index + 1) << level`; a single shard is not yet weighted.
  private struct Node: Sendable {
    var level: Int
    var index: Int
    var gradients: Gradients
    var loss: Double
    var weight: Double

    var firstShard: Int { index << level }

    mutating func applyWeight() {
      guard level == 0 else { return }
      gradients.scale(by: Scalar(weight))
      loss *= weight
    }

    /// Adds the neighbour to the right.
    mutating func add(_ right: consuming Node) {
      applyWeight()
      right.applyWeight()
      gradients.add(right.gradients)
      loss += right.loss
      weight += right.weight
      (level, index) = (max(level, right.level) + 1, index / 2)
    }
  }

  /// By position; no two of them are halves of one sum.
  private var nodes: [Node] = []

  /// A tree without a shard.
  public init() {}

  /// Whether there is no shard.
  public var isEmpty: Bool { nodes.isEmpty }

  /// The sums that are held: of n shards, in order, at most log2(n) + 1.
  package var sumCount: Int { nodes.count }

  /// Takes a shard.
  ///
  /// - Parameters:
  ///   - index: Its place among the shards of the update, from 0.
  ///   - gradients: The gradients of its mean loss.
  ///   - loss: Its mean loss.
  ///   - weight: What it counts, above 0: its number of samples.
  public mutating func add(shard index: Int, gradients: consuming Gradients, loss: Double, weight: Double) {
    insert(Node(level: 0, index: index, gradients: gradients, loss: loss, weight: weight))
  }

  /// Takes all shards of another tree, which are others than those of this one.
  public mutating func merge(_ other: GradientTree) {
    for node in other.nodes { insert(node) }
  }

  private mutating func insert(_ node: consuming Node) {
    var node = node
    while let sibling = nodes.firstIndex(where: { $0.level == node.level && $0.index == node.index ^ 1 }) {
      var left = nodes.remove(at: sibling)
      if left.index > node.index { swap(&left, &node) }
      left.add(node)
      node = left
    }
    require(!nodes.contains { $0.firstShard == node.firstShard }, TrainingMessages.repeatedShard(node.firstShard))
    nodes.insert(node, at: nodes.firstIndex { $0.firstShard > node.firstShard } ?? nodes.count)
  }

  /// The weighted mean over all shards, and their weight; of a single shard exactly what it gave. Empties the tree.
  mutating func takeMean() -> (gradients: Gradients, loss: Double, weight: Double)? {
    guard var sum = nodes.popLast() else { return nil }
    guard sum.level > 0 || !nodes.isEmpty else { return (sum.gradients, sum.loss, sum.weight) }
    while var left = nodes.popLast() {
      left.add(sum)
      sum = left
    }
    sum.gradients.scale(by: Scalar(1 / sum.weight))
    return (sum.gradients, sum.loss / sum.weight, sum.weight)
  }
}
