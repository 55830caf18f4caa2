/// Pooled scratch memory for one computation.
package final class Workspace: @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<KernelScalar>
  private let sizeClass: Int

  /// Not initialised room for `count` scalars.
  package init(count: Int) {
    let (block, sizeClass) = BufferPool.take(bytes: count * MemoryLayout<KernelScalar>.stride)
    pointer = block.assumingMemoryBound(to: KernelScalar.self)
    self.sizeClass = sizeClass
  }

  deinit { BufferPool.give(UnsafeMutableRawPointer(pointer), sizeClass: sizeClass) }
}
