package import Recurrent

/// One line of a suite: a name, and the work that is timed under it.
package struct BenchmarkRow: Sendable {
  /// The parameters of the work, as `layer/lstm/B16T100I64H64/train`.
  package let name: String

  /// Makes everything ready that does not count, then times units of work for so many seconds.
  package let time: @Sendable (_ seconds: Double) throws -> BenchmarkTime

  /// What the work gives on closed-form numbers; nil where nothing is defined.
  package let figures: (@Sendable () throws -> [BenchmarkFigure])?

  package init(
    _ name: String, figures: (@Sendable () throws -> [BenchmarkFigure])? = nil,
    time: @escaping @Sendable (_ seconds: Double) throws -> BenchmarkTime
  ) {
    self.name = name
    self.time = time
    self.figures = figures
  }
}

/// What timing a row gives.
package struct BenchmarkTime: Sendable {
  /// The milliseconds of one unit of work: the median of all runs.
  package let milliseconds: Double
  /// The least and the most of all runs.
  package let range: ClosedRange<Double>
  /// How often the work was timed.
  package let runs: Int
  /// The most memory that the process which did the work held, where it is one of its own.
  package var peakMegabytes: Double?

  package init(milliseconds: Double, range: ClosedRange<Double>, runs: Int) {
    (self.milliseconds, self.range, self.runs) = (milliseconds, range, runs)
  }
}

/// A number, or several, that show which work was done.
package struct BenchmarkFigure: Sendable, Equatable {
  /// The key in a line: `inputGradient`.
  package let name: String
  /// The number, or all of them.
  package let values: [Double]
  /// Whether it is a list, be it of one number.
  package let isList: Bool

  package init(_ name: String, _ value: Double) { (self.name, values, isList) = (name, [value], false) }

  package init(_ name: String, _ values: [Double]) { (self.name, self.values, isList) = (name, values, true) }

  /// The root of the sum of the squares of these numbers, summed in double precision.
  package init(_ name: String, normOf scalars: some Sequence<Scalar>) {
    self.init(name, scalars.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
  }
}
