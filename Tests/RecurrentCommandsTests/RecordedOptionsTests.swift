import CommandLineKit
import RecurrentCommands
import Testing

@Suite struct RecordedOptionsTests {
  private func options(_ line: String) throws -> TreeOptions {
    let program = CommandTable.program(commands: [], tasks: CommandTable.tasks.map { $0.definition })
    let words = line.split(separator: " ").map(String.init)
    guard case .run(let parsed) = try CommandLineParser(program, readFile: { _ in [] }).parse(words) else {
      throw CommandFailure(.usage, code: "usage", "no command")
    }
    return TreeOptions(parsed)
  }

  @Test func keysAreTheNamesOfOptions() {
    let conduct: Set = ["json", "quiet", "overwrite", "config", "resume", "checkpoint-interval"]
    let names = Set(TreeOptions.definition.options.map(\.name) + ["data"])
    #expect(Set(TreeOptions.CodingKeys.allCases.map(\.rawValue)) == names.subtracting(conduct))
    #expect(TreeOptions.resumable.isSubset(of: TreeOptions.CodingKeys.allCases))
  }

  @Test func settingsPairNamesWithTheirValues() throws {
    let options = try options(
      "train trees a.txt --validation b.txt --word-dropout 0.25 --average off --keep-case --minimum-count 3")
    let settings = Dictionary(uniqueKeysWithValues: options.settings.map { ($0.name, $0.value) })
    #expect(settings.count == TreeOptions.CodingKeys.allCases.count)
    #expect(settings["word-dropout"] == "0.25" && settings["average"] == "off" && settings["keep-case"] == "true")
    #expect(settings["minimum-count"] == "3" && settings["test"] == "automatic" && settings["threads"] == "automatic")
    #expect(settings["data"] == "a.txt" && settings["validation"] == "b.txt" && settings["output"] == "a-trees")
  }
}
