import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct SegmentSumsTests {
  private static func reference(_ x: [Double], reversed: Bool) -> [[Double]] {
    let steps = x.count
    func sum(after start: Int, to end: Int) -> Double {
      // In the order of the walk; -1 is before its first step.
      let walk = reversed ? Array((0..<steps).reversed()) : Array(0..<steps)
      return start > end ? -.infinity : walk[(start + 1)...].prefix(end - start).reduce(0) { $0 + x[$1] }
    }
    func place(_ step: Int) -> Int { reversed ? steps - 1 - step : step }
    return [(0..<steps).map { sum(after: -1, to: place($0)) }]
      + (0..<steps).map { start in (0..<steps).map { sum(after: place(start), to: place($0)) } }
  }

  @Test(arguments: [1, 2, 5], [false, true]) func everySegmentIsSummed(steps: Int, reversed: Bool) {
    var data = TestData(seed: 3)
    let x = data.tensor([2, 3, steps])
    let sums = x.segmentSums(reversed: reversed)
    #expect(sums.shape == [2, 3, steps + 1, steps])
    for row in 0..<6 {
      let numbers = (0..<steps).map { Double(x.scalars[row * steps + $0]) }
      let seen = Array(sums.scalars[row * (steps + 1) * steps..<(row + 1) * (steps + 1) * steps])
      for (seen, expected) in zip(seen, Self.reference(numbers, reversed: reversed).flatMap { $0 }) {
        #expect(Double(seen) == expected || abs(Double(seen) - expected) < 1e-6)
      }
    }
  }

  /// Through an exponential, as there is no difference of what is infinite.
  @Test(arguments: [false, true]) func gradientsAreThoseOfDifferences(reversed: Bool) {
    var data = TestData(seed: 4)
    let x = data.tensor([2, 5])
    #expect(GradientCheck.disagreements(at: [x]) { $0[0].segmentSums(reversed: reversed).exp() } == [])
  }

  /// A number large enough to swallow others takes no part in the sums beside it.
  @Test func aLargeNumberIsFeltWhereItIs() {
    let sums = Tensor([-1e20, 0.5, 0.25], shape: [3]).segmentSums()
    #expect(sums[1, 2] == 0.75 && sums[1, 1] == 0.5 && sums[2, 2] == 0.25)
  }
}
