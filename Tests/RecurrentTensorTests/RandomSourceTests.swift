import RecurrentTensor
import Testing

@Suite struct RandomSourceTests {
  /// The published answers of the generator's authors.
  @Test func knownBlocks() {
    let zero = Philox.block(counter: (0, 0), key: 0)
    #expect(zero == (0xe169_c58d_6627_e8d5, 0x9b00_dbd8_bc57_ac4c))
    let ones = Philox.block(counter: (.max, .max), key: .max)
    #expect(ones == (0x41c8_3b0e_408f_276d, 0x6d54_51fd_a20b_c7c6))
    let pi = Philox.block(counter: (0x85a3_08d3_243f_6a88, 0x0370_7344_1319_8a2e), key: 0x299f_31d0_a409_3822)
    #expect(pi == (0x94fd_cceb_d16c_fe09, 0x2412_6ea1_5001_e420))
  }

  @Test func numbersArePinned() {
    let source = RandomSource(seed: 7).stream("dropout").stream(3)
    #expect((0..<4).map { source.integer(below: 1000, at: $0) } == [396, 698, 399, 232])
    #expect(source.permutation(8) == [3, 7, 1, 6, 5, 4, 0, 2])
  }

  @Test func streamsDiffer() {
    let root = RandomSource(seed: 1)
    let sources = [
      root, RandomSource(seed: 2), root.stream("a"), root.stream("b"), root.stream(0), root.stream(1), root.stream(-1),
      root.stream(0).stream(1), root.stream(1).stream(0), root.stream("a").stream(0),
    ]
    let firsts = Set(sources.map { $0.bits(at: 0) })
    #expect(firsts.count == sources.count)
    #expect(root.stream("a").bits(at: 5) == RandomSource(seed: 1).stream("a").bits(at: 5))
  }

  @Test func uniformMoments() {
    let numbers = RandomSource(seed: 3).uniform([100_000], in: -1...3).scalars.map { Double($0) }
    let mean = numbers.reduce(0, +) / 1e5
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1e5
    #expect(abs(mean - 1) < 0.02)
    #expect(abs(variance - 16.0 / 12) < 0.02)
    #expect(numbers.min()! >= -1 && numbers.max()! <= 3)
  }

  @Test func normalMoments() {
    let numbers = RandomSource(seed: 4).normal([100_000], mean: 2, standardDeviation: 3).scalars.map { Double($0) }
    let mean = numbers.reduce(0, +) / 1e5
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1e5
    let beyond = numbers.filter { abs($0 - 2) > 6 }.count
    #expect(abs(mean - 2) < 0.04)
    #expect(abs(variance - 9) < 0.2)
    #expect(abs(Double(beyond) / 1e5 - 0.0455) < 0.004)
  }

  @Test func permutationIsEvenlySpread() {
    var positions = [Int](repeating: 0, count: 5)
    for seed in 0..<5000 {
      let order = RandomSource(seed: UInt64(seed)).permutation(5)
      #expect(order.sorted() == [0, 1, 2, 3, 4])
      positions[order.firstIndex(of: 0)!] += 1
    }
    #expect(positions.allSatisfy { abs($0 - 1000) < 130 })
    #expect(RandomSource(seed: 1).permutation(0) == [])
  }
}
