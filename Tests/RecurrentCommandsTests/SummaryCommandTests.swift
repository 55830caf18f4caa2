import Foundation
import Recurrent
import RecurrentCommands
import Testing

@Suite struct SummaryCommandTests {
  private static let text = """
    {
      "format": 1,
      "layers": [
        { "layer": "embedding", "vocabulary": 700, "size": 24 },
        { "outputs": "last", "direction": "bidirectional", "layers": 2, "hidden": 40, "cell": "lstm", "layer": "recurrent" },
        { "layer": "activation", "function": "relu" },
        { "layer": "linear", "size": 3 }
      ]
    }
    """

  @Test func aDescriptionIsShownLayerByLayer() throws {
    let run = try CommandRun()
    try run.write(Self.text, to: "model.json")
    #expect(run.run(["summary", run.path("model.json"), "--length", "50", "--batch", "8"]) == .done, "\(run.error)")
    #expect(run.error == "")
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines[0].hasPrefix("   layer") && lines[0].hasSuffix("multiply-adds"))
    // Four gates in two directions and two layers: 8 · 40 · (24 + 40 + 2) and 8 · 40 · (80 + 40 + 2).
    #expect(lines[2].hasPrefix("1  lstm        [batch, 80]"))
    #expect(lines[2].contains("60,160") && lines[2].hasSuffix("58,880"))
    #expect(lines[4].hasSuffix("240 *"))
    #expect(lines[5].contains("all") && lines[5].contains("77,203"))
    #expect(run.output.contains("a batch of 8 with 50 steps") && run.output.contains("* once a sequence."))

    #expect(run.run(["summary", run.path("model.json"), "--length", "50", "--batch", "8", "--json"]) == .done)
    let object = try run.object()
    #expect(object["parameters"] as? Int == 16_800 + 60_160 + 243)
    #expect(object["multiplyAddsPerSequence"] as? Int == 50 * 58_880 + 240)
    let rows = try #require(object["rows"] as? [[String: Any]])
    #expect(rows.map { $0["name"] as? String } == ["embedding", "lstm", "activation", "linear"])
    #expect(rows[0]["keptBytes"] as? Int == 8 * 50 * 24 * MemoryLayout<Scalar>.stride)
  }

  @Test func mistakesAreNamed() throws {
    let run = try CommandRun()
    try run.write(Self.text.replacing("\"lstm\"", with: "\"lsmt\""), to: "model.json")
    #expect(run.run(["summary", run.path("model.json")]) == .badData)
    #expect(run.error.contains("model.json: layers[1].cell: expected one of elman, lstm"), "\(run.error)")
    #expect(run.error.contains("hint: did you mean lstm?"))
    try run.write(Self.text.replacing("\"hidden\"", with: "\"hiden\""), to: "model.json")
    #expect(run.run(["summary", run.path("model.json"), "--json"]) == .badData)
    #expect(run.error.contains("did you mean hidden?"), "\(run.error)")
    #expect(run.output.contains("\"code\" : \"bad-description\""), "\(run.output)")
    try run.write("{", to: "model.json")
    #expect(run.run(["summary", run.path("model.json")]) == .badData)
    #expect(run.run(["summary", run.path("none.json")]) == .noInput)
    #expect(run.run(["summary", run.path("model.json"), "--length", "0"]) == .usage)
    #expect(run.run(["summary", run.folder]) == .noInput)
    try run.write("{}", to: "config.json")
    #expect(run.run(["summary", run.folder]) == .noInput)
  }

  @Test func foldersAreShown() throws {
    let run = try CommandRun()
    let description = try SequenceModelDescription(json: Array(Self.text.utf8))
    try description.makeModel(random: RandomSource(seed: 1)).write(to: ModelFolder(run.path("described")))
    #expect(run.run(["summary", run.path("described")]) == .done, "\(run.error)")
    #expect(run.output.contains("1  lstm        [batch, 80]"))

    #expect(run.train(["--target", "sales", "--quiet"]) == .done, "\(run.error)")
    #expect(run.run(["summary", run.model]) == .done, "\(run.error)")
    #expect(run.output.contains("encoder") && run.output.contains("The weights take "), "\(run.output)")
    #expect(run.run(["summary", run.model, "--json"]) == .done)
    let object = try run.object()
    let parts = try #require(object["rows"] as? [[String: Any]])
    #expect(parts.contains { ($0["part"] as? String)?.hasSuffix("encoder") == true })
    let numbers = parts.compactMap { $0["numbers"] as? Int }.reduce(0, +)
    #expect(numbers > 0 && object["numbers"] as? Int == numbers && object["weightBytes"] as? Int == 4 * numbers)
  }
}
