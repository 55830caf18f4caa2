import Foundation
import RecurrentKernels
import Testing

@Suite struct VectorMathTests {
  private typealias Function = @Sendable (UnsafePointer<KernelScalar>, UnsafeMutablePointer<KernelScalar>, Int) -> Void
  private static let functions: [(String, Function, @Sendable (Double) -> Double)] = [
    ("exp", { VectorMath.exp($0, into: $1, count: $2) }, { exp($0) }),
    ("tanh", { VectorMath.tanh($0, into: $1, count: $2) }, { tanh($0) }),
    (
      "sigmoid", { VectorMath.sigmoid($0, into: $1, count: $2) },
      { $0 < 0 ? exp($0) / (1 + exp($0)) : 1 / (1 + exp(-$0)) }
    ),
  ]

  /// Every 997th float of both signs, and dense steps where the formulas change.
  private static let arguments: [KernelScalar] = {
    var values: [KernelScalar] = []
    for bits in stride(from: UInt32(0), to: 0x7F80_0000, by: 9_973) {
      let value = KernelScalar(Float(bitPattern: bits))
      values += [value, -value]
    }
    for step in -40_000...40_000 { values.append(KernelScalar(step) / 380) }
    return values
  }()

  @Test func activationsAreWithinFourUlp() {
    for set in InstructionSet.allCases where set.isAvailable {
      for (name, function, reference) in Self.functions {
        let seen = with(threads: 1, set: set) { apply(function, Self.arguments) }
        var worst = 0.0
        for (x, y) in zip(Self.arguments, seen) {
          let expected = reference(Double(x))
          if expected.magnitude > Double(KernelScalar.greatestFiniteMagnitude) {
            #expect(y == .infinity, "\(set) \(name)(\(x)) = \(y)")
            continue
          }
          worst = max(worst, abs(Double(y) - expected) / Double(KernelScalar(expected).ulp))
        }
        #expect(worst <= 4, "\(set.rawValue) \(name): \(worst) ulp")
      }
    }
  }

  @Test func specialValues() {
    for set in InstructionSet.allCases where set.isAvailable {
      with(threads: 1, set: set) {
        let values: [KernelScalar] = [.nan, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude]
        for (name, function, reference) in Self.functions {
          for (x, y) in zip(values, apply(function, values)) {
            let expected = KernelScalar(reference(Double(x)))
            #expect(
              y == expected && y.sign == expected.sign || y.isNaN && expected.isNaN, "\(set) \(name)(\(x)) = \(y)")
          }
        }
      }
    }
  }

  @Test func sumsHaveOneOrderAndAreRight() {
    for count in [0, 1, 15, 16, 17, 1023, 1024, 1025, 5000, 100_003] {
      var numbers = Numbers(count)
      let values = numbers.array(count)
      let sums = InstructionSet.fused.map { set in with(threads: 1, set: set) { VectorMath.sum(values, count: count) } }
      #expect(Set(sums.map(\.bitPattern)).count <= 1)
      let exact = values.reduce(0.0) { $0 + Double($1) }
      #expect(abs(Double(VectorMath.sum(values, count: count)) - exact) <= 1e-5 * Double(max(1, count)).squareRoot())
      let squares = values.reduce(0.0) { $0 + Double($1) * Double($1) }
      #expect(abs(Double(VectorMath.sumOfSquares(values, count: count)) - squares) <= 1e-5 * max(1, squares))
    }
  }

  private func apply(_ function: Function, _ values: [KernelScalar]) -> [KernelScalar] {
    var result = values
    result.withUnsafeMutableBufferPointer { buffer in function(buffer.baseAddress!, buffer.baseAddress!, buffer.count) }
    return result
  }
}
