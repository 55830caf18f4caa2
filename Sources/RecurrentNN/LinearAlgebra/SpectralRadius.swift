public import RecurrentTensor

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

// Within the extension the names are those of a tensor's own.
private func naturalLogarithm(_ x: Double) -> Double { log(x) }
private func exponential(_ x: Double) -> Double { exp(x) }

extension Tensor {
  /// The largest magnitude of the eigenvalues of a square matrix, from the norms of its powers (Gelfand 1941):
  ///
  ///     ρ(A) = lim ‖A^n‖^(1/n)
  ///
  /// The power is 2^16 and the norm that of Frobenius, so beside rounding the relative error is at most log(κ √n) / 2^16, κ being
  /// the condition of the eigenvectors. There is no starting vector that could miss one. NaN of a matrix that is not finite.
  ///
  /// - Complexity: 16 products of the matrix with itself.
  public var spectralRadius: Double {
    require(
      shape.rank == 2 && shape[0] == shape[1],
      LayerMessages.shape("spectralRadius", "a matrix", expected: "[n, n]", received: shape))
    return powerLimit(of: detached())
  }

  /// The largest singular value of a matrix: by how much it lengthens a vector at most.
  ///
  /// - Complexity: As `spectralRadius`.
  public var spectralNorm: Double {
    require(
      shape.rank == 2, LayerMessages.shape("spectralNorm", "a matrix", expected: "[m, n]", received: shape))
    return detached().matrixProduct(detached(), transposed: true).spectralRadius.squareRoot()
  }
}

private func powerLimit(of matrix: Tensor) -> Double {
  var (power, logarithm, share) = (matrix, 0.0, 1.0)
  for _ in 0...16 {
    let norm = power.scalars.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    guard norm.isFinite else { return .nan }
    guard norm > 0 else { return 0 }
    logarithm += share * log(norm)
    share /= 2
    let scaled = power * Scalar(1 / norm)
    power = scaled.matrixProduct(scaled)
  }
  return exp(logarithm)
}
