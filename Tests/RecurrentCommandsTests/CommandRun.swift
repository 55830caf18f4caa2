import Foundation
import RecurrentCommands

/// A folder with a monthly series, in which commands are run as on the command line.
final class CommandRun {
  let folder = FileManager.default.temporaryDirectory.appending(path: "recurrent-\(UUID().uuidString)").path
  /// What the last command wrote.
  private(set) var output = "", error = ""

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try write(Self.series(rows: 180), to: "series.csv")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var model: String { path("model") }
  var data: String { path("series.csv") }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path(name)))
  }

  func text(_ name: String) throws -> String {
    try String(contentsOf: URL(filePath: path(name)), encoding: .utf8)
  }

  func object(_ name: String) throws -> [String: Any] { try Self.object(Data(contentsOf: URL(filePath: path(name)))) }

  static func object(_ data: Data) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  /// The result as JSON.
  func object() throws -> [String: Any] { try Self.object(Data(output.utf8)) }

  /// Monthly numbers with a season of 12 and something beside it; the last rows of a longer series are later ones.
  static func series(rows: Int, columns: [String] = ["sales", "visits"], gap: Range<Int> = 0..<0) -> String {
    var text = "month," + columns.joined(separator: ",") + "\n"
    for row in 0..<rows {
      text += "\(2001 + row / 12)-\(row % 12 < 9 ? "0" : "")\(row % 12 + 1)"
      for column in columns {
        let number = column == "visits" ? 1.0 : 0
        let noise = Double((row * 7919 + row * row * 31) % 101) / 50
        let value = 30 + 10 * sin(2 * .pi * Double(row) / 12 + number) + noise + 0.02 * Double(row)
        text += gap.contains(row) ? ",NA" : ",\(value)"
      }
      text += "\n"
    }
    return text
  }

  @discardableResult
  func run(_ arguments: [String]) -> ExitCode {
    let recorder = Recorder()
    let code = Program.run(
      arguments, commands: CommandTable.commands, tasks: CommandTable.tasks, console: recorder.console())
    (output, error) = (recorder.output, recorder.error)
    return code
  }

  /// `train forecast` with little to do.
  @discardableResult
  func train(_ more: [String] = [], data: [String]? = nil) -> ExitCode {
    run(
      ["train", "forecast"] + (data ?? [self.data])
        + ["-o", model, "--horizon", "4", "--epochs", "2", "--hidden", "6", "--window", "12"] + more)
  }
}
