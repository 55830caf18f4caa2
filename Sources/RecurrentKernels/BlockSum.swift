/// A sum over blocks that joins them as `VectorMath.sum` does: neighbours, then neighbours of the sums, by position.
package enum BlockSum {
  /// The scalars of a block.
  package static let blockLength = 1024

  /// The sum over `count` scalars of which `block` gives the sum of each block.
  ///
  /// - Parameters:
  ///   - count: The scalars.
  ///   - block: Gives the sum of a range of scalars; it may write to the scratch memory, which has room for a block.
  /// - Returns: What the kernel gives for all blocks in one array.
  package static func over(
    _ count: Int, block: (Range<Int>, _ scratch: UnsafeMutablePointer<KernelScalar>) -> KernelScalar
  ) -> KernelScalar {
    let scratch = Workspace(count: blockLength)
    return joining((count + blockLength - 1) / blockLength) { number in
      block(number * blockLength..<min(count, (number + 1) * blockLength), scratch.pointer)
    }
  }

  /// The sum over `count` blocks, or over equal parts of a power of two of them, of which `part` gives the sums in turn.
  static func joining(_ count: Int, part: (Int) -> KernelScalar) -> KernelScalar {
    var pending: [KernelScalar] = []
    for number in 0..<count {
      pending.append(part(number))
      var joined = number + 1
      while joined.isMultiple(of: 2) {
        joinLast(&pending)
        joined /= 2
      }
    }
    while pending.count > 1 { joinLast(&pending) }
    return pending.first ?? 0
  }

  private static func joinLast(_ pending: inout [KernelScalar]) {
    let last = pending.removeLast()
    pending[pending.count - 1] += last
  }
}
