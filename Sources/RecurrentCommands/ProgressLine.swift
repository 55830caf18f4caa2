/// Where long work stands.
package struct ProgressStatus: Sendable, Equatable {
  /// What is counted, such as `epoch`.
  package var unit: String
  /// How many are done.
  package var completed: Int
  /// How many there will be at most.
  package var total: Int
  /// Short texts of what is known so far, most important first, such as `loss 0.213`.
  package var details: [String]
  /// Seconds still to go, if that can be estimated.
  package var remainingSeconds: Double?

  package init(unit: String, completed: Int, total: Int, details: [String] = [], remainingSeconds: Double? = nil) {
    self.unit = unit
    self.completed = completed
    self.total = total
    self.details = details
    self.remainingSeconds = remainingSeconds
  }
}

/// Shows progress on standard error: one line redrawn at most ten times a second on a terminal, a plain line every ten
/// seconds in a log, nothing when quiet.
package struct ProgressLine {
  private static let redrawSeconds = 0.1
  private static let logSeconds = 10.0
  private static let barWidth = 20

  private let console: Console
  private let now: () -> Double
  private var lastDrawn: Double?
  private var isOpen = false

  /// Begins without drawing; `now` gives seconds on a clock that does not go back.
  package init(_ console: Console, now: @escaping () -> Double = Self.uptime) {
    self.console = console
    self.now = now
  }

  /// Shows `status` if it is time to do so.
  package mutating func update(_ status: ProgressStatus) {
    guard !console.isQuiet else { return }
    let time = now()
    if console.errorStream.isTerminal {
      if let lastDrawn, time - lastDrawn < Self.redrawSeconds, status.completed < status.total { return }
      console.error("\r" + Self.terminalText(status, width: console.errorStream.width - 1) + "\u{1B}[K")
      isOpen = true
    } else {
      // What takes less than ten seconds needs no line.
      guard let lastDrawn else {
        lastDrawn = time
        return
      }
      if time - lastDrawn < Self.logSeconds { return }
      console.error(Self.logText(status) + "\n")
    }
    lastDrawn = time
  }

  /// Removes the line from a terminal, so that other text may follow.
  package mutating func finish() {
    if isOpen { console.error("\r\u{1B}[K") }
    isOpen = false
    if console.errorStream.isTerminal { lastDrawn = nil }
  }

  /// The line for a terminal: bar, remaining time, then as many details as fit.
  package static func terminalText(_ status: ProgressStatus, width: Int) -> String {
    let share = status.total > 0 ? Double(min(status.completed, status.total)) / Double(status.total) : 0
    let filled = Int((share * Double(barWidth)).rounded(.down))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: barWidth - filled)
    return joined(["\(status.unit) \(status.completed)/\(status.total)", bar, remaining(status)], status, width: width)
  }

  /// The line for a log.
  package static func logText(_ status: ProgressStatus) -> String {
    joined(["\(status.unit) \(status.completed)/\(status.total)", remaining(status)], status, width: 80)
  }

  private static func joined(_ parts: [String], _ status: ProgressStatus, width: Int) -> String {
    var line = parts.filter { !$0.isEmpty }.joined(separator: "  ")
    for detail in status.details {
      guard line.count + 2 + detail.count <= width else { break }
      line += "  " + detail
    }
    return String(line.prefix(max(0, width)))
  }

  private static func remaining(_ status: ProgressStatus) -> String {
    guard let seconds = status.remainingSeconds, seconds.isFinite, seconds >= 0 else { return "" }
    return duration(seconds) + " left"
  }

  /// A duration such as `0:07`, `12:40` or `1:02:03`.
  package static func duration(_ seconds: Double) -> String {
    let whole = Int(min(seconds.rounded(), 1e9))
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    let digits = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
    return hours > 0 ? "\(hours):\(digits(minutes)):\(digits(rest))" : "\(minutes):\(digits(rest))"
  }

  /// Seconds since an arbitrary moment.
  package static func uptime() -> Double {
    let duration = ContinuousClock.now - start
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  private static let start = ContinuousClock.now
}
