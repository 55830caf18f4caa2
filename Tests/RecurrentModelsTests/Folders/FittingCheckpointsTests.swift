import Foundation
import RecurrentModels
import RecurrentTraining
import Testing

@Suite struct FittingCheckpointsTests {
  /// Interrupted during each network, first here, then there, then continued: the bits of a fitting in one go.
  @Test(
    arguments: DecoderKind.all.map { kind in quick { $0.decoder = kind } }
      + [quick { ($0.augmentations, $0.ensembleSize) = (["warping", "jitter"], 2) }])
  func interruptedFittingGoesOn(_ configuration: ForecasterConfiguration) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fitting-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let series = try SampleSeries(rows: 150).series()
    var steps = 0
    let whole = try Forecaster(
      fittedTo: series, configuration: configuration,
      onEvent: { event in
        if case .training(_, _, _, .step) = event { steps += 1 }
      })
    for stops in [[2], [steps / 2, 3], [steps - 1, 1, 1]] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for stop in stops {
        // Once cancelled, always cancelled: the networks after the one in training begin and stop too.
        var taken = 0
        _ = try Forecaster(
          fittedTo: series, configuration: configuration, checkpoints: FittingCheckpoints(folder, every: .steps(3)),
          isCancelled: { taken >= stop },
          onEvent: { event in
            if case .training(_, _, _, .step) = event { taken += 1 }
          })
      }
      let resumed = try Forecaster(
        fittedTo: series, configuration: configuration, checkpoints: FittingCheckpoints(folder))
      #expect(resumed.weightsDigest == whole.weightsDigest, "\(configuration.decoder.name), \(stops)")
      try FileManager.default.removeItem(atPath: folder)
    }
  }

  @Test func weightsOfAnotherNetworkAreNotTaken() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fitting-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let series = try SampleSeries(rows: 150).series()
    let checkpoints = FittingCheckpoints(folder)
    _ = try Forecaster(fittedTo: series, configuration: quick(), checkpoints: checkpoints)
    #expect(throws: TrainingError.self) {
      try Forecaster(fittedTo: series, configuration: quick { $0.hiddenSize = 7 }, checkpoints: checkpoints)
    }
    #expect(throws: TrainingError.self) {
      try Forecaster(
        fittedTo: series, configuration: quick { $0.decoder = .encoderDecoder }, checkpoints: checkpoints)
    }
  }
}
