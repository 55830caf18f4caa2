import Foundation
import RecurrentTraining
import Testing

@Suite struct TrainingTextsTests {
  private func event(_ json: String) throws -> TrainingEvent {
    try JSONDecoder().decode(TrainingEvent.self, from: Data(json.utf8))
  }

  @Test func lines() throws {
    #expect(
      try event(
        #"{"event":"evaluated","epoch":3,"step":120,"trainLoss":0.21344,"validationLoss":0.25,"bestLoss":0.25,"#
          + #""isBest":true,"learningRate":0.001,"gradientNorm":1.5,"seconds":10,"remainingSeconds":41.2}"#
      ).description
        == "epoch 3  step 120  loss 0.2134  validation 0.25 (best)  rate 0.001  gradient 1.5  42 s left")
    #expect(
      try event(
        #"{"event":"step","epoch":1,"step":2,"trainLoss":3,"bestLoss":2,"isBest":false,"learningRate":0.01,"#
          + #""gradientNorm":0.5,"seconds":1}"#
      ).description == "epoch 1  step 2  loss 3  best 2  rate 0.01  gradient 0.5")
    #expect(
      try event(#"{"event":"started","parameters":321,"totalSteps":60,"totalEpochs":3,"seed":1}"#).description
        == "training 321 parameters, at most 3 epochs, at most 60 steps")
    #expect(
      try event(
        #"{"event":"finished","reason":"noImprovement","epochs":9,"steps":70,"bestLoss":0.5,"bestEpoch":4,"#
          + #""bestStep":28,"seconds":12.5}"#
      ).description == "stopped, no improvement after 70 steps, best 0.5 at step 28, 12.5 s")
  }
}
