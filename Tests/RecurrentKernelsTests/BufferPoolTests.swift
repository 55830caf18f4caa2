import RecurrentKernels
import Testing

/// Serialised: the pool is one for the process, so only differences that other suites cannot cause are tested.
@Suite(.serialized) struct BufferPoolTests {
  @Test func classesHoldWhatIsAsked() {
    for bytes in Array(0...5000) + [1 << 20, (1 << 20) + 1, 3 << 30] {
      let sizeClass = BufferPool.sizeClass(ofBytes: bytes)
      #expect(BufferPool.bytes(ofClass: sizeClass) >= bytes)
      #expect(bytes <= 256 || BufferPool.bytes(ofClass: sizeClass - 1) < bytes)
      #expect(bytes < 256 || BufferPool.bytes(ofClass: sizeClass) <= bytes * 5 / 4 + 64)
    }
  }

  @Test func blockIsRecycled() {
    // A size no other test uses.
    let bytes = 77_777_777
    let (first, sizeClass) = BufferPool.take(bytes: bytes)
    #expect(Int(bitPattern: first) % 64 == 0)
    BufferPool.give(first, sizeClass: sizeClass)
    let (second, _) = BufferPool.take(bytes: bytes)
    #expect(first == second)
    BufferPool.give(second, sizeClass: sizeClass)
    BufferPool.trim()
    #expect(BufferPool.statistics.cachedBytes < bytes)
  }

  @Test func cacheDoesNotRaiseThePeak() {
    let allowance = BufferPool.freeAllowance
    for megabytes in [70, 90, 110, 130] {
      let (block, sizeClass) = BufferPool.take(bytes: megabytes << 20)
      let (used, cached, _) = BufferPool.statistics
      #expect(used + cached <= max(allowance, 1 << 28))
      BufferPool.give(block, sizeClass: sizeClass)
    }
    let (_, cached, _) = BufferPool.statistics
    // Of four blocks that were never in use together only the last may remain beside small change.
    #expect(cached < 240 << 20)
    BufferPool.trim()
  }
}
