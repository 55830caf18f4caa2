import Foundation
import RecurrentModels
import Testing

@Suite struct FourierTransformTests {
  @Test(arguments: [1, 2, 8, 32]) func isTheSumOfTheDefinition(count: Int) {
    var source = GeneratedSeries(seed: count)
    let input = (real: source.noise(count), imaginary: source.noise(count))
    var (real, imaginary) = input
    fourierTransform(real: &real, imaginary: &imaginary)
    for k in 0..<count {
      var (sumReal, sumImaginary) = (0.0, 0.0)
      for n in 0..<count {
        let angle = -2 * Double.pi * Double(k * n) / Double(count)
        sumReal += input.real[n] * cos(angle) - input.imaginary[n] * sin(angle)
        sumImaginary += input.real[n] * sin(angle) + input.imaginary[n] * cos(angle)
      }
      #expect(abs(real[k] - sumReal) < 1e-12 * Double(count) * 4)
      #expect(abs(imaginary[k] - sumImaginary) < 1e-12 * Double(count) * 4)
    }
  }

  @Test func autocorrelationsAreTheSumsOfTheDefinition() {
    var source = GeneratedSeries(seed: 6)
    let values = source.walk(45).map { $0 + 100 }
    let mean = values.reduce(0, +) / 45
    let energy = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    for (lag, value) in autocorrelations(of: values, maximumLag: 30).enumerated() {
      let product = (0..<45 - lag).reduce(0) { $0 + (values[$1] - mean) * (values[$1 + lag] - mean) }
      #expect(abs(value - product / energy) < 1e-12)
    }
  }

  @Test func aConstantHasNoAutocorrelation() {
    #expect(autocorrelations(of: Array(repeating: 0.1, count: 9), maximumLag: 2) == [0, 0, 0])
    #expect(autocorrelations(of: [], maximumLag: 1) == [0, 0])
  }
}
