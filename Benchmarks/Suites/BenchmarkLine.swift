/// Results as lines of JSON, one object a line, with the keys, their order and their spacing as other programs print them.
package enum BenchmarkLine {
  /// The time of a row.
  package static func time(_ time: BenchmarkTime, suite: String, row: String) -> String {
    var detail = [
      ("runs", "\(time.runs)"), ("least", rounded(time.range.lowerBound)), ("most", rounded(time.range.upperBound)),
    ]
    if let megabytes = time.peakMegabytes { detail.append(("peakMegabytes", rounded(megabytes))) }
    return object([
      ("backend", quoted("recurrent")), ("suite", quoted(suite)), ("name", quoted(row)),
      ("ms", rounded(time.milliseconds)), ("detail", object(detail)),
    ])
  }

  /// The figures of a row.
  package static func figures(_ figures: [BenchmarkFigure], row: String) -> String {
    object(
      [("name", quoted(row))]
        + figures.map { figure in
          let texts = figure.values.map(text)
          return (figure.name, figure.isList ? "[" + texts.joined(separator: ", ") + "]" : texts[0])
        })
  }

  private static func object(_ entries: [(key: String, value: String)]) -> String {
    "{" + entries.map { "\(quoted($0.key)): \($0.value)" }.joined(separator: ", ") + "}"
  }

  /// Names and keys hold no character that JSON wants escaped.
  private static func quoted(_ text: String) -> String { "\"\(text)\"" }

  /// To a millionth.
  private static func rounded(_ number: Double) -> String { text((number * 1e6).rounded() / 1e6) }

  /// What is not finite has the names that Python's reader takes.
  private static func text(_ number: Double) -> String {
    number.isNaN ? "NaN" : number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : "\(number)"
  }
}
