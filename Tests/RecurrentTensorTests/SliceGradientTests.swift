import RecurrentTensor
import RecurrentTestSupport
import Testing

/// The gradients of slices of one tensor, which write parts of one gradient.
@Suite struct SliceGradientTests {
  /// Ranges in the order in which their gradients come: side by side from either end, with gaps, overlapping, or all.
  private static let orders: [[Range<Int>]] = [
    [6..<8, 4..<6, 2..<4, 0..<2], [0..<3, 3..<8], [2..<4, 4..<6], [0..<2, 6..<8, 2..<4], [0..<5, 3..<8],
    [2..<5, 3..<4], [5..<5, 1..<2], [5..<5], [0..<8, 2..<3],
  ]

  /// The weight of an element in the loss, which is its gradient.
  private func weight(_ place: Int, _ slice: Int) -> Scalar { Scalar((place * 7 + slice * 3) % 5) - 2 }

  @Test(arguments: orders, [0, 1, 2]) func partsOfAGradientAddUp(ranges: [Range<Int>], axis: Int) {
    let shape = ([[8, 3, 2], [3, 8, 2], [3, 2, 8]] as [Shape])[axis]
    let input = Tensor(repeating: 1, shape: shape)
    for starts in [nil, 3] as [Scalar?] {
      var gradient = [Scalar](repeating: starts ?? .nan, count: shape.count)
      var expected = Tensor(repeating: starts ?? 0, shape: shape)
      gradient.withUnsafeMutableBufferPointer { gradient in
        let tape = Tape()
        let x = tape.watch(input, gradient: gradient.baseAddress, accumulating: starts != nil)
        var loss = Tensor(0)
        // The tape is walked from its end.
        for (slice, range) in ranges.enumerated().reversed() {
          let part = x[range, axis: axis]
          let weights = Tensor((0..<part.count).map { weight($0, slice) }, shape: part.shape)
          loss = loss + (part * weights).sum()
          expected = added(weights, to: expected, range, axis)
        }
        tape.backward(from: loss)
      }
      #expect(Tensor(gradient, shape: shape) == expected)
    }
  }

  /// A gradient that is written in part only counts as zero elsewhere, for those who ask and for those before on the tape.
  @Test func whatNoSliceReachesIsZero() {
    let tape = Tape()
    let x = tape.watch(Tensor([1, 2, 3, 4], shape: [2, 2]))
    tape.backward(from: (x * 2)[1..<2, axis: 1].sum() + x[0..<1, axis: 1].sum())
    #expect(tape.gradient(of: x).scalars == [1, 2, 1, 2])
  }

  private func added(_ weights: Tensor, to sum: Tensor, _ range: Range<Int>, _ axis: Int) -> Tensor {
    func padding(_ count: Int) -> Tensor { Tensor(zeros: sum.shape.replacing(axis: axis, with: count)) }
    let size = sum.shape[axis]
    return sum
      + Tensor.concatenate([padding(range.lowerBound), weights, padding(size - range.upperBound)], axis: axis)
  }
}
