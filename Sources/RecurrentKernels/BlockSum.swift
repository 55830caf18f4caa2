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
    var pending: [KernelScalar] = []
    for (number, from) in stride(from: 0, to: count, by: blockLength).enumerated() {
      pending.append(block(from..<min(count, from + blockLength), scratch.pointer))
      var blocks = number + 1
      while blocks.isMultiple(of: 2) {
        joinLast(&pending)
        blocks /= 2
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
