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
      let radius = try #require(spectralRadius(of: try file.tensor(name)), "\(name)")
      let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-10 : 1e-5
      #expect(abs(radius - expected) <= tolerance * max(1, expected), "\(name): \(radius), expected \(expected)")
    }
  }

  @Test func specialMatrices() {
    #expect(spectralRadius(of: Tensor(zeros: [0, 0])) == 0)
    #expect(spectralRadius(of: Tensor(zeros: [4, 4])) == 0)
    #expect(spectralRadius(of: Tensor([-3], shape: [1, 1])) == 3)
    #expect(spectralRadius(of: Tensor([1, 2, .nan, 4], shape: [2, 2])) == nil)
    // A leading pair ±2i.
    let turn = spectralRadius(of: Tensor([0, -4, 0, 1, 0, 0, 0, 0, 1.5], shape: [3, 3]))
    #expect(abs(turn! - 2) < 1e-12)
    for size in [2, 3, 5, 8] {
      var permutation = Tensor(zeros: [size, size])
      for row in 0..<size { permutation[row, (row + 1) % size] = 1 }
      #expect(abs(spectralRadius(of: permutation)! - 1) < 1e-10, "a cycle of \(size)")
    }
    // Nothing of powers survives: a triangle without diagonal.
    var nilpotent = Tensor(zeros: [6, 6])
    for row in 0..<6 { for column in row + 1..<6 { nilpotent[row, column] = Scalar(row + column) } }
    #expect(spectralRadius(of: nilpotent)! < 1e-2)
  }

  /// ρ(s A) = s ρ(A), whatever the scale.
  @Test func theRadiusScales() {
    var data = TestData(seed: 3)
    let matrix = data.tensor([17, 17])
    let radius = spectralRadius(of: matrix)!
    for scale in [1e-12, 1e12] as [Scalar] {
      #expect(abs(spectralRadius(of: scale * matrix)! / (Double(scale) * radius) - 1) < 1e-5)
    }
  }
}
