import Foundation
import RecurrentModels
import Testing

@Suite struct DecoderKindTests {
  @Test func namesAreFound() {
    #expect(DecoderKind.all.map(\.name) == ["direct", "recursive", "encoder-decoder"])
    #expect(DecoderKind(named: "recursive") == .recursive)
    #expect(DecoderKind(named: "Direct") == nil)
    #expect(Set(DecoderKind.all).count == 3)
  }

  @Test func filesHoldTheName() throws {
    let configuration = quick { $0.decoder = .encoderDecoder }
    let bytes = try JSONEncoder().encode(configuration)
    #expect(String(decoding: bytes, as: UTF8.self).contains("\"decoder\":\"encoder-decoder\""))
    #expect(try JSONDecoder().decode(ForecasterConfiguration.self, from: bytes) == configuration)
    var keys = try #require(JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    keys["decoder"] = "transformer"
    let other = try JSONSerialization.data(withJSONObject: keys)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(ForecasterConfiguration.self, from: other) }
    // A file from before there was a choice.
    keys["decoder"] = nil
    let old = try JSONSerialization.data(withJSONObject: keys)
    #expect(try JSONDecoder().decode(ForecasterConfiguration.self, from: old).decoder == .direct)
  }

  @Test func explanationsCountTheSteps() throws {
    #expect(DecoderKind.direct.explanation(horizon: 24, segment: 6) == nil)
    let several = try #require(DecoderKind.recursive.explanation(horizon: 25, segment: 6))
    #expect(several.contains("5 segments of 6 rows"))
    let one = try #require(DecoderKind.recursive.explanation(horizon: 6, segment: 6))
    #expect(one.contains("nothing is fed back"))
    #expect(try #require(DecoderKind.encoderDecoder.explanation(horizon: 25, segment: 6)).contains("25 rows"))
  }
}
