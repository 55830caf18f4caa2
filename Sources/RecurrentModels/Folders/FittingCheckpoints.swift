import RecurrentNN
public import RecurrentTraining

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where the fitting of a model is written down, so that it can go on after any end: a folder with a checkpoint of the network
/// in training and the weights of those that are done.
public struct FittingCheckpoints: Sendable {
  /// The folder, which must exist. What stands there is continued: it must be of the same data and configuration.
  public let folder: String
  /// How often the network in training is written.
  public let interval: Checkpoints.Interval

  /// - Parameters:
  ///   - folder: The folder, which must exist.
  ///   - interval: How often the network in training is written: every minute by default.
  public init(_ folder: String, every interval: Checkpoints.Interval = .seconds(60)) {
    self.folder = folder
    self.interval = interval
  }

  /// The checkpoints of a further fitting, in a folder of their own.
  func fitting(_ number: Int) -> FittingCheckpoints {
    let path = "\(folder)/fitting-\(number)"
    // A folder that cannot be made is told of when a checkpoint cannot be written.
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return FittingCheckpoints(path, every: interval)
  }

  /// The checkpoints of one network.
  func training(_ key: String) -> Checkpoints {
    Checkpoints("\(folder)/network-\(key).safetensors", every: interval)
  }

  private func trained(_ key: String) -> String { "\(folder)/network-\(key)-trained.safetensors" }
  private func result(_ key: String) -> String { "\(folder)/network-\(key)-trained.json" }

  /// Gives a network the weights of an earlier run that finished it.
  ///
  /// - Returns: How its training ended; nil if no run has finished it.
  func restore(_ member: inout some Module, _ key: String) throws(TrainingError) -> TrainingResult? {
    let file = trained(key)
    guard FileManager.default.fileExists(atPath: file), let data = FileManager.default.contents(atPath: result(key)),
      let outcome = try? JSONDecoder().decode(TrainingResult.self, from: data)
    else { return nil }
    do {
      try member.loadWeights(from: file)
    } catch {
      throw .cannotResume(.damaged(file: file, reason: "\(error)"))
    }
    return outcome
  }

  /// Keeps the weights of a network whose training is over.
  func keep(_ member: some Module, _ key: String, _ outcome: TrainingResult) throws(TrainingError) {
    do {
      // The weights last: they say that the network is done.
      try AtomicFile.replace(result(key), with: ModelFolder.json(outcome))
      try member.saveWeights(to: trained(key))
    } catch {
      throw .cannotCheckpoint(
        step: outcome.steps, .refused(file: trained(key), operation: "write", reason: "\(error)"))
    }
    try? FileManager.default.removeItem(atPath: training(key).path)
  }
}
