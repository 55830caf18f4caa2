#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The discrete Fourier transform in place, `X[k] = sum_n x[n] exp(-2 pi i k n / N)`, by the algorithm of Cooley and
/// Tukey (1965). The length must be a power of two.
package func fourierTransform(real: inout [Double], imaginary: inout [Double]) {
  let count = real.count
  precondition(count & (count - 1) == 0 && imaginary.count == count, "fourierTransform: expected a power of two")
  var reversed = 0
  for index in 1..<max(1, count) {
    var bit = count >> 1
    while reversed & bit != 0 {
      reversed ^= bit
      bit >>= 1
    }
    reversed |= bit
    if index < reversed {
      real.swapAt(index, reversed)
      imaginary.swapAt(index, reversed)
    }
  }
  let angles = (0..<max(1, count / 2)).map { -2 * Double.pi * Double($0) / Double(count) }
  let cosines = angles.map { cos($0) }
  let sines = angles.map { sin($0) }
  var half = 1
  while half < count {
    let turn = count / (2 * half)
    for start in stride(from: 0, to: count, by: 2 * half) {
      for k in 0..<half {
        let even = start + k
        let odd = even + half
        let (c, s) = (cosines[k * turn], sines[k * turn])
        let re = real[odd] * c - imaginary[odd] * s
        let im = real[odd] * s + imaginary[odd] * c
        (real[odd], imaginary[odd]) = (real[even] - re, imaginary[even] - im)
        (real[even], imaginary[even]) = (real[even] + re, imaginary[even] + im)
      }
    }
    half *= 2
  }
}

/// The autocorrelations of lags `0...maximumLag` of values about their mean:
/// `r[k] = sum_t x[t] x[t + k] / sum_t x[t]^2`. A constant gives zeros.
package func autocorrelations(of values: [Double], maximumLag: Int) -> [Double] {
  guard !values.isEmpty else { return Array(repeating: 0, count: maximumLag + 1) }
  let mean = values.reduce(0, +) / Double(values.count)
  var size = 1
  while size < values.count + maximumLag + 1 { size *= 2 }
  var real = values.map { $0 - mean } + Array(repeating: 0, count: size - values.count)
  var imaginary = [Double](repeating: 0, count: size)
  let energy = real.reduce(0) { $0 + $1 * $1 }
  let magnitude = values.reduce(0) { max($0, abs($1)) }
  guard energy > 1e-24 * magnitude * magnitude * Double(values.count), energy.isFinite else {
    return Array(repeating: 0, count: maximumLag + 1)
  }
  fourierTransform(real: &real, imaginary: &imaginary)
  for k in 0..<size {
    real[k] = real[k] * real[k] + imaginary[k] * imaginary[k]
    imaginary[k] = 0
  }
  // The power spectrum is even, so that the forward transform is the inverse one up to the factor `size`.
  fourierTransform(real: &real, imaginary: &imaginary)
  return (0...maximumLag).map { real[$0] / (energy * Double(size)) }
}
