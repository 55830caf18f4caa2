import Foundation
import RecurrentModels
import Testing

@Suite struct TargetLeakTests {
  private func leaks(_ target: [Double], _ inputs: [(name: String, values: [Double])]) -> [TargetLeak] {
    TargetLeak.find(in: problem([target], horizon: 6, window: 8, names: ["y"]), inputs: inputs)
  }

  @Test(arguments: [1, 4, 6]) func aColumnWithTheFutureIsALeak(lead: Int) throws {
    var source = GeneratedSeries(seed: 51)
    let walk = source.walk(300)
    let ahead = walk.indices.map { $0 + lead < walk.count ? 3 * walk[$0 + lead] - 7 + 0.05 * source.normal() : .nan }
    let found = leaks(walk, [("other", source.walk(300)), ("ahead", ahead)])
    let leak = try #require(found.first)
    #expect(found.count == 1)
    #expect(leak.target == "y" && leak.input == "ahead" && leak.lead == lead)
    #expect(leak.explained > 0.99)
    #expect(leak.explanation.contains("\(lead) row"))
  }

  @Test func copiesPastAndRelatedColumnsAreNone() {
    var source = GeneratedSeries(seed: 52)
    let walk = source.walk(400)
    let related = walk.map { $0 + 0.3 * source.normal() }
    let lagged = walk.indices.map { $0 >= 2 ? walk[$0 - 2] : .nan }
    #expect(leaks(walk, [("y", walk), ("copy", walk.map { 2 * $0 }), ("related", related), ("lagged", lagged)]) == [])
  }

  @Test func aPartnerOfAPredictableSeriesIsNone() {
    let sine = (0..<400).map { sin(Double($0) / 7) }
    let cosine = (0..<400).map { cos(Double($0) / 7) }
    #expect(leaks(sine, [("cosine", cosine)]) == [])
  }

  @Test func missingValuesAndConstantsAreSurvived() {
    var source = GeneratedSeries(seed: 53)
    let walk = source.walk(300)
    let ahead = walk.indices.map { $0 % 3 == 0 || $0 + 2 >= walk.count ? Double.nan : walk[$0 + 2] }
    let nothing = [Double](repeating: .nan, count: 300)
    let found = leaks(walk, [("constant", Array(repeating: 1, count: 300)), ("nothing", nothing), ("ahead", ahead)])
    #expect(found.map(\.input) == ["ahead"])
    #expect(found.map(\.lead) == [2])
    #expect(leaks(Array(repeating: 3, count: 300), [("ahead", ahead)]) == [])
    #expect(leaks([1, 2, 3], [("a", [1, 2, 3])]) == [])
  }
}
