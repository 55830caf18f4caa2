import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct InitializerTests {
  private func matrix(_ initializer: Initializer, _ outputs: Int, _ inputs: Int, seed: UInt64 = 1) -> Tensor {
    initializer.weights(outputs: outputs, inputs: inputs, random: RandomSource(seed: seed))
  }

  static let spreads: [(initializer: Initializer, square: Double, isUniform: Bool)] = [
    (.glorotUniform, 0.03, true), (.glorotNormal, 0.01, false), (.heUniform, 0.075, true), (.heNormal, 0.025, false),
    (.lecunUniform, 0.0375, true), (.lecunNormal, 0.0125, false), (.uniformAsPyTorch, 0.0125, true),
    (.uniform(limit: 0.4), 0.16, true), (.normal(standardDeviation: 0.3), 0.09, false),
  ]

  /// With 80 inputs and 120 outputs; `square` is that of a uniform start's limit, and a normal one's variance.
  @Test(arguments: spreads)
  func spreadIsAsStated(initializer: Initializer, square: Double, isUniform: Bool) {
    let numbers = matrix(initializer, 120, 80).scalars.map { Double($0) }
    let variance = numbers.reduce(0) { $0 + $1 * $1 } / Double(numbers.count)
    let expected = isUniform ? square / 3 : square
    #expect(abs(variance / expected - 1) < 0.05, "\(initializer) \(variance) \(expected)")
    #expect(abs(numbers.reduce(0, +) / Double(numbers.count)) < 3 * (expected / Double(numbers.count)).squareRoot())
    let largest = numbers.map(abs).max()!
    #expect(isUniform ? largest <= square.squareRoot() * 1.000001 : largest > 3 * square.squareRoot())
  }

  @Test(arguments: [(7, 7), (5, 9), (9, 5)]) func orthogonalRowsOrColumnsAreOrthonormal(rows: Int, columns: Int) {
    let q = matrix(.orthogonal(gain: 2), rows, columns)
    let product = rows <= columns ? q.matrixProduct(q, otherTransposed: true) : q.matrixProduct(q, transposed: true)
    let identity = matrix(.identity(gain: 4), min(rows, columns), min(rows, columns))
    #expect(Comparison.relativeError(product, identity) < (MemoryLayout<Scalar>.size == 8 ? 1e-14 : 1e-6))
    #expect(q != matrix(.orthogonal(gain: 2), rows, columns, seed: 2))
  }

  @Test func identityAndConstantAreWhatTheySay() {
    #expect(matrix(.identity(gain: 1), 2, 3) == Tensor([1, 0, 0, 0, 1, 0], shape: [2, 3]))
    #expect(matrix(.constant(0.5), 2, 2) == Tensor(repeating: 0.5, shape: [2, 2]))
    #expect(matrix(.glorotUniform, 3, 0).shape == [3, 0])
  }

  @Test func blocksStartOnTheirOwn() {
    let gates = Initializer.glorotNormal.weights(outputs: 2, inputs: 3, blocks: 2, random: RandomSource(seed: 4))
    #expect(gates.shape == [4, 3])
    #expect(gates[0..<2, axis: 0] != gates[2..<4, axis: 0])
    let wide = Initializer.identity(gain: 1).weights(outputs: 2, inputs: 2, blocks: 2, random: RandomSource(seed: 4))
    #expect(wide == Tensor([1, 0, 0, 1, 1, 0, 0, 1], shape: [4, 2]))
  }

  @Test func unseededSourcesDiffer() {
    #expect(Linear(inputSize: 3, outputSize: 3).weight != Linear(inputSize: 3, outputSize: 3).weight)
  }
}
