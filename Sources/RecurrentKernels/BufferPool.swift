import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Recycles the memory of tensors: blocks aligned to 64 bytes in size classes a quarter of a power of two apart.
///
/// Cached and used blocks together never take more than was once in use at the same time (or `freeAllowance`), so
/// the pool does not raise the peak of the process; a block whose class is out of use is returned to the system as
/// soon as its place is wanted. What a worker of the pool of threads gives back it takes again itself: its lines of memory stay with
/// its processor, and no lock goes to and fro. Those few blocks count as used.
package enum BufferPool {
  /// Cached and used bytes up to this are never returned to the system.
  package static let freeAllowance = 64 << 20

  private static let state = Mutex(BufferPoolState())

  /// A block of at least `bytes` bytes, not initialised, and the class to give it back with.
  package static func take(bytes: Int) -> (block: UnsafeMutableRawPointer, sizeClass: Int) {
    let sizeClass = sizeClass(ofBytes: bytes)
    if let block = own?.pointee.take(sizeClass) { return (block, sizeClass) }
    if let block = state.withLock({ SendableBlock($0.take(sizeClass)) }).pointer { return (block, sizeClass) }
    let block = UnsafeMutableRawPointer.allocate(byteCount: self.bytes(ofClass: sizeClass), alignment: 64)
    return (block, sizeClass)
  }

  /// Gives a block back.
  package static func give(_ block: UnsafeMutableRawPointer, sizeClass: Int) {
    if let own, own.pointee.bytes + bytes(ofClass: sizeClass) <= ownBytes {
      return own.pointee.give(block, sizeClass)
    }
    let block = SendableBlock(block)
    state.withLock { $0.give(block.pointer!, sizeClass) }
  }

  /// The most bytes that a worker keeps for itself.
  private static let ownBytes = 4 << 20

  private static let ownKey: pthread_key_t = {
    var key = pthread_key_t()
    let status = pthread_key_create(&key, nil)
    precondition(status == 0, "no key for the blocks of a thread (error \(status))")
    return key
  }()

  /// The blocks of this thread alone; nil unless it keeps some.
  private static var own: UnsafeMutablePointer<FreeBlocks>? {
    pthread_getspecific(ownKey)?.assumingMemoryBound(to: FreeBlocks.self)
  }

  /// From now on this thread, which never ends, keeps what it gives back.
  static func keepBlocksOfThisThread() {
    let blocks = UnsafeMutablePointer<FreeBlocks>.allocate(capacity: 1)
    blocks.initialize(to: FreeBlocks())
    pthread_setspecific(ownKey, blocks)
  }

  /// Returns every cached block to the system, but for those of workers.
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
private struct FreeBlocks {
  static let classes = 4 * 48
  private let heads = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: classes)
  private(set) var bytes = 0

  init() { heads.initialize(repeating: nil, count: Self.classes) }

  mutating func take(_ sizeClass: Int) -> UnsafeMutableRawPointer? {
    precondition(sizeClass < Self.classes, "no machine has so much memory")
    guard let block = heads[sizeClass] else { return nil }
    heads[sizeClass] = block.load(as: UnsafeMutableRawPointer?.self)
    bytes -= BufferPool.bytes(ofClass: sizeClass)
    return block
  }

  mutating func give(_ block: UnsafeMutableRawPointer, _ sizeClass: Int) {
    bytes += BufferPool.bytes(ofClass: sizeClass)
    block.storeBytes(of: heads[sizeClass], as: UnsafeMutableRawPointer?.self)
    heads[sizeClass] = block
  }

  /// Returns the largest blocks to the system.
  mutating func evict(downTo limit: Int) {
    var sizeClass = Self.classes - 1
    while bytes > limit, sizeClass >= 0 {
      if let block = take(sizeClass) { block.deallocate() } else { sizeClass -= 1 }
    }
  }
}

private struct BufferPoolState: @unchecked Sendable {
  private var free = FreeBlocks()
  var usedBytes = 0
  var peakBytes = 0
  var systemAllocations = 0

  var cachedBytes: Int { free.bytes }

  mutating func take(_ sizeClass: Int) -> UnsafeMutableRawPointer? {
    usedBytes += BufferPool.bytes(ofClass: sizeClass)
    peakBytes = max(peakBytes, usedBytes)
    if let block = free.take(sizeClass) { return block }
    systemAllocations += 1
    evict(downTo: max(peakBytes, BufferPool.freeAllowance) - usedBytes)
    return nil
  }

  mutating func give(_ block: UnsafeMutableRawPointer, _ sizeClass: Int) {
    usedBytes -= BufferPool.bytes(ofClass: sizeClass)
    free.give(block, sizeClass)
  }

  mutating func evict(downTo limit: Int) { free.evict(downTo: limit) }
}
