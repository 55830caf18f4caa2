import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Recycles the memory of tensors: blocks aligned to 64 bytes in size classes a quarter of a power of two apart.
///
/// Cached and used blocks together never take more than was once in use at the same time (or `freeAllowance`), so
/// the pool does not raise the peak of the process; a block whose class is out of use is returned to the system as
/// soon as its place is wanted. A thread keeps some of what it gives back for itself, a worker of the pool of threads more, small
/// blocks before large ones: they stay with its processor, and need no lock. They count as used, so that the peak includes them.
package enum BufferPool {
  /// Cached and used bytes up to this are never returned to the system.
  package static let freeAllowance = 64 << 20

  private static let state = Mutex(BufferPoolState())

  /// A block of at least `bytes` bytes, not initialised, and the class to give it back with.
  package static func take(bytes: Int) -> (block: UnsafeMutableRawPointer, sizeClass: Int) {
    let sizeClass = sizeClass(ofBytes: bytes)
    if let block = own.pointee.take(sizeClass) { return (block, sizeClass) }
    if let block = state.withLock({ SendableBlock($0.take(sizeClass)) }).pointer { return (block, sizeClass) }
    let block = UnsafeMutableRawPointer.allocate(byteCount: self.bytes(ofClass: sizeClass), alignment: 64)
    return (block, sizeClass)
  }

  /// Gives a block back.
  package static func give(_ block: UnsafeMutableRawPointer, sizeClass: Int) {
    own.pointee.keep(block, sizeClass, else: giveToAll)
  }

  /// The most bytes that a thread keeps for itself: tensors of single steps, and in a worker its rooms in a layer's walk.
  private static let (ownBytes, ownBytesOfWorker) = (1 << 19, 4 << 20)

  /// From now on this thread, which is a worker, may keep more.
  static func keepMore() { own.pointee.most = ownBytesOfWorker }

  /// Where a thread finds what it keeps; at its end that goes to all.
  private static let ownKey: pthread_key_t = {
    var key = pthread_key_t()
    let status = pthread_key_create(&key) { blocks in
      #if canImport(Glibc) || canImport(Musl)
      guard let blocks else { return }
      #endif
      let own = blocks.assumingMemoryBound(to: FreeBlocks.self)
      own.pointee.remove(downTo: 0, BufferPool.giveToAll)
      own.pointee.end()
      own.deallocate()
    }
    precondition(status == 0, "no key for the blocks of a thread (error \(status))")
    return key
  }()

  /// The blocks of this thread alone.
  private static var own: UnsafeMutablePointer<FreeBlocks> {
    if let blocks = pthread_getspecific(ownKey) { return blocks.assumingMemoryBound(to: FreeBlocks.self) }
    let blocks = UnsafeMutablePointer<FreeBlocks>.allocate(capacity: 1)
    blocks.initialize(to: FreeBlocks(most: ownBytes))
    let status = pthread_setspecific(ownKey, blocks)
    precondition(status == 0, "no room for the blocks of a thread (error \(status))")
    return blocks
  }

  private static func giveToAll(_ block: UnsafeMutableRawPointer, _ sizeClass: Int) {
    let block = SendableBlock(block)
    state.withLock { $0.give(block.pointer!, sizeClass) }
  }

  /// Returns every cached block to the system, but for those that other threads keep.
  package static func trim() {
    own.pointee.remove(downTo: 0, giveToAll)
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

private struct BufferPoolState: @unchecked Sendable {
  private var free = FreeBlocks(most: .max)
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

  mutating func evict(downTo limit: Int) {
    free.remove(downTo: limit) { block, _ in block.deallocate() }
  }
}
