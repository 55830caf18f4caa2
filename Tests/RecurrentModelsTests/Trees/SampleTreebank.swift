import RecurrentData
import RecurrentTestSupport

/// Made-up sentences whose classes follow from their words: a word is bad, dull, plain, nice or good, `not` in front turns
/// it about, and a pair is what its better half says, or the worse one with `but`.
enum SampleTreebank {
  private static let words = [
    ["awful", "bad"], ["dull", "slow"], ["a", "the", "film"], ["nice", "warm"], ["great", "Good"],
  ]

  static func bank(_ count: Int, seed: UInt64, name: String = "trees.txt") -> Treebank {
    try! Treebank(bytes: Array(text(count, seed: seed).utf8), named: name)
  }

  static func text(_ count: Int, seed: UInt64) -> String {
    var data = TestData(seed: seed)
    return (0..<count).map { _ in sentence(&data, depth: 1 + data.integer(below: 4)).text + "\n" }.joined()
  }

  private static func sentence(_ data: inout TestData, depth: Int) -> (text: String, label: Int) {
    if depth == 0 || data.integer(below: 5) == 0 {
      let label = data.integer(below: 5)
      let word = words[label][data.integer(below: words[label].count)]
      return ("(\(label) \(word))", label)
    }
    if data.integer(below: 4) == 0 {
      let inner = sentence(&data, depth: depth - 1)
      return ("(\(4 - inner.label) (2 not) \(inner.text))", 4 - inner.label)
    }
    let (left, right) = (sentence(&data, depth: depth - 1), sentence(&data, depth: depth - 1))
    let label = abs(left.label - 2) > abs(right.label - 2) ? left.label : right.label
    return ("(\(label) \(left.text) \(right.text))", label)
  }
}
