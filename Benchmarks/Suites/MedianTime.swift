/// How long a unit of work takes: the median of repeated runs, as it is taken of every framework.
///
/// Two runs go before. Then it is run at least 3 times, and at most 500 times as long as the seconds last.
package struct MedianTime {
  package static let warmUps = 2
  package static let leastRuns = 3
  package static let mostRuns = 500

  private let clock = ContinuousClock()
  private let limit: Duration
  private var warmUpsLeft = Self.warmUps
  private var begun: ContinuousClock.Instant
  private var lapBegun: ContinuousClock.Instant
  private var runs: [Duration] = []

  package init(seconds: Double) {
    limit = .seconds(seconds)
    (begun, lapBegun) = (clock.now, clock.now)
  }

  /// Times work that can be called and consists of `units` equal units.
  package static func of(seconds: Double, units: Int = 1, _ work: () throws -> Void) rethrows -> BenchmarkTime {
    var timer = MedianTime(seconds: seconds)
    while !timer.isDone {
      let before = timer.clock.now
      try work()
      timer.add(timer.clock.now - before)
    }
    return timer.result(units: units)
  }

  /// Begins the first run of work that cannot be called; `lap` ends it and begins the next one.
  package mutating func start() { lapBegun = clock.now }

  /// Takes the time since the run before.
  package mutating func lap() {
    let now = clock.now
    add(now - lapBegun)
    lapBegun = now
  }

  /// Takes the duration of one run.
  package mutating func add(_ run: Duration) {
    guard warmUpsLeft == 0 else {
      warmUpsLeft -= 1
      begun = clock.now
      return
    }
    runs.append(run)
  }

  /// Whether there are enough runs.
  package var isDone: Bool {
    runs.count >= Self.mostRuns || (runs.count >= Self.leastRuns && clock.now - begun >= limit)
  }

  /// The time of one of the `units` that each run consisted of.
  package func result(units: Int) -> BenchmarkTime {
    let sorted = runs.map { $0 / .milliseconds(units) }.sorted()
    let middle = sorted.count / 2
    let median = sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    return BenchmarkTime(milliseconds: median, range: sorted[0]...sorted[sorted.count - 1], runs: sorted.count)
  }
}
