import Foundation
import Recurrent

/// How well a cell classifies images that it reads pixel by pixel, row by row or in one order drawn for all of them.
///
///     y = softmax(V h_T + c)          h_T the last output, or the mean of all
///
/// Adam, clipping by the global norm, half a cosine after a rise over a twentieth of the updates. The last 5,000 training images
/// (of fewer than 50,000 a tenth) are held back; the weights of the epoch with the least error on them are judged once on the test
/// images, beside a ridge map from all pixels at once.
package enum Pixels: ExperimentProgram {
  package static let name = "pixels"
  package static let summary = "The classes of images read pixel by pixel, by any cell."
  package static let usage = """
    FOLDER [--cell NAME] [--hidden N] [--layers N] [--stack plain|blocks] [--stride N] [--pooling last|mean] [--memory STEPS]
        [--dropout PERCENT] [--shrink N] [--permuted SEED] [--shift PIXELS] [--epochs N] [--batch N]
        [--rate HUNDRED_THOUSANDTHS] [--average HUNDRED_THOUSANDTHS] [--seconds LIMIT] [--checkpoint FILE] [--seed N]
    """

  package static func run(_ arguments: [String], put: (String) -> Void) throws {
    try run(arguments, isCancelled: { false }, put: put)
  }

  /// The same, until it is to stop; with `--checkpoint` the next run with these arguments goes on from there.
  package static func run(_ arguments: [String], isCancelled: () -> Bool, put: (String) -> Void) throws {
    let options = [
      "--cell", "--hidden", "--layers", "--stack", "--stride", "--pooling", "--memory", "--dropout", "--shrink",
      "--permuted", "--shift", "--epochs", "--batch", "--rate", "--average", "--seconds", "--checkpoint", "--seed",
    ]
    let arguments = try ExperimentArguments(arguments, files: 1, options: options)
    let seed = UInt64(try arguments.number("--seed", default: 1, in: 0...Int(Int32.max)))
    let images = try LabeledImages.part("train", of: arguments.files[0])
    let learned = learned(of: images), held = learned.upperBound..<images.count
    let sequences = try sequences(of: images, learned, arguments)
    // Read now, so that what is wrong with it is not found after hours.
    let test = try PixelSequences(try LabeledImages.part("t10k", of: arguments.files[0]), as: sequences)
    let plan = try plan(arguments, steps: sequences.steps)
    var model = PixelNetwork(plan, classes: sequences.classes, random: RandomSource(seed: seed).stream("network"))

    let size = try arguments.number("--batch", default: 64, in: 1...4096)
    let batches = PixelBatches(
      sequences, learned, size: size, shift: try arguments.number("--shift", default: 0, in: 0...8))
    let epochs = try arguments.number("--epochs", default: 10, in: 1...10_000)
    let updates = epochs * (batches.batchesPerEpoch ?? 0)
    let average = try arguments.number("--average", default: 0, in: 0...99_999)
    let seconds = try arguments.number("--seconds", default: 0, in: 0...10_000_000)
    let trainer = Trainer(
      optimizer: .adam(learningRate: Double(try arguments.number("--rate", default: 200, in: 1...100_000)) / 1e5),
      clipping: .globalNorm(1), schedule: CosineLearningRate(warmup: updates / 20), length: .epochs(epochs),
      timeLimit: seconds == 0 ? nil : .seconds(seconds), averaging: average == 0 ? nil : Double(average) / 1e5,
      seed: seed)
    let checkpoints = arguments.text("--checkpoint").map { Checkpoints($0) }
    let validation = PixelBatches(sequences, held, size: 100, isShuffled: false)
    let result = try trainer.fit(
      &model, on: batches, validation: { $0.error(on: validation) }, checkpoints: checkpoints, isCancelled: isCancelled
    ) { tell($0) }
    guard result.reason != .cancelled else { return }

    let testError = model.error(on: PixelBatches(test, 0..<test.count, size: 100, isShuffled: false))
    let row = Result(
      cell: plan.kind.name, hidden: plan.hiddenSize, layers: plan.layers, stride: plan.stride, steps: sequences.steps,
      isPermuted: arguments.text("--permuted") != nil, seed: seed, parameters: model.parameterCount,
      accuracy: 1 - testError, ridgeAccuracy: sequences.ridgeAccuracy(learned: learned, on: test),
      validationAccuracy: 1 - (result.bestLoss ?? .nan), trainLoss: result.trainLoss ?? .nan,
      epoch: result.bestEpoch ?? 0, epochs: result.epochs, updates: result.steps, seconds: result.seconds)
    put(try ExperimentLine.of(row))
    // The run is over: another one with these arguments begins anew.
    if let path = checkpoints?.path { try? FileManager.default.removeItem(atPath: path) }
  }

  private struct Result: Encodable {
    let cell: String
    let hidden, layers, stride, steps: Int
    let isPermuted: Bool
    let seed: UInt64
    let parameters: Int
    let accuracy: Double
    let ridgeAccuracy: Double?
    let validationAccuracy, trainLoss: Double
    let epoch, epochs, updates: Int
    let seconds: Double
  }

  /// The images to learn from; those behind them are held back.
  private static func learned(of images: LabeledImages) -> Range<Int> {
    0..<images.count - min(5000, max(1, images.count / 10))
  }

  private static func sequences(
    of images: LabeledImages, _ learned: Range<Int>, _ arguments: ExperimentArguments
  ) throws -> PixelSequences {
    let shrink = try arguments.number("--shrink", default: 1, in: 1...images.height)
    let permutation = try arguments.text("--permuted").map { _ in
      RandomSource(seed: UInt64(try arguments.number("--permuted", default: 0, in: 0...Int(Int32.max))))
    }
    return try PixelSequences(images, learned: learned, shrink: shrink, permutation: permutation)
  }

  private static func plan(_ arguments: ExperimentArguments, steps: Int) throws -> PixelNetwork.Plan {
    let kind = try arguments.cell(default: "gru")
    var plan = PixelNetwork.Plan(kind, hiddenSize: try arguments.number("--hidden", default: 64, in: 1...4096))
    plan.layers = try arguments.number("--layers", default: 1, in: 1...16)
    plan.dropout = Scalar(try arguments.number("--dropout", default: 0, in: 0...90)) / 100
    plan.isOfBlocks = try arguments.choice("--stack", of: ["plain", "blocks"]) == "blocks"
    plan.pooling = try arguments.choice("--pooling", of: ["last", "mean"]) == "mean" ? .mean : .last
    plan.stride = try arguments.number("--stride", default: 1, in: 1...64)
    guard steps.isMultiple(of: plan.stride) else {
      throw ExperimentError("--stride: expected a divisor of the \(steps) steps, received \(plan.stride)")
    }
    plan.memory = try arguments.memory(of: kind)
    return plan
  }

  private static func tell(_ event: TrainingEvent) {
    let text: String
    switch event {
    case .started(let start):
      text =
        "\(start.parameters) parameters, \(start.totalSteps ?? 0) updates"
        + (start.resumed.map { ", going on after \($0.step)" } ?? "")
    case .step(let progress):
      guard progress.step.isMultiple(of: 100) || [1, 10].contains(progress.step) else { return }
      text =
        "update \(progress.step): loss \(NumberText.significant(progress.trainLoss)), \(Int(progress.seconds)) s"
    case .evaluated(let progress):
      text =
        "epoch \(progress.epoch), update \(progress.step): loss \(NumberText.significant(progress.trainLoss)), "
        + "held back \(NumberText.percent(1 - (progress.validationLoss ?? .nan), decimals: 2)), "
        + "\(Int(progress.seconds)) s"
    case .finished(let result): text = "\(result.reason)"
    }
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
