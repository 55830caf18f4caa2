import CommandLineKit
import Foundation
import RecurrentCommands
import Testing

/// The command lines of README.md, read by the parser of the program.
@Suite struct ReadmeCommandsTests {
  @Test func areUnderstood() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let blocks = readme.components(separatedBy: "```sh\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    let lines = blocks.joined().split(separator: "\n").filter { $0.hasPrefix("recurrent ") }
    #expect(lines.count >= 4)
    let program = CommandTable.program(
      commands: CommandTable.commands.map { $0.definition }, tasks: CommandTable.tasks.map { $0.definition })
    for line in lines {
      let command = line.components(separatedBy: " #")[0].dropFirst("recurrent ".count)
      #expect(throws: Never.self, "\(line)") {
        let request = try CommandLineParser(program, readFile: { _ in [] }).parse(words(String(command)))
        guard case .run(let parsed) = request else { return }
        let row = (CommandTable.commands + CommandTable.tasks).first { $0.definition.name == parsed.commandPath.last }
        _ = try #require(row).init(parsed)
      }
    }
  }
}
