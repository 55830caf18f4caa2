import Foundation
import RecurrentData
import RecurrentModels

/// Daily sales that stand on a slow walk and follow the weekday, a campaign and the temperature of the same day, the
/// campaign more so at weekends; beside them a stock that says nothing about the days to come.
struct CovariateSeries {
  var rows = 240
  var campaigns = ["none", "flyer", "none", "radio", "none"]
  /// Rows without any value.
  var gap = 0..<0

  /// Lines of a file for some rows, with or without what is not known ahead.
  func text(_ range: Range<Int>, isFuture: Bool = false) -> String {
    var random = GeneratedSeries(seed: 11)
    var level = 0.0
    var text = isFuture ? "day,temperature,campaign\n" : "day,sales,stock,temperature,campaign\n"
    for row in 0..<range.upperBound {
      level += 0.2 * random.normal()
      let temperature = 10 + 8 * sin(Double(row) / 9) + 3 * random.normal()
      let campaign = campaigns[Int(random.uniform() * Double(campaigns.count))]
      let lift = (campaign == "none" ? 0 : campaign == "flyer" ? 4 : 9) * (row % 7 < 2 ? 1.5 : 1.0)
      let sales = 60 + level + [0, 3, 5, 2, 6, 9, 1][row % 7] + lift + 0.8 * temperature + 0.3 * random.normal()
      let stock = 100 + 10 * random.normal()
      guard range.contains(row) else { continue }
      let day = Timestamp(secondsSince1970: 1_577_836_800 + 86_400 * Int64(row)).description.prefix(10)
      if gap.contains(row) { continue }
      text += isFuture ? "\(day),\(temperature),\(campaign)\n" : "\(day),\(sales),\(stock),\(temperature),\(campaign)\n"
    }
    return text
  }

  static func options(known: [String] = ["temperature", "campaign"]) -> ReadingOptions {
    var options = ReadingOptions()
    (options.targets, options.known, options.past) = (["sales"], known, ["stock"])
    return options
  }

  func series(known: [String] = ["temperature", "campaign"]) throws -> TimeSeries {
    try TimeSeries(bytes: Array(text(0..<rows).utf8), named: "sales.csv", options: Self.options(known: known))
  }

  /// Rows to come, read as `predict --future` reads them.
  func future(_ range: Range<Int>, of series: TimeSeries) throws -> TimeSeries {
    try Self.future(text(range, isFuture: true), of: series)
  }

  static func future(_ text: String, of series: TimeSeries) throws -> TimeSeries {
    var options = ReadingOptions()
    (options.targets, options.known) = ([], ["temperature", "campaign"])
    (options.requiredColumns, options.categories, options.grid) = (options.known, ["campaign"], series.grid)
    return try TimeSeries(bytes: Array(text.utf8), named: "future.csv", options: options)
  }
}
