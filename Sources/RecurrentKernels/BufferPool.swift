import Synchronization

/// Recycles the memory of tensors: blocks aligned to 64 bytes in size classes a quarter of a power of two apart.
///
/// Cached and used blocks together never take more than was once in use at the same time (or `freeAllowance`), so
/// the pool does not raise the peak of the process; a block whose class is out of use is returned to the system as
/// soon as its place is wanted.
package enum BufferPool {
  /// Cached and used bytes up to this are never returned to the system.
  package static let freeAllowance = 64 << 20

  private static let state = Mutex(BufferPoolState())

  /// A block of at least `bytes` bytes, not initialised, and the class to give it back with.
  package static func take(bytes: Int) -> (block: UnsafeMutableRawPointer, sizeClass: Int) {
    let sizeClass = sizeClass(ofBytes: bytes)
    if let block = state.withLock({ SendableBlock($0.take(sizeClass)) }).pointer { return (block, sizeClass) }
    let block = UnsafeMutableRawPointer.allocate(byteCount: self.bytes(ofClass: sizeClass), alignment: 64)
    return (block, sizeClass)
  }

  /// Gives a block back.
  package static func give(_ block: UnsafeMutableRawPointer, sizeClass: Int) {
    let block = SendableBlock(block)
    state.withLock { $0.give(block.pointer!, sizeClass) }
  }

  /// Returns every cached block to the system.
  package static func trim() {
    state.withLock { $0.evict(downTo: 0) }
  }

  /// The bytes in use, those cached, and how many blocks came from the system so far.
  package static var statistics: (usedBytes: Int, cachedBytes: Int, systemAllocations: Int) {
    state.withLock { ($0.usedBytes, $0.cachedBytes, $0.systemAllocations) }
  }

  /// The most bytes that were in use at one time.
  package static var peakBytes: Int { state.withLock { $0.peakBytes } }

  /// The smallest class that holds `bytes`: class 4k + j holds 64 · 2^k · (1 + j / 4) bytes.
  package static func sizeClass(ofBytes bytes: Int) -> Int {
    let lines = max(1, (bytes + 63) / 64)
    let power = Int.bitWidth - 1 - lines.leadingZeroBitCount
    let quarters = ((lines - (1 << power)) * 4 + (1 << power) - 1) >> power
    return 4 * power + quarters
  }

  /// The size of the blocks of a class.
  package static func bytes(ofClass sizeClass: Int) -> Int {
    let power = sizeClass / 4
    return (64 << power) + ((sizeClass & 3) * (64 << power) + 3) / 4
  }
}

private struct SendableBlock: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer?
  init(_ pointer: UnsafeMutableRawPointer?) { self.pointer = pointer }
}

/// Free lists threaded through the free blocks themselves, so that giving back allocates nothing.
private struct BufferPoolState: @unchecked Sendable {
  static let classes = 4 * 48
  let heads = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: classes)
  var usedBytes = 0
  var cachedBytes = 0
  var peakBytes = 0
  var systemAllocations = 0

  init() { heads.initialize(repeating: nil, count: Self.classes) }

  mutating func take(_ sizeClass: Int) -> UnsafeMutableRawPointer? {
    precondition(sizeClass < Self.classes, "no machine has so much memory")
    let bytes = BufferPool.bytes(ofClass: sizeClass)
    usedBytes += bytes
    peakBytes = max(peakBytes, usedBytes)
    if let block = heads[sizeClass] {
      heads[sizeClass] = block.load(as: UnsafeMutableRawPointer?.self)
      cachedBytes -= bytes
      return block
    }
    systemAllocations += 1
    evict(downTo: max(peakBytes, BufferPool.freeAllowance) - usedBytes)
    return nil
  }

  mutating func give(_ block: UnsafeMutableRawPointer, _ sizeClass: Int) {
    let bytes = BufferPool.bytes(ofClass: sizeClass)
    usedBytes -= bytes
    cachedBytes += bytes
    block.storeBytes(of: heads[sizeClass], as: UnsafeMutableRawPointer?.self)
    heads[sizeClass] = block
  }

  mutating func evict(downTo limit: Int) {
    var sizeClass = Self.classes - 1
    while cachedBytes > limit, sizeClass >= 0 {
      if let block = heads[sizeClass] {
        heads[sizeClass] = block.load(as: UnsafeMutableRawPointer?.self)
        cachedBytes -= BufferPool.bytes(ofClass: sizeClass)
        block.deallocate()
      } else {
        sizeClass -= 1
      }
    }
  }
}
