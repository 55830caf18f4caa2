import CommandLineKit
import RecurrentCommands
import Testing

@Suite struct PredictOptionsTests {
  @Test func valuesReachTheirFields() throws {
    let options = try PredictOptions(
      parsed("predict m - --format json -o next.json --overwrite --threads 3 --samples 20 --seed 7"))
    #expect(options.samples == 20 && options.seed == 7)
    #expect(options.model == "m")
    #expect(options.data == "-")
    #expect(options.format == .json)
    #expect(options.output == "next.json")
    #expect(options.overwrites)
    #expect(options.threads == 3)
    let plain = try PredictOptions(parsed("predict m"))
    #expect(plain.samples == nil && plain.seed == 1)
    #expect(plain.data == nil && plain.format == .csv && plain.output == nil && !plain.overwrites)
    #expect(try PredictOptions(parsed("predict m --json")).format == .json)
  }

  @Test func aSeedNeedsSamples() throws {
    let arguments = try parsed("predict m --seed 2")
    #expect(throws: UsageError.self) { try PredictOptions(arguments) }
    for count in ["0", "10001", "many"] {
      #expect(throws: UsageError.self) { try parsed("predict m --samples \(count)") }
    }
  }
}
