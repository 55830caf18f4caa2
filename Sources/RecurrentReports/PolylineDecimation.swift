/// Thins a line to what a picture of a given width can show.
package enum PolylineDecimation {
  /// Unbroken stretches of the points, with not-finite points as gaps between them. Where several points fall into one
  /// unit of `x`, the first, lowest, highest and last of them remain, so that no peak is lost.
  /// Positions `x` rise; both are in units of the picture.
  package static func runs(x: [Double], y: [Double]) -> [[(x: Double, y: Double)]] {
    precondition(x.count == y.count, "PolylineDecimation: expected \(x.count) heights, received \(y.count)")
    var runs: [[(x: Double, y: Double)]] = []
    var run: [(x: Double, y: Double)] = []
    var bucket: [(x: Double, y: Double)] = []
    func reduced(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
      guard points.count > 4 else { return points }
      let low = points.indices.min { points[$0].y < points[$1].y } ?? 0
      let high = points.indices.max { points[$0].y < points[$1].y } ?? 0
      return Set([0, low, high, points.count - 1]).sorted().map { points[$0] }
    }
    func endRun() {
      run += reduced(bucket)
      bucket = []
      if !run.isEmpty { runs.append(run) }
      run = []
    }
    for (x, y) in zip(x, y) {
      guard x.isFinite, y.isFinite else {
        endRun()
        continue
      }
      if let first = bucket.first, x.rounded(.down) != first.x.rounded(.down) {
        run += reduced(bucket)
        bucket = []
      }
      bucket.append((x, y))
    }
    endRun()
    return runs
  }

  /// Lower and upper edges of a band, thinned to the lowest and highest of each unit of `x`.
  package static func bands(
    x: [Double], lower: [Double], upper: [Double]
  ) -> [[(x: Double, lower: Double, upper: Double)]] {
    var runs: [[(x: Double, lower: Double, upper: Double)]] = []
    var run: [(x: Double, lower: Double, upper: Double)] = []
    for index in x.indices {
      guard x[index].isFinite, lower[index].isFinite, upper[index].isFinite else {
        if !run.isEmpty { runs.append(run) }
        run = []
        continue
      }
      if let last = run.last, run.count > 1, x[index].rounded(.down) == last.x.rounded(.down) {
        run[run.count - 1] = (last.x, min(last.lower, lower[index]), max(last.upper, upper[index]))
      } else {
        run.append((x[index], lower[index], upper[index]))
      }
    }
    if !run.isEmpty { runs.append(run) }
    return runs
  }
}
