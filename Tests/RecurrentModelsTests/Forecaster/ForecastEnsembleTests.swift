import Foundation
import RecurrentData
import RecurrentKernels
import RecurrentModels
import Testing

@Suite struct ForecastEnsembleTests {
  private func fit(
    _ series: TimeSeries, _ change: (inout ForecasterConfiguration) -> Void
  ) throws -> (forecaster: Forecaster, errors: [Double], names: [String], notes: [String]) {
    var errors: [Double] = []
    var names: [String] = []
    var notes: [String] = []
    let forecaster = try Forecaster(
      fittedTo: series,
      configuration: quick {
        ($0.scaler, $0.allowsShortcut) = (.standard, false)
        change(&$0)
      },
      onEvent: { event in
        switch event {
        case .trained(let name, let error):
          names.append(name)
          errors.append(error)
        case .note(let text): notes.append(text)
        case .training(_, let number, let total, _): #expect(number <= total)
        case .foundLearningRate, .search: break
        }
      })
    return (forecaster, errors, names, notes)
  }

  @Test func forecastIsTheMeanOfTrainings() throws {
    let series = try SampleSeries().series()
    let one = try fit(series) { _ in }
    let three = try fit(series) { $0.ensembleSize = 3 }
    #expect(three.forecaster.parameterCount == 3 * one.forecaster.parameterCount)
    #expect(three.names == ["levels", "levels, training 2", "levels, training 3"])
    #expect(three.errors[0] == one.errors[0])
    #expect(Set(three.errors).count == 3)
    let note = try #require(three.notes.last)
    let numbers = note.split(whereSeparator: { !"0123456789.".contains($0) }).compactMap { Double($0) }
    #expect(note.hasPrefix("uses the mean of 3 trainings of levels: validation error "))
    // The absolute error of a mean is at most the mean of the errors.
    #expect(numbers[1] <= three.errors.reduce(0, +) / 3 + 1e-4)
    #expect(abs(numbers[2] - (three.errors.min() ?? 0)) < 1e-3 && abs(numbers[3] - (three.errors.max() ?? 0)) < 1e-3)
    #expect(one.notes.last == "uses levels, the best on the validation part")
    // Each training adds a third of its own.
    let first = try one.forecaster.forecast(after: series).values
    let mean = try three.forecaster.forecast(after: series).values
    #expect(first != mean)
  }

  @Test func twoChosenNetworksAreBothRepeated() throws {
    let series = try SampleSeries().series()
    let alone = try fit(series) { ($0.scaler, $0.allowsShortcut) = (nil, true) }
    let both = try fit(series) { ($0.scaler, $0.allowsShortcut, $0.ensembleSize) = (nil, true, 2) }
    #expect(both.forecaster.parameterCount == 2 * alone.forecaster.parameterCount)
    #expect(Array(both.names[..<3]) == alone.names)
    #expect(both.names.dropFirst(3).allSatisfy { $0.hasSuffix(", training 2") })
  }

  @Test func bitsDoNotDependOnThreads() throws {
    let series = try SampleSeries(rows: 150).series()
    func digest(_ threads: Int, seed: UInt64 = 1) throws -> String {
      try WorkerPool.using(threads: threads) {
        try fit(series) { ($0.ensembleSize, $0.seed) = (2, seed) }.forecaster.weightsDigest
      }
    }
    let expected = try digest(1)
    #expect(try digest(3) == expected)
    #expect(try digest(1, seed: 2) != expected)
  }

  @Test func quantileHeadsAreAveraged() throws {
    let series = try SampleSeries().series()
    let fitted = try fit(series) { ($0.ensembleSize, $0.hasQuantileHeads, $0.levels) = (3, true, [0.5, 0.9]) }
      .forecaster
    let forecast = try fitted.forecast(after: series)
    for target in 0..<2 {
      for step in 0..<3 {
        let bounds = forecast.lower.reversed().map { $0[target][step] } + forecast.upper.map { $0[target][step] }
        #expect(bounds == bounds.sorted())
      }
    }
  }
}
