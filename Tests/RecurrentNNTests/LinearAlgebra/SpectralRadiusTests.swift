import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct SpectralRadiusTests {
  /// The radius that numpy's eigenvalues give.
  @Test func radiiAreThoseOfNumpy() throws {
    let file = ReferenceNumbers.spectralRadii
    let names = file.entries.map(\.name).filter { !$0.hasSuffix(".radius") }
    #expect(names.count == 10)
    for name in names {
      let expected = Double(try file.tensor("\(name).radius").scalar)
      let radius = try file.tensor(name).spectralRadius
      #expect(abs(radius - expected) <= 2e-4 * max(1, expected), "\(name): \(radius), expected \(expected)")
    }
  }

  private func expect(_ matrix: [[Double]], radius: Double, norm: Double) {
    let size = matrix.count
    let tensor = Tensor(matrix.flatMap { $0 }.map { Scalar($0) }, shape: [size, size])
    #expect(abs(tensor.spectralRadius - radius) <= 1e-3 * radius, "\(tensor.spectralRadius)")
    #expect(abs(tensor.spectralNorm - norm) <= 1e-4 * norm, "\(tensor.spectralNorm)")
  }

  @Test func knownMatrices() {
    expect([[3]], radius: 3, norm: 3)
    expect([[2, 0], [0, -5]], radius: 5, norm: 5)
    // A rotation: both eigenvalues complex, of magnitude 0.9.
    expect([[0.54, -0.72], [0.72, 0.54]], radius: 0.9, norm: 0.9)
    // Far from normal: eigenvalues 0.5, but vectors are stretched by the off-diagonal.
    expect([[0.5, 10], [0, 0.5]], radius: 0.5, norm: 10.024937)
    // Eigenvalues 0.2 ± 1.2i and 0.3.
    expect([[0.2, -1.2, 0], [1.2, 0.2, 0], [4, 0, 0.3]], radius: 1.2165525, norm: 4.1907536)
    // A leading pair ±2i.
    expect([[0, -4, 0], [1, 0, 0], [0, 0, 1.5]], radius: 2, norm: 4)
    expect([[0, 0], [0, 0]], radius: 0, norm: 0)
    expect([[0, 7], [0, 0]], radius: 0, norm: 7)
    #expect(Tensor(zeros: [0, 0]).spectralRadius == 0)
  }

  @Test func cyclesAndTrianglesWithoutDiagonal() {
    for size in [2, 3, 5, 8] {
      var permutation = Tensor(zeros: [size, size])
      for row in 0..<size { permutation[row, (row + 1) % size] = 1 }
      #expect(abs(permutation.spectralRadius - 1) < 1e-4, "a cycle of \(size)")
    }
    // Nothing of its powers survives.
    var nilpotent = Tensor(zeros: [6, 6])
    for row in 0..<6 { for column in row + 1..<6 { nilpotent[row, column] = Scalar(row + column) } }
    #expect(nilpotent.spectralRadius == 0)
  }

  @Test func scalesAndOddShapes() {
    var data = TestData(seed: 1)
    let matrix = data.tensor([17, 17])
    #expect(abs((matrix * 1e12).spectralRadius / matrix.spectralRadius - 1e12) < 1e7)
    #expect(abs((matrix * 1e-12).spectralRadius / matrix.spectralRadius - 1e-12) < 1e-17)
    #expect(abs(Tensor([3, 4], shape: [1, 2]).spectralNorm - 5) < 1e-4)
    #expect(Tensor([1, .nan, 0, 1], shape: [2, 2]).spectralRadius.isNaN)
  }
}
