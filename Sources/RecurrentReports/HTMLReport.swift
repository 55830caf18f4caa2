/// A report in one HTML file: style and pictures inside, no script, nothing fetched from anywhere. It follows the
/// reader's choice of light or dark and can be read from 320 pixels on.
public struct HTMLReport: Sendable {
  /// A number with its name, for the row of figures at the top.
  public struct Fact: Sendable {
    /// The name.
    public var name: String
    /// The number.
    public var value: String
    /// A few words below it.
    public var note: String

    /// Makes a fact.
    public init(_ name: String, _ value: String, note: String = "") {
      self.name = name
      self.value = value
      self.note = note
    }
  }

  /// How good or bad a statement is.
  public enum Tone: String, Sendable {
    /// Good news.
    case good
    /// Neither good nor bad.
    case neutral
    /// Something to look at.
    case warning
  }

  private let title: String
  private let subtitle: String
  private var body = ""
  private var isInSection = false

  /// Begins a report.
  public init(title: String, subtitle: String = "") {
    self.title = title
    self.subtitle = subtitle
  }

  /// Adds a framed statement.
  public mutating func addStatement(_ word: String, _ sentence: String, tone: Tone) {
    body += "<div class=\"statement \(tone.rawValue)\"><strong>\(Markup.escaped(word))</strong>"
    body += "<p>\(Markup.escaped(sentence))</p></div>\n"
  }

  /// Adds a row of numbers.
  public mutating func add(_ facts: [Fact]) {
    body += "<dl class=\"facts\">\n"
    for fact in facts {
      body += "<div><dt>\(Markup.escaped(fact.name))</dt><dd>\(Markup.escaped(fact.value))"
      if !fact.note.isEmpty { body += "<small>\(Markup.escaped(fact.note))</small>" }
      body += "</dd></div>\n"
    }
    body += "</dl>\n"
  }

  /// Begins a section, which goes on to the next one.
  public mutating func beginSection(_ heading: String) {
    endSection()
    body += "<section><h2>\(Markup.escaped(heading))</h2>\n"
    isInSection = true
  }

  /// Adds a paragraph.
  public mutating func add(paragraph: String) {
    body += "<p>\(Markup.escaped(paragraph))</p>\n"
  }

  /// Adds a list of sentences.
  public mutating func add(list items: [String]) {
    body += "<ul>\n" + items.map { "<li>\(Markup.escaped($0))</li>\n" }.joined() + "</ul>\n"
  }

  /// Adds figures side by side as far as there is room.
  public mutating func add(_ figures: [ReportFigure]) {
    guard !figures.isEmpty else { return }
    body += "<div class=\"figures\">\n" + figures.map(\.html).joined() + "</div>\n"
  }

  /// Adds a table.
  public mutating func add(_ table: ReportTable) { body += table.html }

  /// Adds text in a fixed-width font, such as a command to copy.
  public mutating func add(code: String) {
    body += "<pre><code>\(Markup.escaped(code))</code></pre>\n"
  }

  /// Adds a part that is folded until the reader opens it.
  public mutating func addDetails(_ summary: String, _ content: (inout HTMLReport) -> Void) {
    body += "<details><summary>\(Markup.escaped(summary))</summary>\n"
    content(&self)
    body += "</details>\n"
  }

  private mutating func endSection() {
    if isInSection { body += "</section>\n" }
    isInSection = false
  }

  /// The whole file.
  public var html: String {
    var report = self
    report.endSection()
    let name = Markup.escaped(title)
    let subtitle = subtitle.isEmpty ? "" : "<p class=\"sub\">\(Markup.escaped(subtitle))</p>\n"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(name)</title>
      <style>
      \(ReportStyle.css)
      </style>
      </head>
      <body>
      <main>
      <header><h1>\(name)</h1>
      \(subtitle)</header>
      \(report.body)</main>
      </body>
      </html>

      """
  }
}
