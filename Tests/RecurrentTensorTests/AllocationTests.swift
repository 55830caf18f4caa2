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

  @Test(.enabled(if: AllocationCounter.works))
  func counterSeesAllocations() {
    var kept: [[UInt8]] = []
    kept.reserveCapacity(8)
    let counts = AllocationCounter.count {
      kept.append([UInt8](repeating: 1, count: 100))
      kept.append([UInt8](repeating: 1, count: 5000))
      kept.append([UInt8](repeating: 1, count: 200))
    }
    #expect(counts == (2, 1))
    #expect(kept.count == 3)
  }

  /// The promise of the hot path: nothing of 4 KiB or more, at most 8 small ones for each entry of the tape.
  @Test(.enabled(if: AllocationCounter.works))
  func stepsAfterWarmUpMakeFewSmallAllocations() {
    var data = TestData(seed: 13)
    let (x, weight, bias) = (data.tensor([50, 70]), data.tensor([70, 70]), data.tensor([70]))
    var entries = 0
    func step() {
      let tape = Tape()
      let (weight, bias) = (tape.watch(weight), tape.watch(bias))
      var hidden = x
      for _ in 0..<20 {
        let gates = hidden.linear(weight: weight, bias: bias)
        hidden = gates.sigmoid() * gates.tanh() + hidden * 0.5
        hidden = Tensor.select(where: Tensor(repeating: 1, shape: [50]), hidden, otherwise: x)
      }
      let halves = Tensor.stack([hidden[0..<20, axis: 0], hidden[20..<40, axis: 0]], axis: 1)
      let loss = halves.logSoftmax().sum(axis: 2).mean() + hidden.squared().max(axis: 1).sum()
      entries = tape.entryCount
      tape.backward(from: loss)
    }
    for _ in 0..<3 { step() }
    // Suites that run beside this one share the pool: the best of several steps counts.
    let counts = (0..<10).map { _ in AllocationCounter.count(step) }
    #expect(counts.map { $0.large }.min() == 0)
    #expect(entries > 120)
    #expect(counts.map { $0.small }.min()! <= 8 * entries, "\(counts) allocations for \(entries) entries")
  }
}
