import Recurrent

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension BenchmarkSuite {
  /// A process from its start to its end.
  static let cold = BenchmarkSuite(
    name: "cold", summary: "a fresh process: load a classifier from its folder, predict one sequence, end",
    rows: [
      BenchmarkRow("cold/lstm-\(ColdModel.hiddenSize)") { seconds in
        try ColdStart(program: CommandLine.arguments[0], arguments: ColdModel.arguments).time(seconds: seconds)
      }
    ])
}

/// A program that is started again and again with a model folder that it reads.
package struct ColdStart {
  private let program: String
  private let arguments: (_ folder: String) -> [String]

  /// A program; what stands after its name depends on the folder.
  package init(program: String, arguments: @escaping (_ folder: String) -> [String]) {
    (self.program, self.arguments) = (program, arguments)
  }

  /// The time from its start to its end, and the most memory that it held in all runs.
  package func time(seconds: Double) throws -> BenchmarkTime {
    let folder = FileManager.default.temporaryDirectory.appending(path: "recurrent-bench-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try ColdModel.write(to: folder)
    var peakBytes = 0
    var time = try MedianTime.of(seconds: seconds) {
      peakBytes = max(peakBytes, try ChildProcess.run(program, arguments(folder)))
    }
    time.peakMegabytes = Double(peakBytes) / 1e6
    return time
  }
}

/// The classifier that a fresh process loads, and its folder: sizes as JSON, weights as safetensors.
package enum ColdModel {
  private struct Sizes: Codable {
    let input, hidden, classes: Int

    /// What no file can ask for more of.
    static let most = 4096

    var areSensible: Bool { [input, hidden, classes].allSatisfy { (1...Self.most).contains($0) } }
  }

  static let hiddenSize = 64
  private static let sizesFile = "config.json", weightsFile = "model.safetensors"
  private static let steps = 100

  /// The command line by which this program does what is timed.
  static func arguments(folder: String) -> [String] {
    ["bench", "--classify", folder, "--threads", "\(Threads.count)"]
  }

  /// Writes the folder.
  package static func write(to folder: String) throws {
    let sizes = Sizes(input: 10, hidden: hiddenSize, classes: 5)
    try ModelFolder(folder).write(
      [
        (sizesFile, ModelFolder.json(sizes)), (weightsFile, SafetensorsFile.encoded(model(sizes).namedTensors)),
      ], overwriting: false)
  }

  /// Loads the classifier of a folder and gives the class of one sequence.
  ///
  /// - Throws: `ModelFolderError` or `SafetensorsError`.
  package static func classify(folder: String) throws -> Int {
    let sizes = try ModelFolder(folder).value(Sizes.self, from: sizesFile)
    guard sizes.areSensible else {
      throw ModelFolderError.damaged(
        file: "\(folder)/\(sizesFile)", reason: "expected sizes from 1 to \(Sizes.most), received \(sizes)")
    }
    var model = model(sizes)
    try model.loadWeights(from: "\(folder)/\(weightsFile)")
    var context = ForwardContext.inference
    let sequence = ClosedFormNumbers.inputs([1, steps, sizes.input])
    return model(.features(sequence), context: &context).argmax()[0]
  }

  private static func model(_ sizes: Sizes) -> SequenceModel<LSTMCell> {
    let stack = LSTM(inputSize: sizes.input, hiddenSize: sizes.hidden, random: RandomSource(seed: 1))
    return SequenceModel(vocabularySize: nil, stack: stack, outputSize: sizes.classes, reading: .last)
  }
}
