import RecurrentTensor

/// How a search spends its training on candidates.
public enum SearchMethod: String, Hashable, Sendable, Codable, CaseIterable {
  /// Every candidate is trained in full (Bergstra and Bengio, 2012).
  case random
  /// All candidates are trained a little, the best third of them three times as long, and so on (successive halving;
  /// Jamieson and Talwalkar, 2016, with thirds as in Li et al., 2018). Training goes on where it stopped.
  case halving

  /// How many times fewer candidates a round of halving has than the one before, and how many times longer it trains.
  static let reduction = 3

  /// The rounds of a search among so many candidates: of n, halving has `⌊log₃ n⌋ + 1`, the last with full training.
  public func rounds(of count: Int) -> [SearchRound] {
    guard self == .halving else { return [SearchRound(number: 1, candidates: count, divisor: 1)] }
    var divisors = [1]
    while let last = divisors.last, last * Self.reduction <= count { divisors.append(last * Self.reduction) }
    return divisors.indices.map { index in
      SearchRound(
        number: index + 1, candidates: count / divisors[index], divisor: divisors[divisors.count - 1 - index])
    }
  }
}

/// A round of a search: so many candidates, each trained up to a share of its epochs.
public struct SearchRound: Hashable, Sendable, Codable {
  /// From 1.
  public let number: Int
  /// The candidates that take part: the best of the round before.
  public let candidates: Int
  /// Candidates are trained up to one part in this many of all their epochs.
  public let divisor: Int

  /// The epochs that a candidate may have had after this round, of so many in full training.
  public func epochs(of whole: Int) -> Int { max(1, (whole + divisor - 1) / divisor) }
}
