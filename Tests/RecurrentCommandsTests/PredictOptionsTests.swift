import RecurrentCommands
import Testing

@Suite struct PredictOptionsTests {
  @Test func valuesReachTheirFields() throws {
    let options = PredictOptions(try parsed("predict m - --format json -o next.json --overwrite --threads 3"))
    #expect(options.model == "m")
    #expect(options.data == "-")
    #expect(options.format == .json)
    #expect(options.output == "next.json")
    #expect(options.overwrites)
    #expect(options.threads == 3)
    let plain = PredictOptions(try parsed("predict m"))
    #expect(plain.data == nil && plain.format == .csv && plain.output == nil && !plain.overwrites)
    #expect(PredictOptions(try parsed("predict m --json")).format == .json)
  }
}
