import RecurrentModels
import Testing

@Suite struct GapFillingTests {
  @Test func fillingForwardRepeatsTheLastKnownValue() {
    let values: [Double] = [.nan, 1, .nan, .nan, 4, .nan]
    #expect(fillingForward(values[...], startingWith: 9) == [9, 1, 1, 1, 4, 4])
    #expect(fillingForward(values[2...], startingWith: 0) == [0, 0, 4, 4])
  }

  @Test func bridgingDrawsStraightLinesBetweenKnownRows() {
    let bridged = bridgingGaps(of: [.nan, 1, .nan, .nan, 7, .nan])
    #expect(bridged[1...4] == [1, 3, 5, 7])
    #expect(bridged[0].isNaN && bridged[5].isNaN)
    let part = bridgingGaps(of: [1, .nan, 3, .nan, 5], in: 0..<3)
    #expect(part[1] == 2 && part[3].isNaN)
  }
}
