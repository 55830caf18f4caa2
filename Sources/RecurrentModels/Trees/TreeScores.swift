/// How well classes of trees are found.
public struct TreeScores: Codable, Sendable, Equatable {
  /// The share of trees whose root is given its class.
  public let accuracy: Double
  /// The share of trees whose root is rightly called negative or positive, by the sum of the probabilities of classes below
  /// and above the neutral one; trees with a neutral root are left out. nil where labels have no middle.
  public let binaryAccuracy: Double?
  /// The share of all nodes that are given their class; nil of what judges roots alone.
  public let nodeAccuracy: Double?
  /// The trees, and those whose root is not neutral.
  public let trees: Int
  /// Those whose root is not neutral; nil where labels have no middle.
  public let binaryTrees: Int?

  /// - Parameters:
  ///   - probabilities: Of each tree, those of the classes of its root; they need not sum to 1.
  ///   - classes: The true class of each root.
  ///   - neutral: The class in the middle, if there is one.
  ///   - nodeAccuracy: The share of all nodes that are given their class.
  package init(probabilities: [[Double]], classes: [Int], neutral: Int?, nodeAccuracy: Double? = nil) {
    trees = classes.count
    let right = zip(probabilities, classes).count { Self.largest($0) == $1 }
    accuracy = Double(right) / Double(max(1, trees))
    self.nodeAccuracy = nodeAccuracy
    guard let neutral else {
      (binaryAccuracy, binaryTrees) = (nil, nil)
      return
    }
    let polar = zip(probabilities, classes).filter { $1 != neutral }
    let rightly = polar.count { probabilities, truth in
      let (below, above) = (probabilities[..<neutral].reduce(0, +), probabilities[(neutral + 1)...].reduce(0, +))
      return truth < neutral ? below > above : above > below
    }
    binaryTrees = polar.count
    binaryAccuracy = polar.isEmpty ? nil : Double(rightly) / Double(polar.count)
  }

  /// The first of the largest numbers.
  private static func largest(_ numbers: [Double]) -> Int {
    numbers.indices.reduce(0) { numbers[$1] > numbers[$0] ? $1 : $0 }
  }
}
