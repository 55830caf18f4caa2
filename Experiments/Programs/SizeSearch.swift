/// Finds how large a network may be.
enum SizeSearch {
  /// The largest whole number whose count is below a limit; 0 if that of 1 is not.
  ///
  /// - Parameters:
  ///   - limit: The limit.
  ///   - count: What grows without end with its argument, which is at least 1.
  /// - Returns: The number, found by doubling and halving.
  static func largest(below limit: Int, _ count: (Int) -> Int) -> Int {
    var (below, above) = (0, 1)
    while count(above) < limit { (below, above) = (above, 2 * above) }
    while above - below > 1 {
      let middle = (below + above) / 2
      if count(middle) < limit { below = middle } else { above = middle }
    }
    return below
  }
}
