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

  /// Where the formulas change, in dense steps.
  private static let arguments: [KernelScalar] = (-40_000...40_000).map { KernelScalar($0) / 380 }

  /// Every 997th bit pattern of a float, or with `RECURRENT_EVERY_FLOAT` every one: NaN, infinities, zeros and denormal
  /// numbers among them. A test takes a sixteenth of them.
  private static let strideOfPatterns = ProcessInfo.processInfo.environment["RECURRENT_EVERY_FLOAT"] == nil ? 997 : 1

  @Test(arguments: functions.indices, 0..<16) func everyFloatIsWithinFourUlp(index: Int, sixteenth: Int) {
    let count = 1 << 14
    let patterns = stride(from: sixteenth << 28, to: (sixteenth + 1) << 28, by: count * Self.strideOfPatterns)
    for first in patterns {
      let arguments = (0..<count).map { place in
        let pattern = UInt32(truncatingIfNeeded: first + place * Self.strideOfPatterns)
        return KernelScalar(Float(bitPattern: pattern))
      }
      expectClose(index, arguments)
    }
  }

  @Test(arguments: functions.indices) func activationsAreCloseWhereFormulasChange(index: Int) {
    expectClose(index, Self.arguments)
  }

  /// At most 4 ulp and, where the result is a normal number, 3e-7 of it, on every set.
  private func expectClose(_ index: Int, _ arguments: [KernelScalar]) {
    let (name, function, reference) = Self.functions[index]
    let expected = arguments.map { reference(Double($0)) }
    for set in InstructionSet.allCases where set.isAvailable {
      let seen = with(threads: 1, set: set) { apply(function, arguments) }
      var wrong: [Int] = []
      for place in arguments.indices where !isClose(seen[place], expected[place]) { wrong.append(place) }
      #expect(
        wrong.isEmpty,
        "\(set.rawValue) \(name): \(wrong.prefix(3).map { "\(arguments[$0]) gave \(seen[$0]), not \(expected[$0])" })")
    }
  }

  private func isClose(_ seen: KernelScalar, _ expected: Double) -> Bool {
    let rounded = KernelScalar(expected)
    guard expected.isFinite, rounded.isFinite else { return seen == rounded || seen.isNaN && expected.isNaN }
    let error = abs(Double(seen) - expected)
    return error <= 4 * Double(rounded.ulp) && (!rounded.isNormal || error <= 3e-7 * abs(expected))
      && seen.sign == rounded.sign
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
