/// Rows of different lengths for groups of threads that each walk over the steps of their own rows.
package enum RowDealing {
  /// Deals rows in turn, there and back, the longest first, so that every group has about as many at every step.
  ///
  /// - Parameters:
  ///   - lengths: The steps of each row.
  ///   - groups: The groups, at least 1.
  /// - Returns: The rows of each group, the longest first.
  package static func inTurn(_ lengths: [Int], among groups: Int) -> [[Int]] {
    let order = longestFirst(lengths)
    return (0..<groups).map { group in
      stride(from: 0, to: order.count, by: groups).enumerated().compactMap { turn, first in
        let place = first + (turn.isMultiple(of: 2) ? group : groups - 1 - group)
        return place < order.count ? order[place] : nil
      }
    }
  }

  /// Deals rows whose every step reads recurrent weights from beyond the nearest cache.
  ///
  /// Many rows are dealt in turn. Of a few, a step takes little longer for three rows than for one, as the weights come from
  /// the second cache either way; so long rows had better run together. Each group then takes the longest rows that fit
  /// within a time, and the least time is taken in which all rows find a place.
  ///
  /// - Parameters:
  ///   - lengths: The steps of each row.
  ///   - groups: The groups, at least 1.
  /// - Returns: The rows of each group, the longest first.
  package static func together(_ lengths: [Int], among groups: Int) -> [[Int]] {
    guard groups > 1, lengths.count <= fewRows * groups else { return inTurn(lengths, among: groups) }
    let order = longestFirst(lengths)
    var (places, counts, times) = (
      [Int](repeating: 0, count: order.count), [Int](repeating: 0, count: groups), [Int](repeating: 0, count: groups)
    )
    /// Puts each row into the first group that it fits in.
    func fits(within most: Int) -> Bool {
      for group in 0..<groups { (counts[group], times[group]) = (0, 0) }
      for (index, row) in order.enumerated() {
        var group = 0
        while group < groups, times[group] + added(lengths[row], to: counts[group]) > most { group += 1 }
        guard group < groups else { return false }
        times[group] += added(lengths[row], to: counts[group])
        counts[group] += 1
        places[index] = group
      }
      return true
    }
    var (least, most) = (0, order.enumerated().reduce(0) { $0 + added(lengths[$1.element], to: $1.offset) })
    while least < most {
      let middle = (least + most) / 2
      if fits(within: middle) { most = middle } else { least = middle + 1 }
    }
    _ = fits(within: least)
    return (0..<groups).map { group in order.indices.compactMap { places[$0] == group ? order[$0] : nil } }
  }

  /// Rows of a group beyond which a step takes as long as its rows, whatever the weights take.
  private static let fewRows = 8

  /// What a row adds to the time of a group that runs so many longer ones: the weights of a step take as long to come as the
  /// products of 8/3 rows, and the functions of a row half as long as its products.
  private static func added(_ length: Int, to rows: Int) -> Int {
    func time(_ rows: Int) -> Int { rows == 0 ? 0 : max(6 * rows, 16) + 3 * rows }
    return length * (time(rows + 1) - time(rows))
  }

  private static func longestFirst(_ lengths: [Int]) -> [Int] {
    lengths.indices.sorted { (lengths[$0], $1) > (lengths[$1], $0) }
  }
}
