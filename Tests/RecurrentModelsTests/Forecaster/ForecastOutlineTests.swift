import RecurrentData
import RecurrentModels
import RecurrentNN
import Testing

@Suite struct ForecastOutlineTests {
  private func line(_ rows: Int) -> TimeSeries {
    var random = GeneratedSeries(seed: 5)
    return TimeSeries(columns: [.init(name: "y", values: random.walk(rows))])
  }

  @Test func shortSeriesAreRefusedOrFitted() throws {
    var fitted = 0, refused = 0
    for horizon in [1, 2, 5, 12, 13] {
      for rows in Array(1...24) + [29, 36, 40, 47, 48, 49, 50, 51, 52, 53, 54, 55, 60, 71, 90] {
        for difference in [ForecasterConfiguration.Difference.none, .both] {
          let configuration = quick(horizon: horizon) {
            ($0.window, $0.difference, $0.season) = (nil, difference, difference == .both ? 7 : nil)
          }
          let series = line(rows)
          do {
            let outline = try ForecastOutline(of: series, split: nil, configuration)
            let window = try outline.window(for: series)
            #expect(window.rows >= 1 && window.rows % window.segment == 0)
            fitted += 1
          } catch {
            #expect(error.hint != nil)
            refused += 1
          }
        }
      }
    }
    #expect(fitted > 100 && refused > 60, "\(fitted) fitted, \(refused) refused")
  }

  @Test func regularizersThatDoNothingAreRefused() throws {
    let error = try #require(throws: DataError.self) {
      try ForecastOutline(
        of: line(90), split: nil,
        quick(horizon: 3) { ($0.cell, $0.regularization) = ("mgu", RecurrentRegularization(memoryZoneout: 0.5)) })
    }
    #expect(error.expected.hasPrefix("a regulariser that acts on the cell mgu: input-dropout, output-dropout, "))
    #expect(error.received == "memory-zoneout" && error.hint != nil)
  }

  /// What recurrent cells are compared with takes their place, without what only they have.
  @Test func onlyRecurrentCellsHaveSomeOptions() throws {
    let names = ForecasterConfiguration.encoders.filter { $0.recurrent == nil }.map(\.name)
    #expect(names.contains("transformer") && names.contains("dilated") && !names.contains("conv-lstm"))
    for name in names + ["gru"] {
      func error(_ change: (inout ForecasterConfiguration) -> Void) -> DataError? {
        #expect(throws: Never.self) { _ = try ForecastOutline(of: line(120), split: nil, quick { $0.cell = name }) }
        do {
          _ = try ForecastOutline(
            of: line(120), split: nil,
            quick {
              $0.cell = name
              change(&$0)
            })
          return nil
        } catch { return error }
      }
      let errors = [
        error { ($0.layers, $0.connections) = (2, .residual) }, error { $0.regularization = .init(inputDropout: 0.1) },
        error { $0.decoder = .recursive }, error { $0.decoder = .encoderDecoder },
      ]
      for error in errors { #expect((error?.expected.contains("a recurrent cell for") ?? false) == (name != "gru")) }
      #expect((error { $0.layers = 64 } != nil) == (name != "gru"))
      // Nothing is asked for.
      #expect(
        error { ($0.connections, $0.regularization) = (LayerConnections.none, RecurrentRegularization.none) } == nil)
    }
    // What a dilated layer carries is bounded.
    #expect {
      _ = try ForecastOutline(of: line(120), split: nil, quick { ($0.cell, $0.layers) = ("dilated", 17) })
    } throws: {
      ($0 as? DataError)?.expected.contains("a state of at most") ?? false
    }
    #expect { _ = try ForecastOutline(of: line(120), split: nil, quick { $0.cell = "conv-lstm" }) } throws: {
      ($0 as? DataError)?.expected.contains("a cell: elman") ?? false
    }
  }

  @Test func segmentsThatAreKeptSideBySideAreFew() throws {
    for (name, isBounded) in [
      ("transformer", true), ("attention-dot", true), ("tcn", true), ("dilated", false), ("gru", false),
    ] {
      let series = line(2_400)
      func window(_ rows: Int) throws -> ForecastWindowChoice {
        let configuration = quick { ($0.cell, $0.layers, $0.window, $0.segment) = (name, 2, rows, 1) }
        return try ForecastOutline(of: series, split: nil, configuration).window(for: series)
      }
      #expect(try window(512).rows == 512)
      do {
        _ = try window(513)
        #expect(!isBounded, "\(name)")
      } catch let error as DataError {
        #expect(isBounded && error.expected == "at most 512 segments of a window for the cell \(name)", "\(error)")
      }
    }
  }

  @Test func shortestSeriesThatFitsIsForecast() throws {
    for rows in 4...60 where rows < 16 || rows % 9 == 0 {
      let series = line(rows)
      do {
        let configuration = quick(horizon: 1) { ($0.window, $0.epochs, $0.difference) = (nil, 1, .first) }
        let forecaster = try Forecaster(fittedTo: series, configuration: configuration)
        #expect(try forecaster.forecast(after: series).values[0][0].isFinite)
        _ = try forecaster.backtest(on: series)
      } catch let error as DataError {
        #expect(rows < 16, "\(rows): \(error)")
      }
    }
  }

  @Test func segmentsOfAnyLengthGiveAWindow() throws {
    for segment in [1, 5, 7, 23, 24, 40] {
      for horizon in [1, 12, 24] {
        let series = line(150)
        let configuration = quick(horizon: horizon) { ($0.window, $0.segment) = (nil, segment) }
        let outline = try ForecastOutline(of: series, split: nil, configuration)
        let window = try outline.window(for: series)
        #expect(window.rows % segment == 0 && window.segment == segment)
      }
    }
  }

  @Test func differencesNeedRowsOfTheirOwn() throws {
    // 70 rows to learn from; 60 of them have no difference.
    let configuration = quick { ($0.season, $0.difference) = (60, .seasonal) }
    #expect(throws: DataError.self) { try Forecaster(fittedTo: line(100), configuration: configuration) }
  }

  @Test func trainingPartWithoutValuesIsRefused() throws {
    var series = line(200)
    for row in 0..<140 { series.columns[0].values[row] = .nan }
    #expect(throws: DataError.self) { try Forecaster(fittedTo: series, configuration: quick()) }
    var half = line(200)
    half.columns.append(.init(name: "z", values: series.columns[0].values))
    let forecaster = try Forecaster(fittedTo: half, configuration: quick())
    #expect(try forecaster.forecast(after: half).values.joined().allSatisfy { $0.isFinite })
  }

  @Test func constantSeriesIsForecast() throws {
    let series = TimeSeries(columns: [.init(name: "y", values: Array(repeating: 7, count: 120))])
    let forecaster = try Forecaster(fittedTo: series, configuration: quick())
    #expect(try forecaster.forecast(after: series).values[0].allSatisfy { abs($0 - 7) < 1e-6 })
    _ = try ModelFolder.json(try forecaster.backtest(on: series).evaluation)
  }
}
