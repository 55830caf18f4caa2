import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct RidgeReadoutTests {
  /// Inputs that the targets follow from give their map back, whatever stands in washouts and padding.
  @Test func anAffineMapIsFound() throws {
    var data = TestData(seed: 1)
    var (x, truth) = (data.tensor([3, 20, 4]), Linear(inputSize: 4, outputSize: 2, random: RandomSource(seed: 2)))
    truth.bias = data.tensor([2], in: 3...5)
    var y = truth(x)
    for row in 0..<3 {
      for step in 0..<5 { y[row, step, 0] = 1000 }
    }
    for step in 9..<20 { x[1, step, 2] = .nan }
    let map = try #require(Linear(ridgeFrom: x, to: y, lengths: [20, 9, 3], washout: 5, penalty: 1e-9))
    #expect(Comparison.relativeError(map.weight, truth.weight) < 1e-5)
    #expect(Comparison.relativeError(map.bias!, truth.bias!) < 1e-5)
    let shrunk = try #require(Linear(ridgeFrom: x, to: y, lengths: [20, 9, 3], washout: 5, penalty: 10))
    #expect(shrunk.weight.squared().sum().scalar < 0.1 * truth.weight.squared().sum().scalar)
    #expect(Linear(ridgeFrom: x, to: y, lengths: [5, 2, 3], washout: 5) == nil)
    #expect(Linear(ridgeFrom: x, to: y) == nil)
  }

  /// NARMA-10 (Atiya and Parlos 2000) from its input: a reservoir with a ridge readout beats the ridge map of the last 20
  /// inputs.
  @Test(arguments: [1, 2, 3] as [UInt64]) func aReservoirBeatsTheLinearMap(seed: UInt64) throws {
    let (steps, learned) = (4000, 3000)
    var data = TestData(seed: seed)
    let u = (0..<steps).map { _ in data.number(in: 0...0.5) }
    var series = [Double](repeating: 0, count: steps + 1)
    for t in 9..<steps {
      let sum = series[t - 9...t].reduce(0, +)
      series[t + 1] = 0.3 * series[t] + 0.05 * series[t] * sum + 1.5 * u[t - 9] * u[t] + 0.1
    }
    let x = Tensor(u.map { Scalar($0) }, shape: [1, steps, 1])
    let y = Tensor(series.dropFirst().map { Scalar($0) }, shape: [1, steps, 1])
    let windows = Tensor(
      (0..<steps).flatMap { t in (0..<20).map { Scalar($0 <= t ? u[t - $0] : 0) } }, shape: [1, steps, 20])
    let reservoir = RecurrentLayer(inputSize: 1) { _ in
      EchoStateCell(inputSize: 1, hiddenSize: 200, spectralRadius: 0.9, random: RandomSource(seed: 3))
    }
    let readout = Linear(ridgeFrom: reservoir(x).outputs, to: y, washout: 100)
    #expect(readout?.inputSize == 200 && readout?.outputSize == 1)
    func error(_ inputs: Tensor) throws -> Double {
      let train = 0..<learned
      let map = try #require(
        Linear(ridgeFrom: inputs[train, axis: 1], to: y[train, axis: 1], washout: 100, penalty: 1e-8))
      let (seen, truth) = (map(inputs)[learned..<steps, axis: 1], y[learned..<steps, axis: 1])
      let spread = truth - Tensor(repeating: truth.mean().scalar, shape: truth.shape)
      return Double((seen - truth).squared().sum().scalar / spread.squared().sum().scalar).squareRoot()
    }
    let (ours, linear) = (try error(reservoir(x).outputs), try error(windows))
    #expect(ours < 0.8 * linear, "normalised error \(ours), linear map \(linear)")
  }
}
