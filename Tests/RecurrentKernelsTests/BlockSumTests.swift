import RecurrentKernels
import Testing

@Suite struct BlockSumTests {
  @Test func joinsBlocksAsTheKernelDoes() {
    var numbers = Numbers(3)
    for count in [0, 1, 1000, 1024, 1025, 3 * 1024, 5000, 7 * 1024 + 5, 8 * 1024, 21 * 1024 + 1023] {
      let scalars = numbers.array(count)
      scalars.withUnsafeBufferPointer { scalars in
        guard let base = scalars.baseAddress else { return }
        let sum = BlockSum.over(count) { block, _ in
          VectorMath.sum(base + block.lowerBound, count: block.count)
        }
        #expect(sum == VectorMath.sum(base, count: count), "\(count) scalars")
      }
    }
  }
}
