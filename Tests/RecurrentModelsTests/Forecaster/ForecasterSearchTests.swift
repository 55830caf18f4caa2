import Foundation
import RecurrentData
import RecurrentKernels
import RecurrentModels
import RecurrentTraining
import Testing

/// What a search found, without the seconds it took.
private func findings(_ table: SearchTable) -> [String] {
  table.rows.map { row in
    row.candidate.options + row.results.map { ": \($0.round) \($0.error ?? -1) \($0.epochs)" }.joined()
  } + ["\(table.chosen ?? 0)"]
}

/// Six epochs a network, so that rounds of halving differ.
private let configuration = quick { ($0.epochs, $0.patience, $0.scaler) = (6, 6, .standard) }
private let options = ["learning-rate", "hidden", "dropout", "cell"]

@Suite struct ForecasterSearchTests {
  private func search(_ method: SearchMethod, _ candidates: Int = 4) -> ForecasterSearch {
    ForecasterSearch(candidates: candidates, method: method, options: options)
  }

  @Test func theWinnerIsTheForecasterOfItsOptions() throws {
    let series = try SampleSeries(rows: 150).series()
    let (forecaster, table) = try search(.random).fit(to: series, configuration: configuration)
    let best = try #require(table.best)
    let errors = table.rows.compactMap(\.error)
    #expect(errors.count == 4 && Set(errors).count > 1)
    #expect(best.error == errors.min())
    let alone = try Forecaster(fittedTo: series, configuration: forecaster.configuration)
    #expect(alone.weightsDigest == forecaster.weightsDigest)
    let standard = try Forecaster(fittedTo: series, configuration: configuration)
    #expect((standard.weightsDigest == forecaster.weightsDigest) == (best.candidate.number == 1))
  }

  @Test(arguments: SearchMethod.allCases) func threadsDoNotChangeTheTable(method: SearchMethod) throws {
    let series = try SampleSeries(rows: 150).series()
    var results: [[String]] = []
    for threads in [1, 3] {
      let (forecaster, table) = try WorkerPool.using(threads: threads) {
        try search(method).fit(to: series, configuration: configuration)
      }
      results.append(findings(table) + [forecaster.weightsDigest])
    }
    #expect(results[0] == results[1])
    let other = try search(method).fit(to: series, configuration: quick { ($0.seed, $0.epochs) = (2, 2) })
    #expect(findings(other.table) != findings(try search(method).fit(to: series, configuration: configuration).table))
  }

  @Test(arguments: SearchMethod.allCases) func theTestPartIsNotRead(method: SearchMethod) throws {
    let series = try SampleSeries(rows: 150).series()
    let split = try ForecastOutline.standardSplit(of: series, horizon: 3)
    let changed = series.changed(from: split.test.lowerBound)
    let first = try search(method).fit(to: series, split: split, configuration: configuration)
    let second = try search(method).fit(to: changed, split: split, configuration: configuration)
    #expect(findings(first.table) == findings(second.table))
    #expect(first.forecaster.weightsDigest == second.forecaster.weightsDigest)
    let validation = try search(method).fit(
      to: series.changed(from: split.test.lowerBound - 2), split: split, configuration: configuration)
    #expect(findings(first.table) != findings(validation.table))
  }

  /// Stopped during any candidate and continued: the table and the bits of a search in one go, from a temporary folder.
  @Test(arguments: SearchMethod.allCases) func interruptedSearchGoesOn(method: SearchMethod) throws {
    let series = try SampleSeries(rows: 150).series()
    var steps = 0
    let whole = try search(method).fit(
      to: series, configuration: configuration,
      onEvent: { if case .training(_, _, _, .step) = $0 { steps += 1 } })
    for stops in [[3], [steps / 3, steps / 3], [steps * 9 / 10, 2]] {
      let scratch = try ScratchFolder()
      let checkpoints = FittingCheckpoints(scratch.path, every: .steps(7))
      for stop in stops {
        var taken = 0
        _ = try search(method).fit(
          to: series, configuration: configuration, checkpoints: checkpoints, isCancelled: { taken >= stop },
          onEvent: { if case .training(_, _, _, .step) = $0 { taken += 1 } })
      }
      var rest = 0
      let resumed = try search(method).fit(
        to: series, configuration: configuration, checkpoints: checkpoints,
        onEvent: { if case .training(_, _, _, .step) = $0 { rest += 1 } })
      #expect(findings(resumed.table) == findings(whole.table), "\(stops)")
      #expect(resumed.forecaster.weightsDigest == whole.forecaster.weightsDigest, "\(stops)")
      // What was done is not done again, but for the updates since a checkpoint.
      #expect(rest < steps - stops.reduce(0, +) + 30, "\(stops): \(rest) of \(steps)")
      #expect(resumed.table.seconds > 0)
    }
  }

  @Test func halvingTrainsLess() throws {
    let series = try SampleSeries(rows: 150).series()
    let (forecaster, table) = try search(.halving, 9).fit(to: series, configuration: configuration)
    #expect(table.rows.map { $0.results.count }.sorted() == [1, 1, 1, 1, 1, 1, 2, 2, 3])
    let best = try #require(table.best)
    #expect(best.error == table.rows.compactMap(\.error).min())
    // Going on never makes the best evaluation worse.
    for row in table.rows {
      let epochs = row.results.map(\.epochs)
      #expect(epochs == epochs.sorted())
    }
    #expect(table.rows.allSatisfy { row in row.results.first.map { $0.epochs <= 2 } ?? false })
    if best.results.count == 3 {
      let alone = try Forecaster(fittedTo: series, configuration: forecaster.configuration)
      #expect(alone.weightsDigest == forecaster.weightsDigest)
    }
  }

  @Test func theTimeLimitIsThatOfTheWholeSearch() throws {
    let series = try SampleSeries(rows: 150).series()
    var limited = configuration
    limited.timeLimit = 1e-6
    let (forecaster, table) = try search(.random).fit(to: series, configuration: limited)
    #expect(table.chosen == 1)
    #expect(table.rows.map(\.results.count) == [1, 0, 0, 0])
    #expect(table.rows[0].results[0].isCutShort)
    #expect(try forecaster.forecast(after: series).values.joined().allSatisfy(\.isFinite))
  }

  @Test func aSearchInWhichEverythingBreaksDownFails() throws {
    let series = try SampleSeries(rows: 150).series()
    var wild = configuration
    (wild.optimizer, wild.learningRate, wild.clipNorm) = ("sgd", 1e38, 1e38)
    let error = try #require(throws: TrainingError.self) { try search(.random, 2).fit(to: series, configuration: wild) }
    guard case .notFinite = error else { return #expect(Bool(false), "\(error)") }
  }

  @Test func segmentsDivideTheWindowsThatAreDrawn() throws {
    let series = try SampleSeries(rows: 220).series()
    let search = ForecasterSearch(candidates: 8, options: ["window", "segment"])
    #expect(search.options == ["window", "segment"])
    let (forecaster, table) = try search.fit(to: series, configuration: quick { ($0.window, $0.epochs) = (nil, 1) })
    var shapes: Set<String> = []
    for row in table.rows {
      guard case .whole(let window)? = row.candidate["window"], case .whole(let segment)? = row.candidate["segment"]
      else { return #expect(Bool(false)) }
      #expect(window % segment == 0)
      shapes.insert("\(window)/\(segment)")
    }
    #expect(shapes.count > 2)
    #expect(.whole(forecaster.window) == table.best?.candidate["window"])
  }

  /// A GRU has no memory that zoneout could keep.
  @Test func onlyCellsInWhichRegularisersActAreTried() throws {
    let series = try SampleSeries(rows: 220).series()
    let (_, table) = try ForecasterSearch(candidates: 5, options: ["cell", "hidden"]).fit(
      to: series,
      configuration: quick { ($0.cell, $0.regularization, $0.epochs) = ("lstm", .init(memoryZoneout: 0.1), 1) })
    #expect(table.rows.count == 5)
    for row in table.rows { #expect(row.candidate["cell"] == .word("lstm")) }
  }

  /// What keeps all steps side by side is never asked for more of them than it may keep.
  @Test func segmentsAreNotTooMany() throws {
    let series = TimeSeries(columns: [.init(name: "y", values: (0..<3_600).map { Double($0 * 7_919 % 101) })])
    let configuration = quick {
      ($0.cell, $0.window, $0.allowsShortcut, $0.epochs, $0.hiddenSize) = ("tcn", 2_400, false, 1, 2)
    }
    let outline = try ForecastOutline(of: series, split: nil, configuration)
    #expect(try outline.window(for: series).segment == 5)
    let (_, table) = try ForecasterSearch(candidates: 6, options: ["segment"]).fit(
      to: series, configuration: configuration)
    let segments = table.rows.compactMap { row -> Int? in
      if case .whole(let segment)? = row.candidate["segment"] { segment } else { nil }
    }
    #expect(segments.count == 6 && segments.allSatisfy { 2_400 / $0 <= 512 } && segments.contains(5), "\(segments)")
    // A state that is too large for some of the units to be tried is refused before anything is trained.
    let tall = quick { ($0.cell, $0.layers) = ("dilated", 12) }
    #expect(throws: Never.self) { _ = try ForecastOutline(of: series, split: nil, tall) }
    #expect {
      _ = try ForecasterSearch(candidates: 2, options: ["hidden"]).fit(to: series, configuration: tall)
    } throws: {
      ($0 as? DataError)?.expected.contains("a state of at most") ?? false
    }
  }

  @Test func segmentsDivideAWindowThatIsGiven() throws {
    let series = try SampleSeries(rows: 220).series()
    let search = ForecasterSearch(candidates: 6, options: ["segment"])
    let (_, table) = try search.fit(to: series, configuration: quick { ($0.window, $0.epochs) = (18, 1) })
    for row in table.rows {
      guard case .whole(let segment)? = row.candidate["segment"] else { return #expect(Bool(false)) }
      #expect(18 % segment == 0)
    }
  }

  @Test func aTableOfAnotherSearchIsRefused() throws {
    let series = try SampleSeries(rows: 150).series()
    let scratch = try ScratchFolder()
    let checkpoints = FittingCheckpoints(scratch.path)
    _ = try search(.random, 2).fit(to: series, configuration: quick(), checkpoints: checkpoints)
    #expect(throws: ModelFolderError.self) {
      try search(.random, 3).fit(to: series, configuration: quick(), checkpoints: checkpoints)
    }
  }
}
