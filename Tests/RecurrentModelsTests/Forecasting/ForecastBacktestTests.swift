import RecurrentModels
import Testing

@Suite struct ForecastBacktestTests {
  private let columns: [[Double]] = {
    var source = GeneratedSeries(seed: 71)
    return [source.sine(200, period: 10, noise: 0.2), source.walk(200)]
  }()

  private var problem_: ForecastProblem { problem(columns, horizon: 3, window: 12, season: 10) }

  @Test func batchesHoldAllOriginsOnceInOrder() throws {
    let backtest = ForecastBacktest(of: problem_, stride: 2)
    var seen: [[Int]] = []
    _ = try backtest.run(batchSize: 4) { origins in
      seen.append(origins)
      return ForecastBatch(point: origins.flatMap { problem_.truth(from: $0) })
    }
    #expect(Array(seen.joined()) == Array(stride(from: 160, through: 197, by: 2)))
    #expect(seen.map(\.count) == [4, 4, 4, 4, 3])
    #expect(backtest.origins == Array(seen.joined()))
  }

  @Test func modelAndBaselinesAreScoredOnTheSameOrigins() throws {
    let backtest = ForecastBacktest(of: problem_)
    let naive = backtest.baselines["naive"]!
    let evaluation = try backtest.run(batchSize: 7) { origins in
      let batches = origins.map { naive.forecast(after: problem_.history(before: $0)) }
      return ForecastBatch(
        point: batches.flatMap(\.point), lower: batches.flatMap { $0.lower! }, upper: batches.flatMap { $0.upper! })
    }.evaluation
    #expect(evaluation.metrics == evaluation[baseline: "naive"])
    #expect(evaluation.metrics.overall.coverage != nil)
    #expect(evaluation.baselines == backtest.baselineMetrics())
    #expect(evaluation.originCount == 38)
  }

  @Test func aForecastThatIsNotFiniteIsNamed() throws {
    let backtest = ForecastBacktest(of: problem_)
    #expect(throws: ForecastBacktestError.notFinite(origin: 165, step: 1, target: "column1")) {
      try backtest.run(batchSize: 4) { origins in
        var point = [Double](repeating: 0, count: origins.count * 6)
        if let index = origins.firstIndex(of: 165) { point[index * 6 + 3] = .infinity }
        return ForecastBatch(point: point)
      }
    }
    let error = ForecastBacktestError.notFinite(origin: 165, step: 1, target: "column1")
    #expect(error.description == "the forecast of column1 2 rows ahead from row 165 is not a finite number")
  }

  @Test func missingTruthIsLeftOutForAll() throws {
    var holes = columns
    for row in stride(from: 161, to: 200, by: 3) { holes[0][row] = .nan }
    let problem = problem(holes, horizon: 3, window: 12, season: 10)
    let evaluation = try ForecastBacktest(of: problem).run { origins in
      ForecastBatch(point: origins.flatMap { origin in problem_.truth(from: origin) })
    }.evaluation
    #expect(evaluation.metrics.overall.mae == 0)
    #expect(evaluation.baselines.allSatisfy { $0.metrics.overall.mae!.isFinite })
  }

  @Test func fittedBaselinesCanBeBroughtAlong() {
    let fitted = FittedBaselines(fittedTo: problem_)
    let onlyTest = ForecastProblem(
      targetNames: ["column0", "column1"], values: columns.map { Array($0[140...]) }, training: 0..<0,
      validation: 0..<0, test: 0..<60, horizon: 3, window: 12, season: 10)
    let metrics = ForecastBacktest(of: onlyTest, baselines: fitted).baselineMetrics()
    #expect(metrics.map(\.key) == ["naive", "seasonalNaive", "drift", "linear"])
    #expect(metrics.allSatisfy { $0.metrics.overall.mae!.isFinite })
  }
}
