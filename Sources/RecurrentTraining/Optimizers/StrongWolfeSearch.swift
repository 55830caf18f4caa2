import RecurrentNN

/// A place on the line that is searched.
struct SearchPoint {
  /// The distance from the start in units of the direction.
  var length: Double
  var loss: Double
  /// The slope of the loss along the direction.
  var slope: Double
  var gradients: Gradients

  /// Whether one can go on from here.
  var isFinite: Bool { loss.isFinite && gradients.sumOfMagnitudes.isFinite }
}

/// The search for a step length that fulfils the strong Wolfe conditions, as in PyTorch:
///
///     f(t) ≤ f(0) + c1 · t · f'(0)        the loss falls enough
///     |f'(t)| ≤ c2 · |f'(0)|              the slope has become flat enough
///
/// First the interval is found in which such a t lies, then it is narrowed by cubic interpolation.
struct StrongWolfeSearch {
  let start: SearchPoint
  let length: Double
  /// The largest part of the direction.
  let largestDirection: Double
  let changeTolerance: Double
  let mostEvaluations: Int
  private(set) var evaluations = 0

  private static let sufficientFall = 1e-4
  private static let flatness = 0.9

  init(
    start: SearchPoint, length: Double, largestDirection: Double, changeTolerance: Double, mostEvaluations: Int
  ) {
    self.start = start
    self.length = length
    self.largestDirection = largestDirection
    self.changeTolerance = changeTolerance
    self.mostEvaluations = mostEvaluations
  }

  /// The place found; the best of those seen where none fulfils both conditions.
  mutating func run<Failure: Error>(
    _ evaluate: (Double) throws(Failure) -> SearchPoint
  ) throws(Failure) -> SearchPoint {
    var (before, point) = (start, try trial(length, evaluate))
    var trials = 0
    var interval: (SearchPoint, SearchPoint)?
    while trials < mostEvaluations, interval == nil {
      if !falls(point) || (trials > 1 && point.loss >= before.loss) {
        interval = (before, point)
      } else if isFlat(point) {
        return point
      } else if point.slope >= 0 {
        interval = (before, point)
      } else {
        let bounds = (point.length + 0.01 * (point.length - before.length))...(point.length * 10)
        let next = Self.cubicMinimum(before, point, within: bounds)
        (before, point) = (point, try trial(next, evaluate))
        trials += 1
      }
    }
    return try narrow(interval ?? (start, point), trials: trials, evaluate)
  }

  private mutating func narrow<Failure: Error>(
    _ interval: (SearchPoint, SearchPoint), trials: Int, _ evaluate: (Double) throws(Failure) -> SearchPoint
  ) throws(Failure) -> SearchPoint {
    var trials = trials
    var isStuck = false
    // The ends in their order on the way, and which of them has the smaller loss.
    var ends = [interval.0, interval.1]
    var low = ends[1].loss < ends[0].loss ? 1 : 0
    while trials < mostEvaluations {
      let (left, right) = (min(ends[0].length, ends[1].length), max(ends[0].length, ends[1].length))
      guard (right - left) * largestDirection >= changeTolerance else { break }
      var length = Self.cubicMinimum(ends[0], ends[1], within: left...right)
      let margin = 0.1 * (right - left)
      if min(right - length, length - left) < margin {
        if isStuck || length >= right || length <= left {
          length = abs(length - right) < abs(length - left) ? right - margin : left + margin
          isStuck = false
        } else {
          isStuck = true
        }
      } else {
        isStuck = false
      }
      let point = try trial(length, evaluate)
      trials += 1
      if !falls(point) || point.loss >= ends[low].loss {
        ends[1 - low] = point
        low = ends[1].loss < ends[0].loss ? 1 : 0
      } else {
        if isFlat(point) { return point }
        if point.slope * (ends[1 - low].length - ends[low].length) >= 0 { ends[1 - low] = ends[low] }
        ends[low] = point
      }
    }
    return ends[low]
  }

  /// A place to be tried; where loss or slope overflow the loss is infinite, so that the place is never kept.
  private mutating func trial<Failure: Error>(
    _ length: Double, _ evaluate: (Double) throws(Failure) -> SearchPoint
  ) throws(Failure) -> SearchPoint {
    evaluations += 1
    var point = try evaluate(length)
    if !point.loss.isFinite || !point.slope.isFinite { point.loss = .infinity }
    return point
  }

  private func falls(_ point: SearchPoint) -> Bool {
    point.loss <= start.loss + Self.sufficientFall * point.length * start.slope
  }

  private func isFlat(_ point: SearchPoint) -> Bool {
    abs(point.slope) <= -Self.flatness * start.slope
  }

  /// The minimum of the cubic with the losses and slopes of two places, moved into `bounds`; their middle if it has none
  /// or a loss is infinite.
  private static func cubicMinimum(_ a: SearchPoint, _ b: SearchPoint, within bounds: ClosedRange<Double>) -> Double {
    let middle = (bounds.lowerBound + bounds.upperBound) / 2
    let d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.length - b.length)
    let square = d1 * d1 - a.slope * b.slope
    guard square >= 0 else { return middle }
    let d2 = square.squareRoot()
    let (near, far) = a.length <= b.length ? (a, b) : (b, a)
    let share = (far.slope + d2 - d1) / (far.slope - near.slope + 2 * d2)
    guard share.isFinite else { return middle }
    return min(max(far.length - (far.length - near.length) * share, bounds.lowerBound), bounds.upperBound)
  }
}
