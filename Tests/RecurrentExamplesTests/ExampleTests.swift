import RecurrentExamples
import Testing

@Suite("Example programs")
struct ExampleTests {
  @Test("Every claim of every program holds", arguments: Example.all.map { $0.name })
  func claimsHold(_ name: String) throws {
    let program = try #require(Example.named(name))
    var page = ExamplePage()
    try program.run(seed: 1, page: &page)
    #expect(!page.claims.isEmpty)
    for claim in page.claims {
      #expect(claim.holds, "\(claim.what): \(claim.seen), asked \(claim.asked)")
    }
  }

  @Test("Every program has a name of its own and a sentence")
  func namesDiffer() {
    #expect(Set(Example.all.map { $0.name }).count == Example.all.count)
    for program in Example.all { #expect(program.summary.hasSuffix(".")) }
  }
}
