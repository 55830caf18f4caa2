import RecurrentNN
import RecurrentTestSupport
import Testing

@Suite struct RidgeMomentsTests {
  @Test func samplesAddedOneByOneGiveTheLinearMap() throws {
    var data = TestData(seed: 4)
    var moments = RidgeMoments(inputs: 3, outputs: 2, count: 0)
    for _ in 0..<50 {
      let x = (0..<3).map { _ in data.number(in: -2...2) }
      moments.add(x, [1 + 2 * x[0] - x[2], 3 * x[1]])
    }
    let map = try #require(moments.ridgeMaps(penalties: [1e-9])[0])
    for (weight, expected) in zip(map.weights, [2.0, 0, 0, 3, -1, 0]) { #expect(abs(weight - expected) < 1e-6) }
    for (intercept, expected) in zip(map.intercepts, [1.0, 0]) { #expect(abs(intercept - expected) < 1e-6) }
    #expect(moments.squaredError(of: map) < 1e-6)
  }
}
