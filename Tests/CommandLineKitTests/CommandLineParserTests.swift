import CommandLineKit
import Testing

private struct NoFile: Error {}

private func parse(_ line: String, files: [String: String] = [:]) throws -> Invocation {
  let parser = CommandLineParser(sampleProgram) { path in
    guard let text = files[path] else { throw NoFile() }
    return Array(text.utf8)
  }
  return try parser.parse(line.split(separator: " ").map(String.init))
}

private func arguments(_ line: String, files: [String: String] = [:]) throws -> ParsedArguments {
  guard case .run(let arguments) = try parse(line, files: files) else { throw NoFile() }
  return arguments
}

@Suite struct CommandLineParserTests {
  @Test func valuesOfEveryForm() throws {
    let parsed = try arguments(
      "boil tea --degrees 95 mug --flow=0.25 --spice clove -o pot fannings --quiet --spice=a=b dust")
    #expect(parsed.commandPath == ["boil", "tea"])
    #expect(parsed.text("cup") == "mug")
    #expect(parsed.texts("leaves") == ["fannings", "dust"])
    #expect(parsed.integer("degrees") == 95)
    #expect(parsed.number("flow") == 0.25)
    #expect(parsed.texts("spice") == ["clove", "a=b"])
    #expect(parsed.text("output") == "pot")
    #expect(parsed.flag("quiet"))
    #expect(parsed.text("kind") == "black")
    #expect(parsed.isGiven("degrees") && !parsed.isGiven("kind"))
  }

  @Test func dashesThatAreNotOptions() throws {
    let parsed = try arguments("boil tea --degrees 95 --spice -3 - -- --quiet -x")
    #expect(parsed.texts("spice") == ["-3"])
    #expect(parsed.text("cup") == "-")
    #expect(parsed.texts("leaves") == ["--quiet", "-x"])
    #expect(!parsed.flag("quiet"))
    #expect(try arguments("show").text("part") == nil)
    #expect(try arguments("show lid").text("part") == "lid")
    #expect(try arguments("boil tea mug a --degrees 95 --quiet=false").flag("quiet") == false)
  }

  @Test func helpAndVersion() throws {
    #expect(try parse("--version") == .version)
    #expect(try parse("--help") == .help([]))
    #expect(try parse("-h") == .help([]))
    #expect(try parse("help --markdown") == .reference([]))
    #expect(try parse("help boil --markdown") == .reference(["boil"]))
    #expect(throws: UsageError.self) { try parse("help boli --markdown") }
    #expect(try parse("help boil tea") == .help(["boil", "tea"]))
    #expect(try parse("boil --help") == .help(["boil"]))
    #expect(try parse("boil tea --nonsense --help") == .help(["boil", "tea"]))
    #expect(try arguments("boil tea mug --degrees 95 -- --help").texts("leaves") == ["--help"])
  }

  @Test func configurationFillsWhatTheLineLeavesOut() throws {
    let file = """
      {"degrees": 40, "flow": 0.125, "quiet": true, "spice": ["a", "b"], "kind": null, "leaves": ["x", "y"],
       "cup": "bowl", "drink": "tea"}
      """
    let parsed = try arguments("boil tea --config a.json --degrees 95", files: ["a.json": file])
    #expect(parsed.integer("degrees") == 95)
    #expect(parsed.number("flow") == 0.125)
    #expect(parsed.flag("quiet"))
    #expect(parsed.texts("spice") == ["a", "b"])
    #expect(parsed.text("kind") == "black")
    #expect(parsed.text("cup") == "bowl")
    #expect(parsed.texts("leaves") == ["x", "y"])
    let named = try arguments("boil --config a.json --quiet=false", files: ["a.json": file])
    #expect(named.commandPath == ["boil", "tea"])
    #expect(!named.flag("quiet"))
    let nested = try arguments(
      "boil tea mug a --config=a.json", files: ["a.json": #"{"format": 1, "options": {"degrees": 33}}"#])
    #expect(nested.integer("degrees") == 33)
    let repeated = #"{"command": ["boil", "tea"], "options": {"degrees": 33, "cup": "mug", "leaves": ["x"]}}"#
    let again = try arguments("boil --config c.json", files: ["c.json": repeated])
    #expect(again.commandPath == ["boil", "tea"] && again.integer("degrees") == 33)
    let flat = #"{"command": ["boil", "tea"], "degrees": 34, "cup": "mug", "leaves": "x"}"#
    #expect(try arguments("boil --config c.json", files: ["c.json": flat]).integer("degrees") == 34)
    let foreign = #"{"command": ["evaluate", "tea"], "options": {"degrees": 33}}"#
    #expect(throws: UsageError.self) { try parse("boil --config c.json", files: ["c.json": foreign]) }
  }

  @Test func aProgramWithoutCommandsStillAnswers() throws {
    let parser = CommandLineParser(ProgramDefinition(name: "k", version: "1", summary: "s", commands: [])) { _ in [] }
    #expect(try parser.parse(["--help"]) == .help([]))
    #expect(throws: UsageError.self) { try parser.parse(["boil"]) }
    #expect(throws: UsageError.self) { try parser.parse([]) }
    #expect(throws: UsageError.self) { try parser.parse(["--boil"]) }
  }

  @Test func whatTheReaderThrowsPassesThrough() {
    #expect(throws: NoFile.self) { try parse("boil tea mug a --config missing.json") }
  }

  @Test(arguments: mistakes)
  fileprivate func errorTexts(mistake: Mistake) throws {
    let error = try #require(throws: UsageError.self) { try parse(mistake.line) }
    #expect(error.message == mistake.message)
    #expect(error.expected == mistake.expected)
    #expect(error.hint == mistake.hint)
    #expect(error.commandPath == mistake.path)
    #expect(error.file == nil)
  }

  @Test(arguments: [
    ("{", "this configuration file cannot be read", "valid JSON"),
    ("[1]", "this configuration file cannot be read", "a JSON object"),
    (
      #"{"spice": {"a": 1}}"#, "this configuration file cannot be read",
      "text, a number, true, false or a list of texts for \"spice\""
    ),
    (#"{"degress": 1}"#, "unknown option \"degress\"", nil),
    (#"{"degrees": 1}"#, "option \"degrees\" cannot be \"1\"", "a whole number from 20 to 100"),
    (#"{"quiet": "loud"}"#, "option \"quiet\" takes no value", "true or false, or nothing"),
    (#"{"kind": ["green", "white"]}"#, "option \"kind\" cannot be \"green,white\"", "one of green, black, white"),
  ])
  func configurationErrorTexts(file: String, message: String, expected: String?) throws {
    let error = try #require(throws: UsageError.self) {
      try parse("boil tea mug a --config a.json", files: ["a.json": file])
    }
    #expect(error.message == message)
    #expect(error.expected == expected)
    #expect(error.file == "a.json")
  }
}

private struct Mistake: CustomTestStringConvertible {
  let line: String
  let message: String
  let expected: String?
  let hint: String?
  let path: [String]
  var testDescription: String { line }

  init(_ line: String, _ message: String, _ expected: String?, _ hint: String?, _ path: [String]) {
    self.line = line
    self.message = message
    self.expected = expected
    self.hint = hint
    self.path = path
  }
}

private let tea = ["boil", "tea"]

private let mistakes: [Mistake] = [
  Mistake("", "no command given", "one of boil, show, help", nil, []),
  Mistake("boli", "unknown command \"boli\"", "one of boil, show, help", "did you mean boil?", []),
  Mistake("boil", "no drink given", "one of tea", nil, ["boil"]),
  Mistake("boil coffee", "unknown drink \"coffee\"", "one of tea", nil, ["boil"]),
  Mistake("--kettle", "unknown option --kettle", nil, "a command comes first, for example kettle boil", []),
  Mistake("help boll", "unknown command \"boll\"", "one of boil, show, help", "did you mean boil?", []),
  Mistake("show lid base", "unexpected argument \"base\"", "[PART]", nil, ["show"]),
  Mistake(
    "boil tea mug a", "option --degrees is required", "a whole number from 20 to 100", "for example --degrees 95", tea),
  Mistake("boil tea --degrees 95", "argument CUP is missing", "where it goes", nil, tea),
  Mistake("boil tea mug --degrees 95", "argument LEAVES is missing", "what goes in", nil, tea),
  Mistake("boil tea --degres 95", "unknown option --degres", nil, "did you mean --degrees?", tea),
  Mistake("boil tea --zzz 95", "unknown option --zzz", nil, nil, tea),
  Mistake("boil tea -q", "unknown option -q", nil, nil, tea),
  Mistake("boil tea -degrees 3", "unknown option --degrees", nil, "did you mean --degrees?", tea),
  Mistake(
    "boil tea --degrees", "option --degrees needs a value", "a whole number from 20 to 100", "for example --degrees 95",
    tea),
  Mistake(
    "boil tea --spice --quiet", "option --spice needs a value", "NAME",
    "if --quiet is meant as the value, write --spice=--quiet", tea),
  Mistake(
    "boil tea --degrees 9x", "option --degrees cannot be \"9x\"", "a whole number from 20 to 100",
    "for example --degrees 95", tea),
  Mistake(
    "boil tea --degrees 101", "option --degrees cannot be \"101\"", "a whole number from 20 to 100",
    "for example --degrees 95", tea),
  Mistake(
    "boil tea --kind blak", "option --kind cannot be \"blak\"", "one of green, black, white", "did you mean black?", tea
  ),
  Mistake(
    "boil tea --flow 1", "option --flow cannot be \"1\"", "a number above 0 and below 1", "for example --flow 0.5", tea),
  Mistake(
    "boil tea --flow nan", "option --flow cannot be \"nan\"", "a number above 0 and below 1", "for example --flow 0.5",
    tea),
  Mistake("boil tea --pair abc", "option --pair cannot be \"abc\"", "two letters", "for example --pair ab", tea),
  Mistake("boil tea --quiet=5", "option --quiet takes no value", "true or false, or nothing", nil, tea),
  Mistake(
    "boil tea --kind=green --kind=white", "option --kind is given more than once (green, white)", "one value",
    "keep one", tea),
]
