import CommandLineKit
import Foundation
import RecurrentCommands
import Testing

@Suite struct ForecastOptionsTests {
  @Test func valuesReachTheirFields() throws {
    let line = """
      train forecast a.csv b.csv --target x --target y --known k --known l --past p --category l --future f.csv --time t --time-format dd-MM-yy --no-header --delimiter tab \
      --frequency daily --missing zero --split 1:2:3 --horizon 6 --window 14 --season 8 --refit 18 --levels 0.95,0.5 --cell lstm \
      --hidden 9 --layers 3 --connections dense --regularizer weight-drop=0.5 --regularizer input-dropout=.125 --decoder recursive --dropout 0.25 --segment 2 --no-shortcut --distribution student-t --ensemble 4 --augment jitter,warping --augment scaling --scaler log --difference both --epochs 11 \
      --batch 12 --optimizer sgd --learning-rate 0.5 --schedule one-cycle --weight-decay 0.75 --average off --clip-norm 13 --patience 14 --time-limit 2h --seed 15 \
      --threads 16 --search 17 --search-method halving --search-space dropout,hidden -o out
      """
    let options = try ForecastOptions(parsed(line))
    #expect(options.data == ["a.csv", "b.csv"])
    #expect(options.target == ["x", "y"])
    #expect([options.known, options.past, options.category] == [["k", "l"], ["p"], ["l"]])
    #expect(options.future == "f.csv")
    #expect(
      [options.time, options.timeFormat, options.delimiter, options.frequency] == ["t", "dd-MM-yy", "tab", "daily"])
    #expect([options.missing, options.split, options.cell] == ["zero", "1:2:3", "lstm"])
    #expect(options.decoder == "recursive")
    #expect([options.scaler, options.difference, options.optimizer, options.output] == ["log", "both", "sgd", "out"])
    #expect(options.noHeader && options.noShortcut && options.distribution == "student-t")
    #expect(try ForecastOptions(parsed("train forecast a.csv --horizon 6 --quantile-heads")).quantileHeads)
    #expect([options.horizon, options.hidden, options.layers] == [6, 9, 3] as [Int?])
    #expect([options.window, options.season, options.segment, options.threads] == [14, 8, 2, 16] as [Int?])
    #expect([options.epochs, options.batch, options.patience] == [11, 12, 14] as [Int?])
    #expect(options.levels == [0.5, 0.95] as [Double])
    #expect([options.dropout, options.weightDecay, options.clipNorm] == [0.25, 0.75, 13] as [Double?])
    #expect(options.learningRate == 0.5 && options.schedule == "one-cycle" && options.average?.share == 0)
    #expect(options.search == 17 && options.searchMethod == "halving" && options.searchSpace == ["hidden", "dropout"])
    #expect(options.timeLimit?.seconds == 7200)
    #expect(options.seed == 15)
    #expect(options.refit == 18)
    #expect(options.connections == "dense")
    #expect(options.regularizer == ["input-dropout=.125", "weight-drop=0.5"])
    #expect(options.ensemble == 4 && options.augment == ["warping", "scaling", "jitter"])
  }

  @Test func manySeriesReachTheirFields() throws {
    let long = try ForecastOptions(
      parsed("train forecast a.csv --horizon 6 --id shop --category region --category size --static area --test b.csv"))
    #expect(long.form == .long(id: "shop", categories: ["region", "size"], statics: ["area"]))
    #expect(try ForecastOptions(parsed("train forecast a.csv --horizon 6 --series-in-rows")).form == .wide)
    #expect(try ForecastOptions(parsed("train forecast a.csv --horizon 6")).form == nil)
    let text = String(decoding: try JSONEncoder().encode(["options": long]), as: UTF8.self)
    // As folders have it that were written before there was --static.
    let old = text.replacing("\"static\":[\"area\"],", with: "").replacing(",\"static\":[\"area\"]", with: "")
    #expect(old != text)
    #expect(try JSONDecoder().decode([String: ForecastOptions].self, from: Data(old.utf8))["options"]?.static == [])
    #expect(try ForecastOptions(parsed("train forecast --config c.json", files: ["c.json": text])) == long)
  }

  @Test func configurationRepeatsTheRun() throws {
    let options = try ForecastOptions(
      parsed(
        "train forecast d/s.csv.gz --horizon 6 --levels 0.5,0.8 --no-shortcut --time-limit 90 --target a,b --augment jitter,scaling --ensemble 3"
      ))
    let text = String(decoding: try JSONEncoder().encode(["options": options]), as: UTF8.self)
    let again = try ForecastOptions(parsed("train forecast --config c.json", files: ["c.json": text]))
    #expect(again == options)
    #expect(again.output == "s-forecast")
    let changed = try ForecastOptions(parsed("train forecast --config c.json --horizon 9", files: ["c.json": text]))
    #expect(changed.horizon == 9)
  }

  @Test func aSearchChoosesWhatIsNotGiven() throws {
    let line = "train forecast a.csv --horizon 6 --hidden 9 --cell lstm --search 5"
    let options = try ForecastOptions(parsed(line))
    #expect(options.searchSpace == ["learning-rate", "layers", "dropout", "window", "segment"])
    #expect(try ForecastOptions(parsed("train forecast a.csv --horizon 6 --hidden 9")).searchSpace == nil)
    // Written down whole, so that the same options are searched again.
    let text = String(decoding: try JSONEncoder().encode(["options": options]), as: UTF8.self)
    #expect(try ForecastOptions(parsed("train forecast --config c.json", files: ["c.json": text])) == options)
  }

  @Test func foldersOfEarlierVersionsAreRead() throws {
    let options = try ForecastOptions(parsed("train forecast a.csv --horizon 6"))
    var object = try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(options)) as? [String: Any])
    for name in ["search", "search-method", "search-space", "schedule", "weight-decay", "average"] {
      object[name] = nil
    }
    let read = try JSONDecoder().decode(ForecastOptions.self, from: JSONSerialization.data(withJSONObject: object))
    #expect(read == options)
  }

  @Test func optionsThatAFileDoesNotKnowHaveTheirDefaults() throws {
    let options = try ForecastOptions(parsed("train forecast a.csv --horizon 6 --cell lstm"))
    var keys = try #require(JSONSerialization.jsonObject(with: JSONEncoder().encode(options)) as? [String: Any])
    #expect(keys.removeValue(forKey: "decoder") as? String == "direct")
    func decoded() throws -> ForecastOptions {
      try JSONDecoder().decode(ForecastOptions.self, from: JSONSerialization.data(withJSONObject: keys))
    }
    #expect(try decoded() == options)
    keys.removeValue(forKey: "output")
    #expect(throws: DecodingError.self) { try decoded() }
  }

  @Test func settingsPairNamesWithTheirValues() throws {
    let options = try ForecastOptions(
      parsed("train forecast a.csv --horizon 6 --known k --time-format dd-MM-yy --learning-rate 0.5 --no-shortcut"))
    let settings = Dictionary(uniqueKeysWithValues: options.settings.map { ($0.name, $0.value) })
    #expect(settings.count == ForecastOptions.CodingKeys.allCases.count)
    #expect(settings["horizon"] == "6" && settings["known"] == "k" && settings["past"] == "automatic")
    #expect(settings["time-format"] == "dd-MM-yy" && settings["learning-rate"] == "0.5")
    #expect(
      settings["refit"] == "never" && settings["ensemble"] == "1" && settings["augment"] == "none"
        && settings["window"] == "automatic")
    #expect(settings["no-shortcut"] == "true" && settings["output"] == "a-forecast" && settings["data"] == "a.csv")
  }

  @Test func keysAreTheNamesOfOptions() {
    let names = Set(ForecastOptionTable.definition.options.map(\.name) + ["data"])
    let conduct: Set = ["dry-run", "plot", "json", "quiet", "overwrite", "config", "resume", "checkpoint-interval"]
    #expect(Set(ForecastOptions.CodingKeys.allCases.map(\.rawValue)) == names.subtracting(conduct))
  }

  @Test(arguments: [
    ("a.csv", "a-forecast"), ("x/y.tar.gz", "y-forecast"), ("-", "series-forecast"), (".csv", "csv-forecast"),
  ])
  func folders(file: String, folder: String) {
    #expect(ForecastOptions.folder(for: file) == folder)
  }

  @Test(arguments: [
    ("--test b.csv --split 1:2:3", "--split and --test exclude each other"),
    ("--validation b.csv --split 1:2:3", "--split and --validation exclude each other"),
    ("--future f.csv", "--future needs --known as well"),
    ("--past none --past y", "--past none excludes other columns"),
    ("--target y --known y", "--target y and --known y exclude each other"),
    ("--known y --past x --past y", "--known y and --past y exclude each other"),
    ("--id a --series-in-rows", "--id and --series-in-rows exclude each other"),
    ("--category a --series-in-rows", "--category and --series-in-rows exclude each other"),
    ("--id a --known b", "--known b does not go with many series"),
    ("--id a --past b", "--past b does not go with many series"),
    ("--id a --split 1:2:3", "--split does not go with many series"),
    ("--series-in-rows --difference first", "--difference does not go with many series"),
    ("--series-in-rows --quantile-heads", "--quantile-heads does not go with many series"),
    ("--id a --decoder recursive", "--decoder does not go with many series"),
    ("--id a --missing zero", "--missing does not go with many series"),
    ("--id a --refit 5", "--refit does not go with many series"),
    ("--id a --augment jitter", "--augment does not go with many series"),
    ("--id a --ensemble 2", "--ensemble does not go with many series"),
    ("--connections dense", "--connections dense needs more than one layer"),
    ("--regularizer weight-drop=0.1 --regularizer weight-drop=0.2", "--regularizer names weight-drop twice"),
    ("--regularizer memory-zoneout=0.5", "--regularizer memory-zoneout does nothing in the cell gru"),
    ("--augment jitter --augment none", "--augment none excludes other augmentations"),
    ("--id a --scaler robust", "--scaler robust does not go with many series"),
    ("--id a --scaler box-cox", "--scaler box-cox does not go with many series"),
    ("--id a --learning-rate find", "--learning-rate find does not go with many series"),
    ("--id a --search 3", "--search does not go with many series"),
    ("--search-method halving", "--search-method needs --search as well"),
    ("--search-space cell", "--search-space needs --search as well"),
    (
      "--search 3 --learning-rate 1 --hidden 2 --layers 1 --dropout 0 --window 4 --segment 2 --cell gru",
      "--search has nothing to choose: every option of its space is given"
    ),
    ("--id a --distribution gaussian", "--distribution does not go with many series"),
    ("--distribution student-t --quantile-heads", "--distribution and --quantile-heads exclude each other"),
    (
      "--distribution negative-binomial --difference first",
      "--difference does not go with --distribution negative-binomial"
    ),
    (
      "--distribution negative-binomial --scaler log",
      "--scaler log does not go with --distribution negative-binomial"
    ),
    (
      "--distribution negative-binomial --augment jitter",
      "--augment does not go with --distribution negative-binomial"
    ),
    ("--segment 4 --window 6", "--segment 4 does not divide --window 6"),
  ])
  func conflicts(options: String, message: String) throws {
    let arguments = try parsed("train forecast a.csv --horizon 6 \(options)")
    let error = try #require(throws: UsageError.self) { try ForecastOptions(arguments) }
    #expect(error.message == message)
    #expect(error.kind == .conflictingOptions)
    #expect(error.hint != nil)
  }

  @Test func conductIsApart() throws {
    let plain = TrainingConduct(try parsed("train forecast a.csv --horizon 6"))
    #expect(!plain.isDryRun && !plain.plots && !plain.printsJSON && !plain.overwrites)
    let loud = TrainingConduct(try parsed("train forecast a.csv --horizon 6 --dry-run --plot --overwrite"))
    #expect(loud.isDryRun && loud.plots && !loud.printsJSON && loud.overwrites)
  }
}
