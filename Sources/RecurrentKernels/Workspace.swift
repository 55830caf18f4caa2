/// Pooled scratch memory for the scalars of one computation.
package typealias Workspace = PooledMemory<KernelScalar>

/// A pooled block of plain values.
package final class PooledMemory<Element: BitwiseCopyable>: @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<Element>
  private let sizeClass: Int

  /// Not initialised room for `count` values.
  package init(count: Int) {
    let (block, sizeClass) = BufferPool.take(bytes: count * MemoryLayout<Element>.stride)
    pointer = block.assumingMemoryBound(to: Element.self)
    self.sizeClass = sizeClass
  }

  deinit { BufferPool.give(UnsafeMutableRawPointer(pointer), sizeClass: sizeClass) }
}

/// A table of addresses, offsets or numbers in pooled memory: filled once, then read. Other modules go through it by its pointer,
/// as every element of a collection that the compiler does not know costs an allocation there.
package struct PooledTable<Element: BitwiseCopyable>: Sendable {
  private let memory: PooledMemory<Element>
  private let capacity: Int
  package private(set) var count = 0

  /// An empty table with room for `capacity` entries.
  package init(capacity: Int) {
    memory = PooledMemory(count: capacity)
    self.capacity = capacity
  }

  /// A table of `count` entries that `fill` writes.
  package init(count: Int, fill: (UnsafeMutablePointer<Element>) -> Void) {
    self.init(capacity: count)
    fill(memory.pointer)
    self.count = count
  }

  mutating func append(_ element: Element) {
    precondition(count < capacity)
    memory.pointer[count] = element
    count += 1
  }

  mutating func removeAll() { count = 0 }

  /// Valid as long as the table.
  package var pointer: UnsafePointer<Element> { UnsafePointer(memory.pointer) }
}

extension PooledTable: RandomAccessCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { count }

  package subscript(index: Int) -> Element {
    precondition(index >= 0 && index < count)
    return memory.pointer[index]
  }
}
