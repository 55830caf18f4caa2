import RecurrentData
import RecurrentModels
import Testing

@Suite struct ForecastIntervalsTests {
  /// A trend that turns steeper leaves all outcomes of the short validation part on one side of the forecast.
  @Test func thePointForecastLiesInItsInterval() throws {
    let values: [Double] = (0..<90).map { row in
      let late = Double(max(0, row - 50))
      return Double(row) + 0.1 * late * late
    }
    let series = TimeSeries(columns: [.init(name: "y", values: values)])
    var configuration = ForecasterConfiguration(horizon: 4)
    configuration.levels = [0.5, 0.9]
    configuration.epochs = 2
    let forecaster = try Forecaster(fittedTo: series, configuration: configuration)
    let forecast = try forecaster.forecast(after: series)
    for step in 0..<4 {
      let bounds = [
        forecast.lower[1][0][step], forecast.lower[0][0][step], forecast.values[0][step],
        forecast.upper[0][0][step], forecast.upper[1][0][step],
      ]
      #expect(bounds == bounds.sorted(), "\(bounds)")
    }
    let window = try #require(try forecaster.backtest(on: series).samples.worst)
    for entry in window.forecast.indices {
      #expect(try #require(window.lower)[entry] <= window.forecast[entry])
      #expect(try #require(window.upper)[entry] >= window.forecast[entry])
    }
  }
}
