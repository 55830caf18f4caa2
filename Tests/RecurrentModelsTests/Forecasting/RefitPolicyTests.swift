import RecurrentModels
import Testing

@Suite struct RefitPolicyTests {
  @Test func readsAndCounts() {
    #expect(RefitPolicy("never") == .never)
    #expect(RefitPolicy("12") == .every(12))
    for text in ["0", "-3", "1.5", "often", ""] { #expect(RefitPolicy(text) == nil) }
    #expect(RefitPolicy.never.interval == nil && RefitPolicy.every(5).interval == 5)
    #expect(RefitPolicy.never.fittings(origins: 100) == 1)
    #expect([0, 1, 5, 6, 10, 11].map { RefitPolicy.every(5).fittings(origins: $0) } == [1, 1, 1, 2, 2, 3])
  }
}
