public import RecurrentTensor

/// The largest magnitude of the eigenvalues of a square matrix, real or in complex pairs.
///
/// The matrix is brought to Hessenberg form by reflections (Householder 1958) and taken apart, eigenvalue by eigenvalue, by
/// QR steps with complex shifts (Francis 1961), in Double. n rows take some 50 n³ operations.
///
/// - Parameter matrix: `[n, n]`.
/// - Returns: The radius; nil if a number is not finite, or if an eigenvalue is not found within 100 steps, which no known
///   matrix asks for.
public func spectralRadius(of matrix: Tensor) -> Double? {
  require(
    matrix.shape.rank == 2 && matrix.shape[0] == matrix.shape[1],
    LayerMessages.shape("spectralRadius", "matrix", expected: "[n, n]", received: matrix.shape))
  let numbers = matrix.scalars.map { Double($0) }
  guard numbers.allSatisfy(\.isFinite) else { return nil }
  var form = HessenbergForm(numbers, size: matrix.shape[0])
  return form.largestMagnitude()
}

/// A complex number, of which the QR steps need little.
private struct Complex {
  var real, imaginary: Double

  init(_ real: Double, _ imaginary: Double = 0) { (self.real, self.imaginary) = (real, imaginary) }

  var magnitude: Double { (real * real + imaginary * imaginary).squareRoot() }
  var conjugate: Complex { Complex(real, -imaginary) }
  /// The sum of the magnitudes of both parts, which compares as well as the magnitude.
  var size: Double { abs(real) + abs(imaginary) }

  var squareRoot: Complex {
    let root = ((magnitude + abs(real)) / 2).squareRoot()
    guard root > 0 else { return Complex(0) }
    let other = imaginary / (2 * root)
    return real >= 0 ? Complex(root, other) : Complex(abs(other), imaginary < 0 ? -root : root)
  }

  static func + (a: Complex, b: Complex) -> Complex { Complex(a.real + b.real, a.imaginary + b.imaginary) }
  static func - (a: Complex, b: Complex) -> Complex { Complex(a.real - b.real, a.imaginary - b.imaginary) }
  static func * (a: Complex, b: Complex) -> Complex {
    Complex(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }
  static func * (a: Double, b: Complex) -> Complex { Complex(a * b.real, a * b.imaginary) }
}

/// A matrix with zeros below its first subdiagonal that has the eigenvalues of another one.
private struct HessenbergForm {
  private let size: Int
  private var entries: [Complex]

  init(_ matrix: [Double], size: Int) {
    self.size = size
    var a = matrix
    for column in 0..<max(0, size - 2) {
      // Reflects the part of the column below the subdiagonal to zero.
      var v = (column + 1..<size).map { a[$0 * size + column] }
      let scale = v.reduce(0) { max($0, abs($1)) }
      guard scale > 0 else { continue }
      let norm = scale * v.reduce(0) { $0 + ($1 / scale) * ($1 / scale) }.squareRoot()
      v[0] += v[0] < 0 ? -norm : norm
      let length = v.reduce(0) { max($0, abs($1)) }
      v = v.map { $0 / length }
      let factor = 2 / v.reduce(0) { $0 + $1 * $1 }
      var sums = [Double](repeating: 0, count: size)
      for (place, weight) in v.enumerated() {
        for j in column..<size { sums[j] += weight * a[(column + 1 + place) * size + j] }
      }
      for (place, weight) in v.enumerated() {
        for j in column..<size { a[(column + 1 + place) * size + j] -= factor * weight * sums[j] }
      }
      for row in 0..<size {
        let sum = v.indices.reduce(0) { $0 + v[$1] * a[row * size + column + 1 + $1] }
        for place in v.indices { a[row * size + column + 1 + place] -= factor * sum * v[place] }
      }
      for row in column + 2..<size { a[row * size + column] = 0 }
    }
    entries = a.map { Complex($0) }
  }

  mutating func largestMagnitude() -> Double? {
    let size = size
    return entries.withUnsafeMutableBufferPointer { h in
      var (largest, last, steps) = (0.0, size - 1, 0)
      while last >= 0 {
        var first = last
        while first > 0 {
          let neighbours = h[(first - 1) * size + first - 1].size + h[first * size + first].size
          if h[first * size + first - 1].size <= .ulpOfOne * neighbours { break }
          first -= 1
        }
        if first == last {
          largest = max(largest, h[last * size + last].magnitude)
          (last, steps) = (last - 1, 0)
          continue
        }
        steps += 1
        guard steps <= 100 else { return nil }
        // A shift of another kind every tenth step gets out of cycles, as those of permutations.
        let shift =
          steps.isMultiple(of: 10)
          ? h[last * size + last] + Complex(h[last * size + last - 1].size, h[last * size + last - 1].size / 3)
          : Self.shift(h, size, last)
        Self.step(h, size, first...last, shift: shift)
      }
      return largest
    }
  }

  /// The eigenvalue of the last two rows that is closer to the last entry (Wilkinson 1965).
  private static func shift(_ h: UnsafeMutableBufferPointer<Complex>, _ size: Int, _ last: Int) -> Complex {
    let (a, b) = (h[(last - 1) * size + last - 1], h[(last - 1) * size + last])
    let (c, d) = (h[last * size + last - 1], h[last * size + last])
    let half = 0.5 * (a - d)
    let root = (half * half + b * c).squareRoot
    let (one, other) = (half + root, half - root)
    return d + (one.size < other.size ? one : other)
  }

  /// h - shift = Q R, then h = R Q + shift, in the rows and columns of the block.
  private static func step(
    _ h: UnsafeMutableBufferPointer<Complex>, _ size: Int, _ block: ClosedRange<Int>, shift: Complex
  ) {
    let (first, last) = (block.lowerBound, block.upperBound)
    for k in block { h[k * size + k] = h[k * size + k] - shift }
    var rotations: [(cosine: Complex, sine: Complex)] = []
    rotations.reserveCapacity(block.count)
    for k in first..<last {
      let (a, b) = (h[k * size + k], h[(k + 1) * size + k])
      let scale = max(a.size, b.size)
      guard scale > 0 else {
        rotations.append((Complex(1), Complex(0)))
        continue
      }
      let (x, y) = ((1 / scale) * a, (1 / scale) * b)
      let norm = 1 / (x.magnitude * x.magnitude + y.magnitude * y.magnitude).squareRoot()
      let (cosine, sine) = (norm * x, norm * y)
      rotations.append((cosine, sine))
      for j in k...last {
        let (upper, lower) = (h[k * size + j], h[(k + 1) * size + j])
        h[k * size + j] = cosine.conjugate * upper + sine.conjugate * lower
        h[(k + 1) * size + j] = cosine * lower - sine * upper
      }
    }
    for k in first..<last {
      let (cosine, sine) = rotations[k - first]
      for i in first...min(last, k + 1) {
        let (left, right) = (h[i * size + k], h[i * size + k + 1])
        h[i * size + k] = cosine * left + sine * right
        h[i * size + k + 1] = cosine.conjugate * right - sine.conjugate * left
      }
    }
    for k in block { h[k * size + k] = h[k * size + k] + shift }
  }
}
