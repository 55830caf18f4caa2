import RecurrentKernels

/// The memory of one or several tensors: a pooled, 64-byte aligned buffer of scalars.
///
/// Only a unique owner writes (copy on write), hence the unchecked `Sendable`.
package final class TensorStorage: @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<Scalar>
  private let sizeClass: Int32

  /// Not initialised memory for `count` scalars.
  package init(count: Int) {
    let (block, sizeClass) = BufferPool.take(bytes: count * MemoryLayout<Scalar>.stride)
    pointer = block.assumingMemoryBound(to: Scalar.self)
    self.sizeClass = Int32(sizeClass)
  }

  deinit {
    BufferPool.give(UnsafeMutableRawPointer(pointer), sizeClass: Int(sizeClass))
  }
}
