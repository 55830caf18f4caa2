import RecurrentTraining

/// The seconds that a fitting has taken, also in the programs that it continues.
final class TrainingClock {
  private let start = ContinuousClock.now
  private var before = 0.0
  /// Seconds of earlier training that count already, and will be told of again by the networks that go on.
  private var known = 0.0

  /// All seconds so far.
  var total: Double { before + (ContinuousClock.now - start).asSeconds }

  /// Counts what an earlier program took.
  func add(_ seconds: Double) {
    let again = min(known, max(0, seconds))
    known -= again
    before += max(0, seconds) - again
  }

  /// Begins a round of networks of which so many seconds count already.
  func begin(known seconds: Double) { known = seconds }
}
