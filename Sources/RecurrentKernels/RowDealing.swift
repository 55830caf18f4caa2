/// Rows of different lengths for groups of threads that each walk over the steps of their own rows.
package enum RowDealing {
  /// Deals rows to groups.
  ///
  /// Many rows are dealt in turn, there and back, the longest first, so that every group has about as many at every step. Of
  /// a few, a step takes little longer for three rows than for one, as the recurrent weights come from the second cache
  /// either way; so long rows had better run together. Each group then takes the longest rows that fit within a time, and
  /// the least time is taken in which all rows find a place.
  ///
  /// - Parameters:
  ///   - lengths: The steps of each row.
  ///   - groups: The groups, at least 1.
  ///   - readsWeights: Whether every step reads recurrent weights from beyond the nearest cache.
  /// - Returns: The rows of each group, the longest first.
  package static func deal(_ lengths: [Int], among groups: Int, readsWeights: Bool = true) -> [[Int]] {
    let order = lengths.indices.sorted { (lengths[$0], $1) > (lengths[$1], $0) }
    guard groups > 1, readsWeights, order.count <= fewRows * groups else { return inTurn(order, groups) }
    var (least, most) = (0, order.enumerated().reduce(0) { $0 + added(lengths[$1.element], to: $1.offset) })
    while least < most {
      let middle = (least + most) / 2
      if packed(order, lengths, groups, within: middle) == nil { least = middle + 1 } else { most = middle }
    }
    return packed(order, lengths, groups, within: least)!
  }

  /// Rows of a group beyond which a step takes as long as its rows, whatever the weights take.
  private static let fewRows = 8

  /// What a row adds to the time of a group that runs so many longer ones: the weights of a step take as long to come as the
  /// products of 8/3 rows, and the functions of a row half as long as its products.
  private static func added(_ length: Int, to rows: Int) -> Int {
    func time(_ rows: Int) -> Int { rows == 0 ? 0 : max(6 * rows, 16) + 3 * rows }
    return length * (time(rows + 1) - time(rows))
  }

  /// Each row in the first group that it fits in; nil if it fits in none.
  private static func packed(_ order: [Int], _ lengths: [Int], _ groups: Int, within most: Int) -> [[Int]]? {
    var (rows, times) = ([[Int]](repeating: [], count: groups), [Int](repeating: 0, count: groups))
    for row in order {
      let place = rows.indices.first { times[$0] + added(lengths[row], to: rows[$0].count) <= most }
      guard let place else { return nil }
      times[place] += added(lengths[row], to: rows[place].count)
      rows[place].append(row)
    }
    return rows
  }

  private static func inTurn(_ order: [Int], _ groups: Int) -> [[Int]] {
    (0..<groups).map { group in
      stride(from: 0, to: order.count, by: groups).enumerated().compactMap { turn, first in
        let place = first + (turn.isMultiple(of: 2) ? group : groups - 1 - group)
        return place < order.count ? order[place] : nil
      }
    }
  }
}
