import Foundation
import RecurrentNN
import RecurrentTensor
import Testing

@Suite struct RecurrentRegularizationTests {
  private func decoded(_ text: String) throws -> RecurrentRegularization {
    try JSONDecoder().decode(RecurrentRegularization.self, from: Data(text.utf8))
  }

  @Test func itIsWrittenByNameAndReadBack() throws {
    var options = RecurrentRegularization(zoneoutInference: .plain)
    for (index, kind) in RegularizerKind.all.enumerated() {
      options[keyPath: kind.strength] = Scalar(index + 1) / 16
    }
    let data = try JSONEncoder().encode(options)
    #expect(try JSONDecoder().decode(RecurrentRegularization.self, from: data) == options)
    #expect(try decoded("{}") == .none)
    #expect(try decoded(#"{"recurrent-dropout": 0.25}"#) == RecurrentRegularization(recurrentDropout: 0.25))
    let text = String(decoding: try JSONEncoder().encode(RecurrentRegularization(weightDrop: 0.5)), as: UTF8.self)
    #expect(text == #"{"weight-drop":0.5}"#)
  }

  @Test func whatIsNotAllowedIsRefusedByName() {
    for (text, part) in [
      (#"{"recurrent-droput": 0.2}"#, "recurrent-dropout"), (#"{"input-dropout": 1}"#, "at least 0 and below 1"),
      (#"{"activity-penalty": -1}"#, "at least 0"), (#"{"input-dropout": "much"}"#, "input-dropout"),
      (#"{"zoneout-inference": "some"}"#, "zoneout-inference"), ("[]", "Dictionary"),
    ] {
      do {
        _ = try decoded(text)
        Issue.record("\(text) was read")
      } catch {
        #expect("\(error)".contains(part), "\(text): \(error)")
      }
    }
  }

  @Test func layersSayWhatIsOn() {
    var layer = LSTM(inputSize: 2, hiddenSize: 3)
    layer.regularization = .init(inputDropout: 0.25, weightDrop: 0.5)
    #expect("\(layer)" == "LSTM(2 -> 3, input-dropout 0.25, weight-drop 0.5), 84 parameters")
  }
}
