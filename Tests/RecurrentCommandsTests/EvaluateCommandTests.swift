import Foundation
import RecurrentCommands
import Testing

@Suite struct EvaluateCommandTests {
  @Test func judgesAsTrainingDid() throws {
    let run = try CommandRun()
    #expect(run.train(["--json", "--quiet"]) == .done)
    let trained = try run.object()
    #expect(run.run(["evaluate", run.model, "--json", "--quiet"]) == .done)
    #expect(run.error == "")
    let judged = try run.object()
    for key in ["metrics", "baselines", "verdict", "model", "data"] {
      #expect((trained[key] as? NSDictionary) == (judged[key] as? NSDictionary), "\(key)")
    }
    #expect(run.run(["evaluate", run.model]) == .done)
    #expect(run.output.contains("this model"))
  }

  @Test func requirementsDecide() throws {
    let run = try CommandRun()
    #expect(run.train(["--json", "--quiet"]) == .done)
    let metrics = try #require(
      ((try run.object())["metrics"] as? [String: Any])?["overall"] as? [String: Any])
    let mae = try #require(metrics["mae"] as? Double)
    #expect(run.run(["evaluate", run.model, "--require", "mae<=\(mae * 1.0001)", "--require", "coverage>=0"]) == .done)
    #expect(run.run(["evaluate", run.model, "--require", "mae<\(mae * 0.9999)"]) == .requirementNotMet)
    #expect(run.error.contains("not met: mae<\(mae * 0.9999)"))
    #expect(run.output.contains("this model"))
    #expect(run.run(["evaluate", run.model, "--require", "skill>=1", "--quiet"]) == .requirementNotMet)
    #expect(run.error.contains("not met: skill"))
    #expect(run.run(["evaluate", run.model, "--require", "profit>=1"]) == .usage)
  }

  @Test func otherDataIsJudgedAsAWhole() throws {
    let run = try CommandRun()
    #expect(run.train() == .done)
    try run.write(CommandRun.series(rows: 70), to: "other.csv")
    #expect(run.run(["evaluate", run.model, run.path("other.csv"), "--json"]) == .done, "\(run.error)")
    let data = try #require(try run.object()["data"] as? [String: Any])
    #expect(data["rows"] as? Int == 70)
    // All rows after the first that the model sees.
    #expect((data["split"] as? [String: [Int]])?["test"] == [13, 70])
    try run.write(CommandRun.series(rows: 14), to: "short.csv")
    #expect(run.run(["evaluate", run.model, run.path("short.csv")]) == .badData)
  }

  @Test func changedDataIsRefused() throws {
    let run = try CommandRun()
    #expect(run.train() == .done)
    try run.write(CommandRun.series(rows: 181), to: "series.csv")
    #expect(run.run(["evaluate", run.model]) == .badData)
    #expect(run.error.contains("a file that has changed since"))
    try FileManager.default.removeItem(atPath: run.data)
    #expect(run.run(["evaluate", run.model]) == .noInput)
  }

  @Test(arguments: [["--target", "sales"], PanelCommandTests.wideOptions])
  func networksJoinedOtherwiseThanTheirConfigurationAreRefused(options: [String]) throws {
    let run = try CommandRun()
    try run.write(PanelCommandTests.wide(ids: 0..<2), to: "wide.csv")
    let data = options == PanelCommandTests.wideOptions ? run.path("wide.csv") : run.data
    let small = ["--epochs", "1", "--window", "6", "--horizon", "2", "--hidden", "3", "--layers", "2", "--quiet"]
    // A share that is 1 as a scalar drops nearly everything.
    let joined = ["--connections", "residual", "--dropout", "0.99999999"]
    #expect(
      run.run(["train", "forecast", data, "-o", run.model] + options + small + joined) == .done, "\(run.error)")
    #expect(run.run(["predict", run.model]) == .done, "\(run.error)")
    let path = URL(filePath: run.path("model/config.json"))
    let text = try String(contentsOf: path, encoding: .utf8)
    let mark = "\"connections\" : \"residual\""
    // Once in the options, which are not asked here.
    var refused = 0
    let places = text.ranges(of: mark)
    for place in places {
      try text.replacingCharacters(in: place, with: "\"connections\" : \"highway\"")
        .write(to: path, atomically: true, encoding: .utf8)
      guard run.run(["predict", run.model]) == .badData else { continue }
      refused += 1
      #expect(run.error.contains("the sizes of a network do not fit together"), "\(run.error)")
    }
    #expect(refused >= 2 && refused == places.count - 1, "\(text)")
  }

  /// Every number, list, text and key of the files of a model changed in turn: an answer or an error, never a crash.
  @Test(arguments: ["config.json", "encoders.json", "data.json"]) func damagedModelsAreRefused(file: String) throws {
    let run = try CommandRun()
    let small = ["--levels", "0.5,0.9", "--epochs", "1", "--window", "6", "--horizon", "2", "--hidden", "3"]
    #expect(run.run(["train", "forecast", run.data, "-o", run.model, "--quiet"] + small) == .done, "\(run.error)")
    let path = run.path("model/\(file)")
    let whole = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path)))
    var refused = 0
    for (place, damaged) in Damage.all(of: whole) {
      try JSONSerialization.data(withJSONObject: damaged).write(to: URL(filePath: path))
      for arguments in [["predict", run.model, "--json"], ["evaluate", run.model, "--json"]] {
        let code = run.run(arguments)
        if code == .badData { refused += 1 }
        #expect([.done, .badData, .noInput, .trainingStopped].contains(code), "\(file) \(place): \(run.error)")
      }
    }
    #expect(refused > 20, "\(refused)")
    for text in ["", "{", "[]", "{\"format\" : 2}"] {
      try run.write(text, to: "model/\(file)")
      #expect(run.run(["predict", run.model]) == .badData)
      #expect(run.error.contains("model/\(file)"))
    }
  }
}

/// Small changes of a JSON value.
enum Damage {
  /// Changed copies with the place of each change; of long lists the first entry stands for all.
  static func all(of value: Any, at place: String = "") -> [(place: String, value: Any)] {
    var copies: [(place: String, value: Any)] = []
    switch value {
    case let object as [String: Any]:
      for key in object.keys.sorted() {
        var less = object
        less[key] = nil
        copies.append(("\(place).\(key) removed", less))
        for change in all(of: object[key]!, at: "\(place).\(key)") {
          var other = object
          other[key] = change.value
          copies.append((change.place, other))
        }
      }
    case let list as [Any] where !list.isEmpty:
      copies.append(("\(place) empty", [Any]()))
      copies.append(("\(place) shorter", Array(list.dropLast())))
      copies.append(("\(place) longer", list + [list[0]]))
      for change in all(of: list[0], at: "\(place)[0]") {
        var other = list
        other[0] = change.value
        copies.append((change.place, other))
      }
    case is NSNumber:
      for number in [-1, 0, 1_000_003, 900_000_000_000_000_000] { copies.append(("\(place) = \(number)", number)) }
    case is String: copies.append(("\(place) = x", "x"))
    default: break
    }
    return copies
  }
}
