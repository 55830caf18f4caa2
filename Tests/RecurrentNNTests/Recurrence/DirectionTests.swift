import Foundation
import RecurrentNN
import Testing

@Suite struct DirectionTests {
  @Test func directionsHaveNamesInConfigurations() throws {
    let names = ["forward", "backward", "bidirectional", "bidirectional-sum", "bidirectional-mean"]
    #expect(Direction.all.map(\.rawValue) == names)
    for (direction, name) in zip(Direction.all, names) {
      #expect(Direction(rawValue: name) == direction)
      #expect(String(decoding: try JSONEncoder().encode([direction]), as: UTF8.self) == "[\"\(name)\"]")
      #expect(try JSONDecoder().decode([Direction].self, from: Data("[\"\(name)\"]".utf8)) == [direction])
    }
    #expect(Direction(rawValue: "sideways") == nil)
    #expect(Direction.bidirectional(merge: .concatenate) == .bidirectional)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([Direction].self, from: Data("[\"up\"]".utf8)) }
  }
}
