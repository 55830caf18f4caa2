/// Finds the name a user most likely meant.
package enum NearestName {
  /// The closest of `candidates`, or `nil` if none is close: at most one slip of the finger per three letters, or a
  /// beginning of at least three letters that only one candidate has.
  package static func find(_ name: String, among candidates: [String]) -> String? {
    let lowered = name.lowercased()
    let ranked = candidates.map { (name: $0, distance: distance(lowered, $0.lowercased())) }
    if let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= max(1, name.count / 3) {
      return best.name
    }
    let beginnings = candidates.filter { $0.lowercased().hasPrefix(lowered) }
    return lowered.count >= 3 && beginnings.count == 1 ? beginnings[0] : nil
  }

  /// The number of insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
  package static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
