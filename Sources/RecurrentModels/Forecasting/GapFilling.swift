/// The values with every missing one replaced by the last known one before it, and by `start` where there is none.
package func fillingForward(_ values: ArraySlice<Double>, startingWith start: Double) -> [Double] {
  var known = start
  return values.map { value in
    if !value.isNaN { known = value }
    return known
  }
}

/// The values with the gaps between known rows bridged by straight lines; nothing outside `part` is read or filled.
package func bridgingGaps(of values: [Double], in part: Range<Int>? = nil) -> [Double] {
  var bridged = values
  var lastKnown: Int?
  for row in part ?? values.indices where !values[row].isNaN {
    if let start = lastKnown, row - start > 1 {
      let slope = (values[row] - values[start]) / Double(row - start)
      for gap in start + 1..<row { bridged[gap] = values[start] + slope * Double(gap - start) }
    }
    lastKnown = row
  }
  return bridged
}
