import Foundation
import Recurrent
import RecurrentCommands
import Testing

@Suite struct CellsCommandTests {
  private func run(_ line: String) -> (code: ExitCode, output: String, error: String) {
    let recorder = Recorder()
    let code = Program.run(
      words("cells " + line), commands: [CellsCommand.self], tasks: [], console: recorder.console())
    return (code, recorder.output, recorder.error)
  }

  @Test func allCellsAreListed() {
    let result = run("")
    #expect(result.code == .done && result.error == "")
    let lines = result.output.split(separator: "\n")
    let cells =
      RecurrentKind.all.map(\.about) + SequenceEncoderKind.compositions.map(\.about) + TreeKind.all.map(\.about)
      + SequenceEncoderKind.comparisons.map(\.about)
    #expect(lines.count == cells.count)
    for (line, about) in zip(lines, cells) {
      #expect(line.hasPrefix(about.name + " ") && line.hasSuffix(": " + about.source))
    }
  }

  @Test func oneCellShowsItsEquations() {
    let output = run("mgu").output
    #expect(output.contains("  h' = (1 - f) ⊙ h + f ⊙ n\n"))
    #expect(output.contains("40400 parameters with 100 features and 100 units"))
    let tree = run("tree-lstm").output
    #expect(tree.contains("  h' = o ⊙ tanh(c')\n") && tree.contains("130500 parameters with 100 features"))
    let compared = run("tcn").output
    #expect(compared.contains("  F(x) = max(0, conv_2(max(0, conv_1(x))))\n") && compared.contains("60400 parameters"))
    let fed = run("output-feedback").output
    #expect(fed.contains("  y_t = V h_t + b\n") && fed.contains("100700 parameters"))
  }

  @Test func cellsAreObjectsOfJSON() throws {
    let cells = try #require(JSONSerialization.jsonObject(with: Data(run("--json").output.utf8)) as? [[String: Any]])
    let names =
      RecurrentKind.all.map(\.name) + SequenceEncoderKind.compositions.map(\.name) + TreeKind.all.map(\.name)
      + SequenceEncoderKind.comparisons.map(\.name)
    #expect(cells.map { $0["name"] as? String } == names)
    #expect(cells[1]["parameters"] as? Int == 80_800)
    for cell in cells { #expect(Set(cell.keys) == ["name", "title", "source", "equations", "parameters"]) }
  }

  @Test func mistakesAreNamed() {
    let unknown = run("lstmm")
    #expect(unknown.code == .usage && unknown.error.contains("lstm-peephole") && unknown.error.contains("lstmm"))
    #expect(run("--json --markdown trees").code == .usage)
  }

  /// `make reference` writes the pages again.
  @Test(arguments: [
    ("sequences", "CellTable"), ("compositions", "CompositionTable"), ("trees", "TreeCellTable"),
    ("comparisons", "ComparisonTable"),
  ])
  func aPageIsThatOfItsTable(group: String, file: String) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = root.appending(path: "Sources/Recurrent/Recurrent.docc/\(file).md")
    #expect(try String(contentsOf: page, encoding: .utf8) == run("--markdown \(group)").output)
  }
}
