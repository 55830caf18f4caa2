import RecurrentKernels
import Testing

struct FreeBlocksTests {
  @Test func lastGivenIsFirstTaken() {
    withBlocks(of: [100, 100, 300]) { blocks, free in
      for (block, sizeClass) in blocks { free.give(block, sizeClass) }
      let small = blocks[0].sizeClass
      #expect(free.bytes == 2 * BufferPool.bytes(ofClass: small) + BufferPool.bytes(ofClass: blocks[2].sizeClass))
      #expect(free.take(small) == blocks[1].block)
      #expect(free.take(small) == blocks[0].block)
      #expect(free.take(small) == nil)
      #expect(free.take(blocks[2].sizeClass) == blocks[2].block)
      #expect(free.bytes == 0)
    }
  }

  @Test func largeBlocksLeaveForSmallOnesAndNotTheOtherWayRound() {
    // Together they are 64 bytes too many.
    withBlocks(of: [512, 256, 128, 192], most: 1024) { blocks, free in
      var left: [UnsafeMutableRawPointer] = []
      for (block, sizeClass) in blocks.prefix(3) { free.keep(block, sizeClass) { block, _ in left.append(block) } }
      #expect(left.isEmpty)
      free.keep(blocks[3].block, blocks[3].sizeClass) { block, sizeClass in
        #expect(sizeClass == blocks[0].sizeClass)
        left.append(block)
      }
      #expect(left == [blocks[0].block])
      #expect(free.bytes == 256 + 128 + 192)
      free.keep(blocks[0].block, blocks[0].sizeClass) { block, _ in left.append(block) }
      #expect(left == [blocks[0].block, blocks[0].block])
      #expect(free.take(blocks[1].sizeClass) == blocks[1].block)
      free.keep(blocks[0].block, blocks[0].sizeClass) { _, _ in Issue.record("there is room") }
      #expect(free.bytes == 512 + 128 + 192)
    }
  }

  @Test func blockBeyondTheMostLeavesOthersInPlace() {
    withBlocks(of: [128, 2048], most: 1024) { blocks, free in
      var left = 0
      for (block, sizeClass) in blocks { free.keep(block, sizeClass) { _, sizeClass in left += sizeClass } }
      #expect(left == blocks[1].sizeClass)
      #expect(free.take(blocks[0].sizeClass) == blocks[0].block)
    }
  }

  @Test func largestAreRemovedFirst() {
    withBlocks(of: [128, 512, 256, 512]) { blocks, free in
      for (block, sizeClass) in blocks { free.give(block, sizeClass) }
      var sizes: [Int] = []
      free.remove(downTo: 400) { _, sizeClass in sizes.append(BufferPool.bytes(ofClass: sizeClass)) }
      #expect(sizes == [512, 512])
      // Sizes that were removed come back.
      free.give(blocks[1].block, blocks[1].sizeClass)
      free.remove(downTo: 0, from: blocks[2].sizeClass) { _, sizeClass in
        sizes.append(BufferPool.bytes(ofClass: sizeClass))
      }
      #expect(sizes == [512, 512, 512, 256])
      #expect(free.bytes == 128)
    }
  }

  private func withBlocks(
    of bytes: [Int], most: Int = .max,
    _ body: (_ blocks: [(block: UnsafeMutableRawPointer, sizeClass: Int)], _ free: inout FreeBlocks) -> Void
  ) {
    let blocks = bytes.map { bytes in
      let sizeClass = BufferPool.sizeClass(ofBytes: bytes)
      let size = BufferPool.bytes(ofClass: sizeClass)
      return (block: UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64), sizeClass: sizeClass)
    }
    var free = FreeBlocks(most: most)
    body(blocks, &free)
    free.end()
    for (block, _) in blocks { block.deallocate() }
  }
}
