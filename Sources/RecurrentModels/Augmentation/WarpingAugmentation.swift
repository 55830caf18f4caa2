import RecurrentTensor

extension Augmentation {
  /// A tenth of the rows, somewhere in the window or the horizon, passes at half or at double speed; then the whole is
  /// stretched back to its length (window warping, Le Guennec et al. 2016, "Data augmentation for time series classification
  /// using convolutional neural networks").
  ///
  /// Window and horizon are one piece, and columns, calendar and known columns keep together. Between two rows values lie on
  /// a straight line; they are missing where one of the two is.
  static let warping = Augmentation("warping") { piece, random in
    let whole = piece.whole
    let count = whole.count
    guard count > 2 else { return }
    let slice = max(2, count / 10)
    let start = random.integer(below: count - slice, at: 0)
    let factor = random.bits(at: 1) & 1 == 0 ? 0.5 : 2.0
    let places = WarpedRows(count: count, slice: start..<start + slice, factor: factor).places
    func warp(_ rows: inout [Double]) {
      let source = Array(rows[whole])
      for (index, place) in places.enumerated() {
        rows[whole.lowerBound + index] = WarpedRows.value(of: source, at: place)
      }
    }
    for column in piece.columns.indices { warp(&piece.columns[column]) }
    for feature in piece.calendar.indices { warp(&piece.calendar[feature]) }
    for feature in piece.known.indices { warp(&piece.known[feature]) }
  }
}

/// Where the rows of a warped piece come from.
struct WarpedRows {
  /// The place of each row among the rows before, from 0 to `count - 1`.
  let places: [Double]

  /// - Parameters:
  ///   - count: Rows of the piece, at least 2.
  ///   - slice: The steps whose time is changed, within those from the first row to the last.
  ///   - factor: How long they last afterwards, in terms of before.
  init(count: Int, slice: Range<Int>, factor: Double) {
    let last = Double(count - 1)
    let start = Double(slice.lowerBound)
    let end = Double(slice.upperBound)
    let stretched = (end - start) * factor
    let length = last + stretched - (end - start)
    places = (0..<count).map { row in
      let time = Double(row) / last * length
      let place =
        time < start
        ? time : time < start + stretched ? start + (time - start) / factor : end + time - start - stretched
      return min(max(place, 0), last)
    }
  }

  /// The value at a place between two rows.
  static func value(of rows: [Double], at place: Double) -> Double {
    let row = Int(place)
    let share = place - Double(row)
    guard share > 0, row + 1 < rows.count else { return rows[row] }
    return rows[row] + share * (rows[row + 1] - rows[row])
  }
}
