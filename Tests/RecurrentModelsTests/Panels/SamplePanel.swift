import Foundation
import RecurrentData

/// Monthly series of different lengths and sizes with a season of 12 rows; those of the kind `b` fall in winter.
struct SamplePanel {
  var lengths = [70, 96, 81, 110, 90, 77, 101, 88]
  var hasCategories = false
  var seed = 5
  /// What is added to every value: with -15 some are below zero.
  var shift = 0.0

  func panel() throws -> SeriesPanel {
    var random = GeneratedSeries(seed: seed)
    var text = "month,shop,kind,sales\n"
    for (number, length) in lengths.enumerated() {
      let size = pow(10, Double(number % 4)), isB = number % 2 == 1
      for row in 0..<length {
        let angle = 2 * .pi * Double(row) / 12 + (isB ? .pi : 0)
        let value = size * (20 + 0.02 * Double(row) + 6 * sin(angle) + random.normal() + shift)
        let month = row % 12 + 1
        text += "\(1990 + row / 12)-\(month < 10 ? "0" : "")\(month)-01,s\(number),\(isB ? "b" : "a"),\(value)\n"
      }
    }
    return try SeriesPanel(
      bytes: Array(text.utf8), named: "panel.csv",
      form: .long(id: "shop", categories: hasCategories ? ["kind"] : []),
      options: ReadingOptions(targets: ["sales"]))
  }
}

extension SeriesPanel {
  /// Some of the series.
  func only(_ numbers: [Int]) -> SeriesPanel {
    var copy = self
    copy.members = numbers.map { members[$0] }
    return copy
  }

  /// Every series changed.
  func mapped(_ change: (Double) -> Double) -> SeriesPanel {
    var copy = self
    for index in copy.members.indices {
      copy.members[index].series.columns[0].values = copy.members[index].values.map(change)
    }
    return copy
  }
}
