import RecurrentTensor

/// Fills a row-major matrix with `gain` times orthonormal rows, or columns where there are fewer.
///
/// Normal numbers, made orthonormal one after the other; each is cleared of the former ones twice, which leaves an error
/// near the rounding of Double (Giraud et al. 2005).
func fillOrthogonal(
  _ result: UnsafeMutablePointer<Scalar>, _ rows: Int, _ columns: Int, gain: Double, _ random: RandomSource
) {
  let (count, length) = (min(rows, columns), max(rows, columns))
  var vectors = [Double](unsafeUninitializedCapacity: count * length) { buffer, filled in
    for index in 0..<count * length { buffer.initializeElement(at: index, to: Double(random.normal(at: index))) }
    filled = count * length
  }
  vectors.withUnsafeMutableBufferPointer { vectors in
    for current in 0..<count {
      let vector = vectors.extracting(current * length..<(current + 1) * length)
      for _ in 0..<2 {
        for former in 0..<current {
          subtractProjection(
            from: vector, UnsafeBufferPointer(vectors.extracting(former * length..<(former + 1) * length)))
        }
      }
      let scale = 1 / dotProduct(UnsafeBufferPointer(vector), UnsafeBufferPointer(vector)).squareRoot()
      for index in 0..<length { vector[index] *= scale }
    }
  }
  for row in 0..<rows {
    for column in 0..<columns {
      let index = rows <= columns ? row * length + column : column * length + row
      result[row * columns + column] = Scalar(gain * vectors[index])
    }
  }
}

private func subtractProjection(from vector: UnsafeMutableBufferPointer<Double>, _ unit: UnsafeBufferPointer<Double>) {
  let product = dotProduct(UnsafeBufferPointer(vector), unit)
  for index in 0..<unit.count { vector[index] -= product * unit[index] }
}

private func dotProduct(_ left: UnsafeBufferPointer<Double>, _ right: UnsafeBufferPointer<Double>) -> Double {
  var lanes = SIMD8<Double>(repeating: 0)
  let whole = left.count & ~7
  for start in stride(from: 0, to: whole, by: 8) {
    for lane in 0..<8 { lanes[lane] += left[start + lane] * right[start + lane] }
  }
  return (whole..<left.count).reduce(lanes.sum()) { $0 + left[$1] * right[$1] }
}
