import CommandLineKit
import RecurrentCommands
import Testing

@Suite struct ForecastOptionTableTests {
  @Test func everyOptionOfTheProgramHasAnExampleThatParses() throws {
    let begins = ["train forecast": "train forecast a.csv", "evaluate": "evaluate m", "predict": "predict m"]
    for (path, begin) in begins {
      let command = try #require(wholeProgram.command(at: path.split(separator: " ").map(String.init)))
      #expect(!command.options.isEmpty)
      for option in command.options {
        let required = command.options.filter { $0.isRequired && $0.name != option.name }.map(\.example)
        let line = ([begin] + required + [option.example]).joined(separator: " ")
        let arguments = try parsed(line, files: ["sales-model/config.json": "{}"])
        #expect(arguments.isGiven(option.name), "the example of --\(option.name) does not give it: \(line)")
        if case .value(let value) = option.defaultValue {
          #expect(option.form.accepts(value), "the default of --\(option.name) is not of its form")
        }
      }
      for example in command.examples {
        let line = example.arguments.split(separator: "<")[0]
        _ = try parsed(String(line))
      }
    }
  }

  @Test func helpPagesAreEightyColumnsWide() {
    for path in [[], ["train"], ["train", "forecast"], ["evaluate"], ["predict"]] {
      for line in HelpPage(wholeProgram).text(for: path).split(separator: "\n") {
        #expect(line.count <= 80, "\(line)")
      }
    }
  }

  @Test func theAgreedOptionsExist() {
    let agreed = """
      id series-in-rows target known past category static future time time-format no-header delimiter frequency missing split validation test horizon window season cell \
      hidden layers dropout scaler difference levels epochs batch optimizer learning-rate clip-norm patience \
      time-limit seed threads dry-run plot json quiet overwrite config no-shortcut quantile-heads segment decoder distribution output \
      resume checkpoint-interval augment ensemble connections regularizer refit search search-method search-space schedule weight-decay average
      """
    let names = ForecastOptionTable.definition.options.map(\.name)
    #expect(Set(names) == Set(agreed.split(separator: " ").map(String.init)))
    #expect(names.count == Set(names).count)
  }

  @Test(arguments: ["0.7:0.1:0.2", "0.7,0.1,0.2", "8640:2880:2880", "2016-07-01 00:00,2018-01-01 00:00"])
  func goodSplits(split: String) throws {
    #expect(try parsed("train forecast a.csv --horizon 2 --split '\(split)'").text("split") == split)
  }

  @Test(arguments: [
    "0.7", "0.7:0.3", "a:b:c", "1:2:3:4", "0:1:1", "0.8:-0.1:0.3", "nan:1:1", "2020,", "a,b,c", "1:0:0", "0.2,0.9,0.5",
    "1.5:2:2",
  ])
  func badSplits(split: String) throws {
    let error = try #require(throws: UsageError.self) {
      try parsed("train forecast a.csv --horizon 2 --split '\(split)'")
    }
    #expect(error.message == "option --split cannot be \"\(split)\"")
    #expect(
      error.expected == "fractions (0.7,0.1,0.2), rows (8640:2880:2880) or two times (2020-01-01,2022-01-01)")
  }

  @Test(
    arguments: [
      ("--horizon 0", "option --horizon cannot be \"0\"", "a whole number from 1 to 100000"),
      ("--horizon 2.5", "option --horizon cannot be \"2.5\"", "a whole number from 1 to 100000"),
      ("--horizon 2 --cell gur", "option --cell cannot be \"gur\"", "one of elman, lstm, gru"),
      (
        "--horizon 2 --decoder seq2seq", "option --decoder cannot be \"seq2seq\"",
        "one of direct, recursive, encoder-decoder"
      ),
      (
        "--horizon 2 --levels 0.8,1", "option --levels cannot be \"0.8,1\"",
        "shares between 0 and 1, separated by commas"
      ),
      (
        "--horizon 2 --levels 0.8,0.80", "option --levels cannot be \"0.8,0.80\"",
        "shares between 0 and 1, separated by commas"
      ),
      ("--horizon 2 --dropout 1", "option --dropout cannot be \"1\"", "a number at least 0 and below 1"),
      ("--horizon 2 --connections skip", "option --connections cannot be \"skip\"", "one of none, residual, highway,"),
      (
        "--horizon 2 --regularizer weight-drop=1", "option --regularizer cannot be \"weight-drop=1\"",
        "NAME=STRENGTH, the name one of input-dropout,"
      ),
      (
        "--horizon 2 --regularizer zoneout=0.1", "option --regularizer cannot be \"zoneout=0.1\"",
        "NAME=STRENGTH, the name one of"
      ),
      (
        "--horizon 2 --regularizer weight-drop", "option --regularizer cannot be \"weight-drop\"",
        "NAME=STRENGTH, the name one of"
      ),
      ("--horizon 2 --learning-rate 0", "option --learning-rate cannot be \"0\"", "a number above 0, or find"),
      (
        "--horizon 2 --optimizer lbfgs", "option --optimizer cannot be \"lbfgs\"", "one of adam, adamw, amsgrad, nadam,"
      ),
      ("--horizon 2 --average 1", "option --average cannot be \"1\"", "off, or a share at least 0"),
      ("--horizon 2 --time-limit 5d", "option --time-limit cannot be \"5d\"", "a time such as 90s, 15m or 2h"),
      ("--horizon 2 --time-limit 0", "option --time-limit cannot be \"0\"", "a time such as 90s, 15m or 2h"),
      (
        "--horizon 2 --augment jitter,noise", "option --augment cannot be \"jitter,noise\"",
        "warping, scaling, jitter, separated by commas, or none"
      ),
      ("--horizon 2 --frequency often", "option --frequency cannot be \"often\"", "a step such as monthly"),
      ("--horizon 2 --time-format wvw", "option --time-format cannot be \"wvw\"", "a pattern such as yyyy-MM-dd"),
      ("--horizon 2 --search 1", "option --search cannot be \"1\"", "a whole number from 2 to 10000"),
      (
        "--horizon 2 --search 3 --search-space hidden,seed", "option --search-space cannot be \"hidden,seed\"",
        "names of learning-rate, hidden,"
      ),
      ("--horizon 2 --seed -1", "option --seed cannot be \"-1\"", "a whole number, at least 0"),
    ] as [(String, String, String)])
  func badValues(options: String, message: String, expected: String) throws {
    let error = try #require(throws: UsageError.self) { try parsed("train forecast a.csv \(options)") }
    #expect(error.message == message)
    #expect(error.expected?.hasPrefix(expected) == true)
  }
}
