import CommandLineKit
import RecurrentCommands
import Testing

@Suite struct EvaluateOptionsTests {
  @Test func valuesReachTheirFields() throws {
    let options = EvaluateOptions(
      try parsed("evaluate m d.csv --require 'mae<=22.5' --require 'Skill > 0' --json --threads 3"))
    #expect(options.model == "m")
    #expect(options.data == "d.csv")
    #expect(options.requirements.map(\.description) == ["mae<=22.5", "skill>0.0"])
    #expect(options.printsJSON)
    #expect(options.threads == 3)
    #expect(EvaluateOptions(try parsed("evaluate m")).data == nil)
  }

  @Test func comparisons() throws {
    for (text, below, equal, above) in [
      ("mae<=2", true, true, false), ("mae<2", true, false, false), ("mae>=2", false, true, true),
      ("mae>2", false, false, true),
    ] {
      let requirement = try #require(Requirement(text))
      #expect(requirement.isMet(by: 1.5) == below)
      #expect(requirement.isMet(by: 2) == equal)
      #expect(requirement.isMet(by: 2.5) == above)
      #expect(!requirement.isMet(by: .nan))
    }
  }

  @Test(arguments: ["mae", "mae=3", "mea<=3", "mae<=x", "mae<=", "<=3", "mae<=inf"])
  func badRequirements(text: String) throws {
    #expect(Requirement(text) == nil)
    let error = try #require(throws: UsageError.self) { try parsed("evaluate m --require '\(text)'") }
    #expect(error.expected?.hasPrefix("METRIC<=X or METRIC>=X with one of mae, rmse") == true)
  }
}
