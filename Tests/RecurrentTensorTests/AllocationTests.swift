import RecurrentKernels
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct AllocationTests {
  /// After two steps every buffer of a further step comes from the pool.
  @Test func stepsAfterWarmUpTakeNoMemoryFromTheSystem() {
    var data = TestData(seed: 12)
    // Sizes no other test uses, so that tests running beside this one do not take its blocks.
    let (x, weight) = (data.tensor([61, 997]), data.tensor([499, 997]))
    func step() {
      let tape = Tape()
      let watched = tape.watch(weight)
      tape.backward(from: (x.linear(weight: watched).tanh() * 0.1).sum())
      #expect(tape.gradient(of: watched).shape == [499, 997])
    }
    step()
    step()
    // Suites that run beside this one may allocate: one of many windows without any is enough.
    var fewest = Int.max
    for _ in 0..<20 {
      let before = BufferPool.statistics.systemAllocations
      step()
      fewest = min(fewest, BufferPool.statistics.systemAllocations - before)
    }
    #expect(fewest == 0)
  }
}
