import RecurrentModels
import RecurrentNN
import Testing

@Suite struct LaggedMomentsTests {
  private let window = 4
  private let horizon = 3

  private var column: [Double] {
    var source = GeneratedSeries(seed: 11)
    return source.walk(40).map { $0 + 500 }
  }

  /// Inputs and outputs about the last value, window by window.
  private func windows(_ origins: [Int]) -> [(inputs: [Double], outputs: [Double])] {
    origins.map { origin in
      let last = column[origin - 1]
      return (
        (origin - window..<origin - 1).map { column[$0] - last },
        (origin..<origin + horizon).map { column[$0] - last }
      )
    }
  }

  private func moments(_ runs: [Range<Int>]) -> RidgeMoments {
    var lagged = LaggedMoments(window: window, horizon: horizon)
    for run in runs { lagged.add(column, origins: run) }
    return lagged.aboutLastValue()
  }

  @Test func momentsAreThoseOfTheWindows() {
    let moments = moments([4..<5, 7..<20, 22..<37])
    let windows = windows([4] + Array(7..<20) + Array(22..<37))
    #expect(moments.count == Double(windows.count))
    for i in 0..<3 {
      let sum = windows.reduce(0) { $0 + $1.inputs[i] }
      #expect(abs(moments.inputSums[i] - sum) < 1e-9)
      for j in 0..<3 {
        let product = windows.reduce(0) { $0 + $1.inputs[i] * $1.inputs[j] }
        #expect(abs(moments.inputProducts[i * 3 + j] - product) < 1e-9)
      }
      for h in 0..<horizon {
        let product = windows.reduce(0) { $0 + $1.inputs[i] * $1.outputs[h] }
        #expect(abs(moments.crossProducts[i * horizon + h] - product) < 1e-9)
      }
    }
    for h in 0..<horizon {
      let sum = windows.reduce(0) { $0 + $1.outputs[h] }
      let squares = windows.reduce(0) { $0 + $1.outputs[h] * $1.outputs[h] }
      #expect(abs(moments.outputSums[h] - sum) < 1e-9)
      #expect(abs(moments.outputSquares[h] - squares) < 1e-9)
    }
  }

  @Test func squaredErrorIsThatOfTheWindows() throws {
    let map = try #require(moments([4..<25]).ridgeMaps(penalties: [0.1])[0])
    let error = windows(Array(25..<37)).reduce(0.0) { total, window in
      (0..<horizon).reduce(total) { total, h in
        var forecast = map.intercepts[h]
        for i in 0..<3 { forecast += window.inputs[i] * map.weights[i * horizon + h] }
        return total + (window.outputs[h] - forecast) * (window.outputs[h] - forecast)
      }
    }
    #expect(abs(moments([25..<37]).squaredError(of: map) - error) < 1e-9 * error)
  }

  /// The gradient of `|Z - X W - b|^2 + penalty * trace / inputs * |W|^2` is zero at the ridge map.
  @Test func ridgeMapIsTheMinimum() throws {
    let penalty = 0.3
    let windows = windows(Array(4..<37))
    let map = try #require(moments([4..<37]).ridgeMaps(penalties: [penalty])[0])
    let means = (0..<3).map { i in windows.reduce(0) { $0 + $1.inputs[i] } / Double(windows.count) }
    let trace = (0..<3).reduce(0.0) { total, i in
      total + windows.reduce(0) { $0 + ($1.inputs[i] - means[i]) * ($1.inputs[i] - means[i]) }
    }
    for h in 0..<horizon {
      let residuals = windows.map { window in
        (0..<3).reduce(window.outputs[h] - map.intercepts[h]) { $0 - window.inputs[$1] * map.weights[$1 * horizon + h] }
      }
      #expect(abs(residuals.reduce(0, +)) < 1e-9)
      for i in 0..<3 {
        let slope = zip(residuals, windows).reduce(0) { $0 + $1.0 * $1.1.inputs[i] }
        let pull = penalty * trace / 3 * map.weights[i * horizon + h]
        #expect(abs(slope - pull) < 1e-8)
      }
    }
  }

  @Test func aWindowOfOneRowHasTheMeanChangeOnly() throws {
    var lagged = LaggedMoments(window: 1, horizon: 2)
    lagged.add([1, 2, 4, 7, 11], origins: 1..<4)
    let map = try #require(lagged.aboutLastValue().ridgeMaps(penalties: [1])[0])
    #expect(map.weights.isEmpty)
    #expect(map.intercepts == [2, 5])
  }

  @Test func noWindowsGiveTheLastValue() throws {
    let map = try #require(LaggedMoments(window: 3, horizon: 2).aboutLastValue().ridgeMaps(penalties: [1])[0])
    #expect(map.weights == [0, 0, 0, 0])
    #expect(map.intercepts == [0, 0])
  }
}
