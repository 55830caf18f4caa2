import Recurrent

/// The texts in which forecasts are handed out: CSV, JSON and a table for a person.
enum ForecastTable {
  /// A level as it stands in column names: `0.8` is `80`.
  static func name(of level: Double) -> String {
    // 0.55 * 100 is not 55.
    let percent = (level * 1e8).rounded() / 1e6
    return percent == percent.rounded() ? "\(Int(percent))" : "\(percent)"
  }

  /// `time,target,forecast,lower80,upper80`, a row for each target and step.
  static func csv(_ forecast: Forecast) -> String {
    var text = "time,target,forecast"
    text += boundNames(forecast.levels) + "\n"
    for (target, targetName) in forecast.targets.enumerated() {
      for step in forecast.times.indices {
        text += "\(field(forecast.times[step])),\(field(targetName)),\(forecast.values[target][step])"
        text += bounds(forecast.lower, forecast.upper, target, step) + "\n"
      }
    }
    return text
  }

  /// `,lower80,upper80` for each level.
  static func boundNames(_ levels: [Double]) -> String {
    levels.map { ",lower\(name(of: $0)),upper\(name(of: $0))" }.joined()
  }

  /// The bounds of one step of a target or series, in the order of their names.
  static func bounds(_ lower: [[[Double]]], _ upper: [[[Double]]], _ place: Int, _ step: Int) -> String {
    zip(lower, upper).map { ",\($0[place][step]),\($1[place][step])" }.joined()
  }

  /// A text as a field of a CSV file.
  static func field(_ text: String) -> String {
    // By scalars: a line end of two is one character.
    guard text.unicodeScalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars { quoted += scalar == "\"" ? "\"\"" : String(scalar) }
    return quoted + "\""
  }

  /// The JSON form of a forecast.
  struct Document: Encodable {
    struct Interval: Encodable {
      let level, lower, upper: Double
    }
    struct Point: Encodable {
      let time: String
      let forecast: Double
      let intervals: [Interval]
    }
    struct Target: Encodable {
      let name: String
      let points: [Point]
    }

    let schema = 1
    let targets: [Target]

    init(_ forecast: Forecast) {
      targets = forecast.targets.enumerated().map { target, name in
        Target(
          name: name,
          points: forecast.times.indices.map { step in
            Point(
              time: forecast.times[step], forecast: forecast.values[target][step],
              intervals: forecast.levels.enumerated().map { index, level in
                Interval(
                  level: level, lower: forecast.lower[index][target][step], upper: forecast.upper[index][target][step])
              })
          })
      }
    }
  }

  /// Columns under each other, for a person.
  ///
  /// - Parameters:
  ///   - forecast: The forecast.
  ///   - mostRows: Rows shown of each target; the rest is counted.
  /// - Returns: The lines.
  static func text(_ forecast: Forecast, mostRows: Int = 48) -> String {
    var blocks: [String] = []
    for (target, targetName) in forecast.targets.enumerated() {
      var rows = [["", targetName] + forecast.levels.flatMap { ["\(name(of: $0)) % from", "to"] }]
      for step in forecast.times.indices.prefix(mostRows) {
        let numbers =
          [forecast.values[target][step]]
          + forecast.levels.indices.flatMap { [forecast.lower[$0][target][step], forecast.upper[$0][target][step]] }
        rows.append([forecast.times[step]] + numbers.map { NumberText.significant($0) })
      }
      var block = aligned(rows)
      let hidden = forecast.times.count - mostRows
      if hidden > 0 { block += "(\(hidden) more in forecast.csv)\n" }
      blocks.append(block)
    }
    return blocks.joined(separator: "\n")
  }

  /// Columns as wide as their widest text, the first to the left, the others to the right.
  static func aligned(_ rows: [[String]]) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    var text = ""
    for row in rows {
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += column == 0 ? cell + padding : "  " + padding + cell
      }
      while line.last == " " { line.removeLast() }
      text += line + "\n"
    }
    return text
  }
}
