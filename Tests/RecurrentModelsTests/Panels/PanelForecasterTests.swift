import Foundation
import RecurrentData
import RecurrentKernels
import RecurrentModels
import Testing

@Suite struct PanelForecasterTests {
  @Test(arguments: [0.0, -15]) func oneModelLearnsAllSeries(shift: Double) throws {
    let panel = try SamplePanel(lengths: (0..<16).map { 90 + 3 * $0 }, shift: shift).panel()
    let configuration = quick(horizon: 6) { ($0.window, $0.epochs, $0.hiddenSize) = (24, 15, 12) }
    let history = panel.droppingLast(6)
    let forecaster = try PanelForecaster(fittedTo: history, configuration: configuration)
    #expect(forecaster.season?.period == 12)
    let judged = try forecaster.evaluate(after: history, truth: panel.lastRows(6))
    let scores = judged.evaluation.metrics.overall
    let baselines = judged.evaluation.baselines
    #expect(baselines.prefix(2).map(\.key) == ["naive", "seasonalNaive"] && baselines.last?.key == "linear")
    // What cannot be foreseen has a deviation of 1; the last cycle is off by 1.4.
    let naive = try #require(baselines[0].metrics.overall.mase)
    let seasonal = try #require(baselines[1].metrics.overall.mase)
    let own = try #require(scores.mase)
    #expect(own < 0.9 * seasonal && seasonal < naive, "\(own), \(seasonal), \(naive)")
    #expect(judged.summary.betterShare > 0.6)
    #expect(abs((scores.coverage ?? 0) - 0.8) < 0.15)
  }

  @Test func weightsDependOnTheSeedAlone() throws {
    let panel = try SamplePanel(hasCategories: true).panel()
    func digest(_ change: (inout ForecasterConfiguration) -> Void = { _ in }) throws -> String {
      let configuration = quick {
        ($0.hiddenSize, $0.batchSize, $0.epochs, $0.layers) = (24, 64, 1, 2)
        change(&$0)
      }
      return try PanelForecaster(fittedTo: panel, configuration: configuration).weightsDigest
    }
    let expected = try WorkerPool.using(threads: 1) { try digest() }
    for threads in [2, 3] {
      #expect(try WorkerPool.using(threads: threads) { try digest() } == expected, "\(threads) threads")
    }
    #expect(try digest { $0.seed = 2 } != expected)
  }

  @Test func aSeriesAloneIsForecastAsAmongOthers() throws {
    let panel = try SamplePanel(hasCategories: true).panel()
    let forecaster = try PanelForecaster(fittedTo: panel, configuration: quick())
    let all = forecaster.forecast(after: panel)
    #expect(all.ids == panel.members.map(\.id))
    for number in [0, 3, 5] {
      let alone = forecaster.forecast(after: panel.only([number]))
      #expect(alone.values[0] == all.values[number])
      #expect(alone.lower[0][0] == all.lower[0][number] && alone.upper[0][0] == all.upper[0][number])
      #expect(alone.times[0] == all.times[number])
    }
    let backwards = forecaster.forecast(after: panel.only([6, 2]))
    #expect(backwards.values == [all.values[6], all.values[2]])
    #expect(all.times[0] == ["1995-11-01", "1995-12-01", "1996-01-01"])
  }

  @Test(arguments: [0.0, -15]) func theSizeOfASeriesDoesNotMatter(shift: Double) throws {
    let panel = try SamplePanel(shift: shift).panel()
    let forecaster = try PanelForecaster(fittedTo: panel, configuration: quick())
    let small = forecaster.forecast(after: panel), large = forecaster.forecast(after: panel.mapped { 1000 * $0 })
    for (a, b) in zip(small.values.joined(), large.values.joined()) {
      #expect(abs(1000 * a - b) <= 1e-3 * abs(b) + 1e-3)
    }
  }

  @Test func theLastRowsDecideAndNoOthersAreSeen() throws {
    let panel = try SamplePanel().panel()
    let forecaster = try PanelForecaster(fittedTo: panel, configuration: quick())
    var other = panel, old = panel
    for index in panel.members.indices {
      let rows = panel.members[index].series.rowCount
      other.members[index].series.columns[0].values[rows - 1] *= 1.3
      old.members[index].series.columns[0].values[rows - 13] *= 1.3
    }
    let before = forecaster.forecast(after: panel).values
    #expect(zip(before.joined(), forecaster.forecast(after: other).values.joined()).allSatisfy { $0 != $1 })
    // The window has 12 rows.
    #expect(before == forecaster.forecast(after: old).values)
  }

  @Test func missingRowsAndShortSeriesAreContinued() throws {
    var panel = try SamplePanel().panel()
    panel.members[0].series.columns[0].values[60..<64] = [.nan, .nan, .nan, .nan]
    panel.members[1].series.columns[0].values[95] = .nan
    let forecaster = try PanelForecaster(fittedTo: panel, configuration: quick())
    var short = panel.only([2])
    short.members[0].series = short.members[0].series[0..<3]
    short.members[0].id = "new"
    for values in forecaster.forecast(after: panel).values + forecaster.forecast(after: short).values {
      #expect(values.allSatisfy { $0.isFinite && $0 > 0 })
    }
  }

  @Test func categoriesAreLearned() throws {
    let panel = try SamplePanel(hasCategories: true).panel()
    let forecaster = try PanelForecaster(
      fittedTo: panel, configuration: quick { ($0.epochs, $0.allowsShortcut) = (4, false) })
    func forecast(_ kind: String) -> [Double] {
      var one = panel.only([0])
      one.members[0].categories = [kind]
      return forecaster.forecast(after: one).values[0]
    }
    #expect(forecast("a") == forecaster.forecast(after: panel).values[0])
    #expect(forecast("a") != forecast("b"))
    #expect(forecast("a") != forecast("never seen"))
    #expect(forecast("never seen").allSatisfy { $0.isFinite })
    let judged = try forecaster.evaluate(after: panel.droppingLast(3), truth: panel.lastRows(3))
    #expect(judged.summary.groups.map(\.text) == ["a", "b"])
    #expect(judged.summary.groups.map(\.count) == [4, 4])
  }

  @Test func segmentsThatAreKeptSideBySideAreFew() throws {
    let panel = try SamplePanel(lengths: [1_400, 1_300]).panel()
    let error = #expect(throws: DataError.self) {
      try PanelForecaster(
        fittedTo: panel, configuration: quick { ($0.cell, $0.window, $0.segment) = ("attention-dot", 601, 1) })
    }
    #expect(error?.expected == "at most 512 segments of a window for the cell attention-dot")
    #expect(error?.received == "601")
  }

  @Test func tooLittleToLearnFromIsSaid() throws {
    let panel = try SamplePanel(lengths: [14, 15]).panel()
    let error = #expect(throws: DataError.self) { try PanelForecaster(fittedTo: panel, configuration: quick()) }
    #expect(error?.expected == "a series of at least 18 rows with known values")
    #expect(error?.line == 30)
    let below = try SamplePanel(shift: -40).panel()
    let logarithm = #expect(throws: DataError.self) {
      try PanelForecaster(fittedTo: below, configuration: quick { $0.scaler = .log })
    }
    #expect(logarithm?.expected == "values above 0 in the series \"s0\" for a logarithm")
  }

  /// Interrupted during each network, first here, then there, then continued: the bits of a fitting in one go.
  @Test func interruptedFittingGoesOn() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "fitting-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let panel = try SamplePanel(hasCategories: true).panel()
    let configuration = quick { $0.batchSize = 64 }
    var steps = 0
    func count(_ event: ForecasterEvent) { if case .training(_, _, _, .step) = event { steps += 1 } }
    let whole = try PanelForecaster(fittedTo: panel, configuration: configuration, onEvent: count)
    let all = steps
    #expect(all > 30)
    for stops in [[2], [all / 2, 3], [all - 1, 1, 1]] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for stop in stops {
        // Once cancelled, always cancelled: the networks after the one in training begin and stop too.
        steps = 0
        _ = try PanelForecaster(
          fittedTo: panel, configuration: configuration,
          checkpoints: FittingCheckpoints(folder, every: .steps(3)), isCancelled: { steps >= stop }, onEvent: count)
      }
      steps = 0
      let resumed = try PanelForecaster(
        fittedTo: panel, configuration: configuration, checkpoints: FittingCheckpoints(folder), onEvent: count)
      #expect(resumed.weightsDigest == whole.weightsDigest && steps < all, "\(stops)")
      #expect(resumed.forecast(after: panel) == whole.forecast(after: panel))
      try FileManager.default.removeItem(atPath: folder)
    }
  }

  @Test func foldersGiveTheSameForecasts() throws {
    let panel = try SamplePanel(hasCategories: true).panel()
    let forecaster = try PanelForecaster(fittedTo: panel, configuration: quick { $0.levels = [0.5, 0.9] })
    let folder = ModelFolder(FileManager.default.temporaryDirectory.appending(path: "panel-\(UUID().uuidString)").path)
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    let form = SeriesPanel.Form.long(id: "shop", categories: ["kind"])
    let record = try ModelFolder.json(["panel": forecaster.record])
    try folder.write(
      [("config.json", record)] + forecaster.files(continuing: panel, form: form), overwriting: false)
    let read = try PanelForecaster(
      from: folder,
      record: try #require(folder.value([String: PanelForecasterRecord].self, from: "config.json")["panel"]))
    #expect(read.weightsDigest == forecaster.weightsDigest)
    #expect(read.parameterCount == forecaster.parameterCount)
    let expected = forecaster.forecast(after: panel)
    #expect(read.forecast(after: panel) == expected)
    let tail = try folder.value(PanelTail.self, from: "data.json")
    #expect(tail.form == form && tail.target == "sales")
    #expect(read.forecast(after: try tail.panel(file: "data.json")) == expected)
  }
}
