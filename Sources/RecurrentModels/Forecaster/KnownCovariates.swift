import RecurrentData

/// The features of the columns that are known for the rows to come, with the place of a row in the calendar. Fitted on
/// the training part.
struct KnownCovariates: Codable, Sendable {
  /// Where the known columns stand among all, and how each becomes features.
  let positions: [Int]
  let codes: [ColumnCode]
  /// The shortest cycle that the calendar tells, and how many of its harmonics stand beside the columns.
  let cycle: CalendarFeatures.Cycle?
  let harmonics: Int
  /// The other cycles, one sine and cosine each.
  let calendar: CalendarFeatures

  /// Beyond this a regression on products of columns and harmonics costs too much.
  private static let mostProducts = 400
  private static let mostHarmonics: [CalendarFeatures.Cycle: Int] = [
    .hourOfDay: 4, .dayOfWeek: 3, .dayOfYear: 2, .monthOfYear: 2,
  ]

  /// Fits to the training rows of a series; nil without known columns.
  init?(fittedTo series: TimeSeries, training: Range<Int>, calendar: CalendarFeatures) {
    guard !series.knownIndices.isEmpty else { return nil }
    positions = series.knownIndices
    codes = series.knownIndices.map { ColumnCode(fittedTo: series.columns[$0], training: training) }
    cycle = calendar.cycles.first
    self.calendar = CalendarFeatures(cycles: Array(calendar.cycles.dropFirst()))
    let columns = codes.reduce(0) { $0 + $1.count }
    var order = cycle.flatMap { Self.mostHarmonics[$0] } ?? 0
    while order > 0, (columns + 1) * (2 * order + 1) > Self.mostProducts { order -= 1 }
    harmonics = order
  }

  /// The features of every row.
  struct Features: Sendable {
    /// `[feature][row]`.
    let columns: [[Double]]
    /// Sine and cosine of each harmonic, `[feature][row]`.
    let harmonics: [[Double]]
    /// Sine and cosine of the other cycles, `[feature][row]`.
    let calendar: [[Double]]

    /// Everything that a network is shown of a row.
    var all: [[Double]] { columns + harmonics + calendar }
  }

  /// The number of features that a network is shown.
  var count: Int { codes.reduce(0) { $0 + $1.count } + 2 * harmonics + 2 * calendar.cycles.count }

  /// The features of a series with the columns of the one it was fitted to, and times where the calendar is used.
  func features(of series: TimeSeries) -> Features {
    var waves = [[Double]](repeating: [], count: 2 * harmonics)
    var others = [[Double]](repeating: [], count: 2 * calendar.cycles.count)
    let shortest = CalendarFeatures(cycles: harmonics > 0 ? [cycle].compactMap(\.self) : [])
    for time in series.timestamps ?? [] {
      for (index, value) in calendar.values(at: time).enumerated() { others[index].append(value) }
      let first = shortest.values(at: time)
      guard first.count == 2 else { continue }
      var (sine, cosine) = (first[0], first[1])
      for order in 0..<harmonics {
        waves[2 * order].append(sine)
        waves[2 * order + 1].append(cosine)
        // sin((k + 1) x) and cos((k + 1) x) from those of k x.
        (sine, cosine) = (sine * first[1] + cosine * first[0], cosine * first[1] - sine * first[0])
      }
    }
    let columns = zip(codes, positions).flatMap { $0.features(of: series.columns[$1]) }
    return Features(columns: columns, harmonics: waves, calendar: others)
  }

  var isSound: Bool {
    codes.count == positions.count && codes.allSatisfy(\.isSound) && (0...8).contains(harmonics)
      && (harmonics == 0 || cycle != nil)
  }
}
