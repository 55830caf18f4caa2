package import RecurrentTensor

/// Random numbers for several quantities that hang together as the quantities once did: the Schaake shuffle (Clark et al.
/// 2004, "The Schaake shuffle: a method for reconstructing space-time variability in forecasted precipitation and
/// temperature fields").
///
/// Of `n` draws of every quantity, the one of rank `r` goes to the path whose example has rank `r` among `n` examples. So
/// each quantity keeps its distribution, and the order of the draws from quantity to quantity is that of the examples.
package enum SchaakeShuffle {
  /// Probabilities at which to take the quantiles of each quantity.
  ///
  /// They are spread evenly: of `n` draws one lies in each `n`th of 0...1. With more draws than examples, examples come
  /// again, with draws of their own.
  ///
  /// - Parameters:
  ///   - examples: Past values, `[example][quantity]`; at least one.
  ///   - count: How many draws.
  ///   - random: Where they come from.
  /// - Returns: `[draw][quantity]`, each between 0 and 1.
  package static func probabilities(like examples: [[Double]], count: Int, random: RandomSource) -> [[Double]] {
    let rounds = (count + examples.count - 1) / examples.count
    var draws: [[Double]] = []
    for round in 0..<rounds {
      // Rounds of equal size, so that the last does not stand on a few examples.
      let size = count * (round + 1) / rounds - count * round / rounds
      let source = random.stream(round)
      let chosen = source.stream("examples").permutation(examples.count).prefix(size).map { examples[$0] }
      draws += probabilities(of: chosen, source.stream("places"))
    }
    return draws
  }

  private static func probabilities(of chosen: [[Double]], _ places: RandomSource) -> [[Double]] {
    var draws = chosen
    for quantity in chosen[0].indices {
      // Equal examples keep the random order in which they were chosen.
      let order = chosen.indices.sorted { (chosen[$0][quantity], $0) < (chosen[$1][quantity], $1) }
      for (rank, draw) in order.enumerated() {
        let place = Double(places.uniform(at: quantity * chosen.count + rank))
        draws[draw][quantity] = (Double(rank) + min(max(place, 1e-6), 1 - 1e-6)) / Double(chosen.count)
      }
    }
    return draws
  }
}
