import Foundation
import RecurrentData
import RecurrentModels
import Testing

@Suite struct PanelUnitTests {
  /// Changes over two rows: 2 in the first series, 4 and 6 in the second; the last row of each is not read.
  private let columns: [[Double]] = [[0, 1, 2, 3, 4, 900], [5, .nan, 9, 11, -900], [7, 7, -900]]

  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-12 }

  @Test func windowsAreMeasuredByTheirChangeOverASeason() {
    // The second series is 5, 5, 9, 11 where nothing is missing; the third is too short for a season.
    let mean = (2.0 + 5) / 2
    let unit = PanelUnit(of: columns, season: 2, horizon: 1)
    let restless = unit.measure([1, 0, 4, 10, 0])
    // |4 - 1|, |10 - 0|, |0 - 4|
    let change = 17.0 / 3
    #expect(isClose(restless.size, change + 0.02 * mean))
    #expect(isClose(restless.weight, restless.size / (change + 0.2 * mean)))
    let flat = unit.measure([3, 3, 3])
    #expect(isClose(flat.size, 0.02 * mean) && isClose(flat.weight, 0.02 / 0.2))
    // Two rows have no change over two rows: from row to row then.
    #expect(isClose(unit.measure([1, 2]).size, 1 + 0.02 * mean))
  }

  @Test func seriesThatNeverChangeHaveAUnit() {
    let measured = PanelUnit(of: [[4, 4, 4, 4]], season: 1, horizon: 1).measure([4, 4])
    #expect(measured.size > 0 && measured.weight > 0)
    #expect(PanelUnit(of: [], season: 3, horizon: 2).measure([4, 4]).size > 0)
  }

  /// A tenth of the change over a season counts about the same in every series that is not all but flat, as in MASE.
  @Test func errorsOfCalmAndRestlessSeriesCountAlike() {
    var random = GeneratedSeries(seed: 3)
    let noise = random.noise(60)
    let unit = PanelUnit(of: [1, 2, 4].map { size in noise.map { size * $0 } }, season: 4, horizon: 5)
    func loss(_ size: Double) -> Double {
      let measured = unit.measure(noise.map { size * $0 })
      return measured.weight * 0.1 * size / measured.size
    }
    #expect(loss(4) < 1.6 * loss(1) && loss(4) > loss(1))
    #expect(loss(0.001) < 0.01 * loss(1))
  }

  /// Calm series that grow at a rate that changes slowly, and restless ones, noise around a season.
  private func calmAndRestless() -> SeriesPanel {
    var random = GeneratedSeries(seed: 9)
    let members = (0..<24).map { number in
      let isCalm = number % 2 == 0
      var level = 5.0, growth = 0.002 * random.normal()
      let values = (0..<140).map { row in
        if isCalm { growth += 0.0001 * random.normal() }
        level += isCalm ? growth : 0
        let season = sin(2 * .pi * Double(row + number) / 6)
        return exp(level + (isCalm ? 0.002 : 0.5) * (season + (isCalm ? 0 : random.normal())))
      }
      return SeriesPanel.Member(id: "s\(number)", series: TimeSeries(columns: [.init(name: "x", values: values)]))
    }
    return SeriesPanel(members)
  }

  private func isDivided(_ forecaster: PanelForecaster, _ panel: SeriesPanel) throws -> Bool {
    let files = try forecaster.files(continuing: panel, form: .long(id: "series", categories: []))
    let encoders = try #require(files.first { $0.name == "encoders.json" })
    let parts = try #require(JSONSerialization.jsonObject(with: Data(encoders.bytes)) as? [String: Any])
    return try #require(parts["encoding"] as? [String: Any])["unit"] != nil
  }

  @Test func windowsAreDividedOnlyWhereItHelps() throws {
    let configuration = quick(horizon: 6) { ($0.window, $0.epochs, $0.season) = (24, 1, 6) }
    let mixed = calmAndRestless()
    #expect(try isDivided(PanelForecaster(fittedTo: mixed, configuration: configuration), mixed))
    // All of these change alike, whatever their size.
    let alike = try SamplePanel().panel()
    #expect(try !isDivided(PanelForecaster(fittedTo: alike, configuration: quick()), alike))
  }

  @Test func calmSeriesAreLearnedBesideRestlessOnes() throws {
    let panel = calmAndRestless()
    let configuration = quick(horizon: 6) {
      ($0.window, $0.epochs, $0.hiddenSize, $0.season) = (24, 20, 12, 6)
    }
    let history = panel.droppingLast(6)
    let forecaster = try PanelForecaster(fittedTo: history, configuration: configuration)
    let judged = try forecaster.evaluate(after: history, truth: panel.lastRows(6))
    let scores = judged.evaluation.metrics.targets
    func mean(_ remainder: Int) -> Double {
      scores.enumerated().filter { $0.offset % 2 == remainder }.reduce(0) { $0 + ($1.element.scores.mase ?? 0) } / 12
    }
    #expect(mean(0) < 0.5, "\(mean(0))")
    #expect(mean(1) < 0.9, "\(mean(1))")
  }

  /// Folders from before there was a unit: windows of logarithms are not divided.
  @Test func foldersWithoutAUnitAreRead() throws {
    let panel = calmAndRestless()
    let configuration = quick(horizon: 6) { ($0.window, $0.epochs, $0.season) = (24, 1, 6) }
    let forecaster = try PanelForecaster(fittedTo: panel, configuration: configuration)
    let folder = ModelFolder(FileManager.default.temporaryDirectory.appending(path: "unit-\(UUID().uuidString)").path)
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    let form = SeriesPanel.Form.long(id: "series", categories: [])
    let record = try ModelFolder.json(["panel": forecaster.record])
    let files = try forecaster.files(continuing: panel, form: form).map { name, bytes in
      guard name == "encoders.json" else { return (name, bytes) }
      var parts = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
      var encoding = try #require(parts["encoding"] as? [String: Any])
      #expect(encoding.removeValue(forKey: "unit") != nil)
      parts["encoding"] = encoding
      return (name, Array(try JSONSerialization.data(withJSONObject: parts)))
    }
    try folder.write([("config.json", record)] + files, overwriting: false)
    let read = try PanelForecaster(
      from: folder,
      record: try #require(folder.value([String: PanelForecasterRecord].self, from: "config.json")["panel"]))
    let forecast = read.forecast(after: panel)
    #expect(forecast.values.joined().allSatisfy { $0.isFinite && $0 > 0 })
    #expect(forecast != forecaster.forecast(after: panel))
  }
}
