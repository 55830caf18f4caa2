import Foundation

/// The next of some numbers by how often it followed the last ones: an n-gram, interpolated as Witten and Bell, "The
/// zero-frequency problem", 1991.
///
///     P_n(c | h) = (N(h c) + T(h) P_(n-1)(c | h')) / (N(h) + T(h))          P_0(c) = 1 / characters
///
/// h are the n - 1 numbers before c, h' those without the first; N counts, T(h) is how many different numbers followed h.
package struct CharacterNGram {
  private let order, characters: Int
  /// For each length of h, by the number that h or h c spells.
  private var follows: [[UInt64: Int]]
  private var totals: [[UInt64: (count: Int, kinds: Int)]]

  /// The counts of a text of numbers below `characters`, for n up to `order`, at least 1.
  package init(_ text: [Int], order: Int, characters: Int) {
    (self.order, self.characters) = (order, characters)
    follows = Array(repeating: [:], count: order)
    totals = Array(repeating: [:], count: order)
    for place in text.indices {
      for length in 0..<min(order, place + 1) {
        let history = spelt(text[place - length..<place])
        let whole = history &* UInt64(characters) &+ UInt64(text[place])
        let seen = follows[length][whole, default: 0]
        follows[length][whole] = seen + 1
        var total = totals[length][history] ?? (0, 0)
        total.count += 1
        if seen == 0 { total.kinds += 1 }
        totals[length][history] = total
      }
    }
  }

  /// The probability of a number after those before it.
  package func probability(of character: Int, after history: ArraySlice<Int>) -> Double {
    var probability = 1 / Double(characters)
    for length in 0..<min(order, history.count + 1) {
      let spelt = spelt(history.suffix(length))
      guard let total = totals[length][spelt] else { break }
      let count = follows[length][spelt &* UInt64(characters) &+ UInt64(character)] ?? 0
      probability = (Double(count) + Double(total.kinds) * probability) / Double(total.count + total.kinds)
    }
    return probability
  }

  /// The mean of -log₂ P over a text.
  package func bits(of text: [Int]) -> Double {
    let sum = text.indices.reduce(0) { sum, place in
      sum - log2(probability(of: text[place], after: text[max(0, place - order + 1)..<place]))
    }
    return sum / Double(text.count)
  }

  private func spelt(_ numbers: ArraySlice<Int>) -> UInt64 {
    numbers.reduce(0) { $0 &* UInt64(characters) &+ UInt64($1) }
  }
}
