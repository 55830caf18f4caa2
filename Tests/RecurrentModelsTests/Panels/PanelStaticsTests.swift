import Foundation
import RecurrentData
import RecurrentModels
import Testing

/// Walks whose drift is their static number: a window of a few rows tells it badly, the number exactly.
private struct DriftingPanel {
  var series = 30
  var rows = 60
  var seed: Int
  /// The series that miss their number.
  var missing: Set<Int> = []
  var hasNumbers = true

  func panel() -> SeriesPanel {
    var random = GeneratedSeries(seed: seed)
    let members = (0..<series).map { number in
      let drift = random.normal()
      var level = 50 * random.normal()
      let values = (0..<rows).map { _ in
        level += drift + 1.5 * random.normal()
        return level
      }
      // In units and from a zero of its own.
      let told = missing.contains(number) ? .nan : 300 + 40 * drift
      return SeriesPanel.Member(
        id: "s\(seed)-\(number)", statics: hasNumbers ? [7, told] : [],
        series: TimeSeries(columns: [.init(name: "x", values: values)]))
    }
    return SeriesPanel(members, statics: hasNumbers ? ["constant", "drift"] : [])
  }
}

private func driftConfiguration() -> ForecasterConfiguration {
  quick(horizon: 4) { ($0.window, $0.epochs, $0.hiddenSize, $0.season) = (8, 12, 12, 1) }
}

@Suite struct PanelStaticsTests {
  private func error(of forecaster: PanelForecaster, on panel: SeriesPanel) throws -> Double {
    let judged = try forecaster.evaluate(after: panel.droppingLast(4), truth: panel.lastRows(4))
    return try #require(judged.evaluation.metrics.overall.mae)
  }

  @Test func theyHelpAlsoForSeriesNotMet() throws {
    var with = DriftingPanel(seed: 1), without = with
    without.hasNumbers = false
    let told = try PanelForecaster(fittedTo: with.panel(), configuration: driftConfiguration())
    let untold = try PanelForecaster(fittedTo: without.panel(), configuration: driftConfiguration())
    #expect(told.statics == ["constant", "drift"] && untold.statics == [])
    (with.seed, without.seed, with.series, without.series) = (2, 2, 80, 80)
    let (own, other) = (try error(of: told, on: with.panel()), try error(of: untold, on: without.panel()))
    #expect(own < 0.9 * other, "\(own) beside \(other)")
  }

  @Test func missingNumbersAreTold() throws {
    let panel = DriftingPanel(series: 60, seed: 1, missing: [0, 5, 11, 17, 30, 42]).panel()
    let forecaster = try PanelForecaster(fittedTo: panel, configuration: driftConfiguration())
    /// The last step of every series if its number were this.
    func forecast(_ number: Double) -> [Double] {
      var told = panel
      for index in told.members.indices { told.members[index].statics[1] = number }
      return forecaster.forecast(after: told).values.map { $0[3] }
    }
    // Not the same as a series of the mean drift: how much a window can be trusted differs.
    let (known, missing) = (forecast(300), forecast(.nan))
    #expect(known != missing && missing.allSatisfy { $0.isFinite })
    let (rising, falling) = (forecast(380), forecast(220))
    #expect(zip(rising, falling).reduce(0) { $0 + $1.0 - $1.1 } > 60, "a drift of 2 beside one of -2")
    #expect(forecast(1e30) == forecast(1e6), "far outside what was met counts as the end of it")
  }

  @Test func nothingIsLearnedOfAColumnThatNeverMisses() throws {
    let panel = DriftingPanel(seed: 4).panel()
    let forecaster = try PanelForecaster(fittedTo: panel, configuration: driftConfiguration())
    var (mean, missing) = (panel.only([0]), panel.only([0]))
    let numbers = panel.members.map { $0.statics[1] }
    mean.members[0].statics[1] = numbers.reduce(0, +) / Double(numbers.count)
    missing.members[0].statics[1] = .nan
    for (a, b) in zip(forecaster.forecast(after: mean).values[0], forecaster.forecast(after: missing).values[0]) {
      #expect(abs(a - b) < 1e-3)
    }
  }

  @Test func theUnitOfANumberDoesNotMatter() throws {
    let panel = DriftingPanel(seed: 5).panel()
    var scaled = panel
    for index in scaled.members.indices { scaled.members[index].statics[1] *= 1024 }
    let (one, other) = (
      try PanelForecaster(fittedTo: panel, configuration: driftConfiguration()),
      try PanelForecaster(fittedTo: scaled, configuration: driftConfiguration())
    )
    #expect(one.forecast(after: panel).values == other.forecast(after: scaled).values)
  }

  @Test func foldersKeepThem() throws {
    let panel = DriftingPanel(series: 8, seed: 6, missing: [2]).panel()
    let forecaster = try PanelForecaster(fittedTo: panel, configuration: quick())
    let folder = ModelFolder(FileManager.default.temporaryDirectory.appending(path: "panel-\(UUID().uuidString)").path)
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    let form = SeriesPanel.Form.long(id: "shop", statics: ["constant", "drift"])
    try folder.write(
      [("config.json", try ModelFolder.json(["panel": forecaster.record]))]
        + forecaster.files(continuing: panel, form: form), overwriting: false)
    let read = try PanelForecaster(
      from: folder,
      record: try #require(folder.value([String: PanelForecasterRecord].self, from: "config.json")["panel"]))
    let tail = try folder.value(PanelTail.self, from: "data.json")
    #expect(tail.form == form && read.statics == forecaster.statics)
    #expect(read.forecast(after: try tail.panel(file: "data.json")) == forecaster.forecast(after: panel))
  }

  @Test func formsWrittenBeforeThemAreRead() throws {
    let old = Data(#"{"long": {"id": "shop", "categories": ["region"]}}"#.utf8)
    #expect(try JSONDecoder().decode(SeriesPanel.Form.self, from: old) == .long(id: "shop", categories: ["region"]))
  }
}
