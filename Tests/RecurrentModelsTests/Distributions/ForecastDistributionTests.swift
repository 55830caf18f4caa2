import Foundation
import RecurrentModels
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// What every distribution has to keep.
@Suite struct ForecastDistributionTests {
  /// Parameters of some steps, in the order of the loss.
  static func parameters(_ distribution: any ForecastDistribution) -> [[Double]] {
    switch distribution.name {
    case "gaussian": [[0, 1], [-7, 0.02], [300, 40]]
    case "student-t": [[0, 1, 2.1], [-7, 0.02, 4], [300, 40, 25]]
    default: [[0.4, 0.02], [3, 2], [60, 0.3], [900, 0.001]]
    }
  }

  @Test func namesAreFound() {
    #expect(ForecastDistributions.all.map(\.name) == ["gaussian", "student-t", "negative-binomial"])
    for distribution in ForecastDistributions.all {
      #expect(ForecastDistributions.named(distribution.name)?.name == distribution.name)
    }
    #expect(ForecastDistributions.named("cauchy") == nil)
  }

  /// The slope of a quantile is 1 over the density there, which is the loss's; sums of the loss's probabilities of counts
  /// reach the probability exactly at the quantile.
  @Test func quantilesAreThoseOfTheLikelihood() {
    for distribution in ForecastDistributions.all {
      for parameters in Self.parameters(distribution) {
        var packed = SIMD4<Double>.zero
        for (index, value) in parameters.enumerated() { packed[index] = value }
        func density(_ value: Double) -> Double { exp(-distribution.loss.term(packed, value).value) }
        var (sum, count) = (0.0, -1.0)
        for probability in [0.003, 0.1, 0.45, 0.5, 0.77, 0.9, 0.998] {
          let quantile = distribution.quantile(probability, of: parameters)
          let message = "\(distribution.name) \(parameters) at \(probability): \(quantile)"
          if distribution.isOfCounts {
            while count + 1 < quantile {
              count += 1
              sum += density(count)
            }
            #expect(sum < probability && sum + (count < quantile ? density(quantile) : 0) >= probability, "\(message)")
          } else {
            let step = 1e-5 * min(probability, 1 - probability)
            let slope =
              (distribution.quantile(probability + step, of: parameters)
                - distribution.quantile(probability - step, of: parameters)) / (2 * step)
            #expect(abs(slope * density(quantile) - 1) < 1e-4, "\(message)")
          }
        }
      }
    }
  }

  @Test func draws() {
    let random = RandomSource(seed: 9)
    for distribution in ForecastDistributions.all where distribution.name != "student-t" {
      for parameters in Self.parameters(distribution).dropFirst() {
        let draws = (0..<20_000).map { distribution.quantile(Double(random.uniform(at: $0)) + 1e-9, of: parameters) }
        let mean = draws.reduce(0, +) / 20_000
        let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
        let expected =
          distribution.isOfCounts
          ? parameters[0] + parameters[1] * parameters[0] * parameters[0] : parameters[1] * parameters[1]
        #expect(abs(mean - parameters[0]) < 5 * (expected / 20_000).squareRoot(), "\(distribution.name)")
        #expect(abs(variance / expected - 1) < 0.1, "\(distribution.name): \(variance), expected \(expected)")
      }
    }
  }

  /// An untrained network forecasts its base with the base's errors.
  @Test func outputsOfZeroAreTheBase() {
    let shape: Shape = [2, 3]
    let frame = DistributionFrame(
      location: Tensor([20, 30, 40, 12, 13, 14], shape: shape), scale: Tensor([6, 6, 6, 9, 9, 9], shape: shape),
      level: Tensor([20, 20, 20, 11, 11, 11], shape: shape))
    for distribution in ForecastDistributions.all {
      let zeros = (0..<distribution.outputs).map { _ in Tensor(zeros: shape) }
      let parameters = distribution.parameters(of: zeros, in: frame).map(\.scalars)
      for entry in 0..<6 {
        let own = parameters.map { Double($0[entry]) }
        let (location, scale) = (Double(frame.location.scalars[entry]), Double(frame.scale.scalars[entry]))
        #expect(abs(own[0] - location) < 1e-2, "\(distribution.name)")
        let level = Double(frame.level.scalars[entry])
        let spread = distribution.isOfCounts ? (level + own[1] * level * level).squareRoot() : own[1]
        #expect(abs(spread - scale) < 1e-2 * scale, "\(distribution.name)")
        // The median of counts lies below their mean, by less than half a deviation; other medians are the base itself.
        let below = location - distribution.point(of: own)
        let allowed = distribution.isOfCounts ? 0...0.5 * scale : -1e-4 * scale...1e-4 * scale
        #expect(allowed.contains(below), "\(distribution.name): \(below)")
      }
    }
  }

  @Test func parametersFollowTheirOutputs() {
    let frame = DistributionFrame(
      location: Tensor([50], shape: [1, 1]), scale: Tensor([10], shape: [1, 1]), level: Tensor([25], shape: [1, 1]))
    for distribution in ForecastDistributions.all {
      for output in 0..<distribution.outputs {
        func parameter(_ value: Scalar) -> Double {
          let outputs = (0..<distribution.outputs).map { Tensor([$0 == output ? value : 0], shape: [1, 1]) }
          return Double(distribution.parameters(of: outputs, in: frame)[output].scalars[0])
        }
        #expect(parameter(-1) < parameter(0) && parameter(0) < parameter(2), "\(distribution.name), output \(output)")
        // Everything but the location of real numbers stays above 0, however far the network goes.
        let isBounded = output > 0 || distribution.isOfCounts
        #expect(!isBounded || parameter(-1e4) > 0, "\(distribution.name), output \(output)")
      }
    }
  }
}
