import CommandLineKit
import Foundation
import RecurrentCommands
import Testing

/// The command lines of every page, read by the parser of the program.
@Suite struct DocumentedCommandsTests {
  @Test func areUnderstood() throws {
    let lines = try Self.pages().flatMap(Self.commands)
    #expect(lines.count >= 20)
    let program = CommandTable.program(
      commands: CommandTable.commands.map { $0.definition }, tasks: CommandTable.tasks.map { $0.definition })
    for line in lines {
      #expect(throws: Never.self, "\(line)") {
        let request = try CommandLineParser(program, readFile: { _ in Array(#"{"horizon": 24}"#.utf8) }).parse(
          words(line))
        guard case .run(let parsed) = request else { return }
        let row = (CommandTable.commands + CommandTable.tasks).first { $0.definition.name == parsed.commandPath.last }
        _ = try #require(row).init(parsed)
      }
    }
  }

  /// Every Markdown file of the repository that is not a product of the build.
  private static func pages() throws -> [String] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let files = FileManager.default.enumerator(atPath: root.path)
    var pages: [String] = []
    while let file = files?.nextObject() as? String {
      if file.hasPrefix(".") {
        files?.skipDescendants()
      } else if file.hasSuffix(".md") {
        pages.append(try String(contentsOf: root.appending(path: file), encoding: .utf8))
      }
    }
    return pages
  }

  /// What stands after `recurrent` on the lines of the blocks `sh` and `console`, joined where they end in a backslash.
  private static func commands(of page: String) -> [String] {
    let blocks = ["```sh\n", "```console\n"].flatMap { mark in
      page.components(separatedBy: mark).dropFirst().map { $0.components(separatedBy: "```")[0] }
    }
    return blocks.joined().replacing("\\\n", with: " ").split(separator: "\n")
      .map { $0.hasPrefix("$ ") ? $0.dropFirst(2) : $0 }
      .filter { $0.hasPrefix("recurrent ") }
      .map { line in
        let command = String(line.dropFirst("recurrent ".count))
        return [" #", " | ", " > ", " < "].reduce(command) { $0.components(separatedBy: $1)[0] }
      }
  }
}
