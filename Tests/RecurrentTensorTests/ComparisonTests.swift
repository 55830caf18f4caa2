import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct ComparisonTests {
  @Test func relativeErrors() {
    #expect(Comparison.relativeError([1, 2, 4], [1, 2, 4]) == 0)
    #expect(Comparison.relativeError([1, 2.5, 4], [1, 2, 4]) == 0.125)
    #expect(Comparison.relativeError([1, 2], [1, 2, 4]) == .infinity)
    #expect(Comparison.relativeError([1, .nan], [1, 2]) == .infinity)
    #expect(Comparison.relativeError([0.5], [0], floor: 2) == 0.25)
    #expect(Comparison.relativeError(Tensor(zeros: [2, 3]), Tensor(zeros: [3, 2])) == .infinity)
  }

  @Test func testDataIsSeededAndInRange() {
    var (first, second, third) = (TestData(seed: 1), TestData(seed: 1), TestData(seed: 2))
    let tensor = first.tensor([40], in: 2...3)
    #expect(tensor == second.tensor([40], in: 2...3))
    #expect(tensor != third.tensor([40], in: 2...3))
    #expect(tensor.scalars.allSatisfy { $0 >= 2 && $0 <= 3 })
    let signed = first.signedTensor([40]).scalars
    #expect(signed.allSatisfy { abs($0) >= 0.29 && abs($0) <= 1.51 })
    #expect(signed.contains { $0 > 0 } && signed.contains { $0 < 0 })
  }
}
