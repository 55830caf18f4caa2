import Foundation
import Recurrent
import Testing

/// The code of the pages on covariates and on many series, word for word, is run here.
@Suite struct GuideTests {
  @Test func columnsBesideTheTarget() throws {
    var options = ReadingOptions(targets: ["sales"])
    options.known = ["temperature", "weather", "holiday"]
    options.past = ["visitors"]
    let series = try TimeSeries(contentsOf: ["Data/kiosk.csv"], options: options)
    var configuration = ForecasterConfiguration(horizon: 7)
    configuration.epochs = 10
    let forecaster = try Forecaster(fittedTo: series, configuration: configuration)

    var coming = ReadingOptions(targets: [])
    coming.known = options.known
    coming.categories = ["weather"]
    coming.requiredColumns = options.known
    let week = try TimeSeries(contentsOf: ["Data/kiosk-next.csv"], options: coming)
    let next = try forecaster.forecast(after: series, future: week)
    print(zip(next.times, next.values[0]).map { "\($0): \($1)" }.joined(separator: "\n"))
    #expect(next.times.count == 7 && next.times.first == "2024-01-01")
    #expect(try forecaster.backtest(on: series).evaluation.verdict.kind == .better)
  }

  @Test func manySeries() throws {
    let form = SeriesPanel.Form.long(id: "shop", categories: ["region"], statics: ["area"])
    let shops = try SeriesPanel(
      contentsOf: ["Data/shops.csv"], form: form, options: ReadingOptions(targets: ["sales"]))
    var configuration = ForecasterConfiguration(horizon: 6)
    configuration.epochs = 10
    let forecaster = try PanelForecaster(fittedTo: shops, configuration: configuration)

    let next = try SeriesPanel(
      contentsOf: ["Data/shops-next.csv"], form: .long(id: "shop"), options: ReadingOptions(targets: ["sales"]))
    let judged = try forecaster.evaluate(after: shops, truth: shops.outcomes(in: next, horizon: 6))
    print(judged.evaluation.verdict.sentence)

    let new = try SeriesPanel(
      contentsOf: ["Data/shops-new.csv"], form: form, options: ReadingOptions(targets: ["sales"]))
    let forecast = forecaster.forecast(after: new)
    print(forecast.ids[0], forecast.times[0][0], forecast.values[0][0])
    #expect(forecast.ids == ["shop 21", "shop 22"] && forecast.times[0][0] == "2024-01")
    #expect(forecast.values.joined().allSatisfy { $0.isFinite && $0 > 0 })
    #expect(judged.summary.count == 20)
  }
}
