/// Lists of free blocks by size class, threaded through the blocks themselves, so that giving back allocates nothing.
package struct FreeBlocks {
  private static let classes = 4 * 48
  private let heads = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: classes)
  /// The bytes of all blocks.
  package private(set) var bytes = 0
  /// No class above this one has a block.
  private var largest = 0
  /// How many bytes `keep` keeps at most.
  package var most: Int

  package init(most: Int) {
    self.most = most
    heads.initialize(repeating: nil, count: Self.classes)
  }

  /// A block of this class, if there is one.
  package mutating func take(_ sizeClass: Int) -> UnsafeMutableRawPointer? {
    precondition(sizeClass < Self.classes, "no machine has so much memory")
    guard let block = heads[sizeClass] else { return nil }
    heads[sizeClass] = block.load(as: UnsafeMutableRawPointer?.self)
    bytes -= BufferPool.bytes(ofClass: sizeClass)
    return block
  }

  package mutating func give(_ block: UnsafeMutableRawPointer, _ sizeClass: Int) {
    bytes += BufferPool.bytes(ofClass: sizeClass)
    largest = max(largest, sizeClass)
    block.storeBytes(of: heads[sizeClass], as: UnsafeMutableRawPointer?.self)
    heads[sizeClass] = block
  }

  /// Adds a block where there is room; what is as large or larger leaves for it, or else it goes itself.
  package mutating func keep(
    _ block: UnsafeMutableRawPointer, _ sizeClass: Int,
    else body: (_ block: UnsafeMutableRawPointer, _ sizeClass: Int) -> Void
  ) {
    let room = most - BufferPool.bytes(ofClass: sizeClass)
    if bytes > room, room >= 0 { remove(downTo: room, from: sizeClass, body) }
    if bytes <= room { give(block, sizeClass) } else { body(block, sizeClass) }
  }

  /// Takes the largest blocks out, of this class and larger ones.
  package mutating func remove(
    downTo limit: Int, from least: Int = 0, _ body: (_ block: UnsafeMutableRawPointer, _ sizeClass: Int) -> Void
  ) {
    while bytes > limit, largest >= least {
      if let block = take(largest) { body(block, largest) } else { largest -= 1 }
    }
  }

  /// Frees the lists, which must be empty.
  package func end() { heads.deallocate() }
}
