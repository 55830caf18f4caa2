import CommandLineKit
import Testing

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("horizn", "horizon"), ("horzion", "horizon"), ("Horizon", "horizon"), ("lerning-rat", "learning-rate"),
    ("learn", "learning-rate"), ("le", nil), ("xyz", nil), ("", nil), ("ho", nil),
  ])
  func suggestions(typed: String, meant: String?) {
    #expect(NearestName.find(typed, among: ["horizon", "learning-rate", "levels"]) == meant)
  }

  @Test func distanceCountsSlips() {
    #expect(NearestName.distance("kitten", "sitting") == 3)
    #expect(NearestName.distance("ab", "ba") == 1)
    #expect(NearestName.distance("", "abc") == 3)
  }
}
