import RecurrentKernels
import Testing

@Suite struct ElementwiseTests {
  private static let operations: [(PointwiseOperation, @Sendable (KernelScalar, KernelScalar) -> KernelScalar)] = [
    (.copy, { a, _ in a }), (.add, { $0 + $1 }), (.subtract, { $0 - $1 }), (.multiply, { $0 * $1 }),
    (.divide, { $0 / $1 }), (.negate, { a, _ in -a }), (.multiplyTanhSlope, { $0 * (1 - $1 * $1) }),
    (.multiplySigmoidSlope, { $0 * ($1 * (1 - $1)) }),
  ]

  /// Every operation has the bits of its formula, for rows of any length and distance, on every set, and leaves what lies
  /// between the rows alone.
  @Test(arguments: operations.indices, [1, 15, 16, 33, 64])
  func rowsHaveTheBitsOfTheFormula(index: Int, count: Int) {
    let (operation, formula) = Self.operations[index]
    let (rows, stride) = (3, count + 5)
    let a = (0..<rows * stride).map { KernelScalar(($0 * 7 + 3) % 11) / 3 - 1 }
    let b = (0..<rows * stride).map { KernelScalar(($0 * 5 + 1) % 13) / 7 - 2.1 }
    let before = (0..<rows * stride).map { KernelScalar($0 % 4) - 0.3 }
    for mode in [Elementwise.Mode.replacing, .adding, .startingSum] {
      var expected = before
      for row in 0..<rows {
        for place in row * stride..<row * stride + count {
          let value = formula(a[place], b[place])
          switch mode {
          case .replacing: expected[place] = value
          case .adding: expected[place] += value
          case .startingSum: expected[place] = 0 + value
          }
        }
      }
      for set in InstructionSet.allCases where set.isAvailable {
        var seen = before
        InstructionSet.using(set) {
          apply(operation, (a, stride), (b, stride), into: &seen, stride, rows: rows, count: count, mode)
        }
        #expect(seen.map(\.bitPattern) == expected.map(\.bitPattern), "\(set) \(mode)")
      }
    }
  }

  /// A result that every row is added to takes them in their order.
  @Test func rowsAreSummedInTheirOrder() {
    // Beside it a one is lost.
    let large: KernelScalar = MemoryLayout<KernelScalar>.size == 8 ? 1e17 : 1e8
    let rows: [KernelScalar] = [large, 1, -large, 2, 1, 3]
    var sums: [KernelScalar] = [0, 0]
    apply(.copy, (rows, 2), (rows, 2), into: &sums, 0, rows: 3, count: 2, .adding)
    #expect(sums == [1, 6])
  }

  /// The result may be an operand, as a gradient is that takes over the memory of the one it comes from.
  @Test(arguments: operations.indices) func theResultMayBeAnOperand(index: Int) {
    let (operation, formula) = Self.operations[index]
    let a = (0..<37).map { KernelScalar(($0 * 7 + 3) % 11) / 3 - 1 }
    let b = (0..<37).map { KernelScalar(($0 * 5 + 1) % 13) / 7 - 2.1 }
    for set in InstructionSet.allCases where set.isAvailable {
      var seen = a
      seen.withUnsafeMutableBufferPointer { seen in
        b.withUnsafeBufferPointer { b in
          InstructionSet.using(set) {
            Elementwise.apply(operation, seen.baseAddress!, b.baseAddress!, into: seen.baseAddress!, count: 37)
          }
        }
      }
      #expect(seen == zip(a, b).map(formula), "\(set)")
    }
  }

  private func apply(
    _ operation: PointwiseOperation, _ a: ([KernelScalar], Int), _ b: ([KernelScalar], Int),
    into result: inout [KernelScalar], _ stride: Int, rows: Int, count: Int, _ mode: Elementwise.Mode
  ) {
    a.0.withUnsafeBufferPointer { first in
      b.0.withUnsafeBufferPointer { second in
        result.withUnsafeMutableBufferPointer { result in
          Elementwise.applyRows(
            operation, (first.baseAddress!, a.1), (second.baseAddress!, b.1), into: (result.baseAddress!, stride),
            rows: rows, count: count, mode: mode)
        }
      }
    }
  }
}
