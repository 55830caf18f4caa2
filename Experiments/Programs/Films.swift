import Foundation
import Recurrent

/// The next frames of films, by convolutional LSTMs or by any cell that reads a frame as a vector.
///
/// Films are shapes that move (drawn, or images of a folder), in one dimension or two, or pieces of a recorded film. A network sees
/// some frames and then goes on with frames of its own, in training as in the test. Adam, clipping by the global norm, half a cosine
/// after a rise over a twentieth of the updates, fresh films at each; the weights with the least cross-entropy on films held back
/// are judged once on the test films, beside forecasts that learn nothing.
package enum Films: ExperimentProgram {
  package static let name = "films"
  package static let summary = "The next frames of films of moving shapes, by convolutional LSTMs or any cell."
  package static let usage = """
    [--images FOLDER] [--shrink N] [--film FILE] [--dimensions 2|1] [--side PIXELS] [--shapes N] [--seen FRAMES] [--ahead FRAMES]
        [--cell conv-lstm|NAME] [--channels N] [--kernel N] [--patch PIXELS] [--hidden N] [--layers N] [--training free|forced]
        [--updates N] [--batch N] [--rate HUNDRED_THOUSANDTHS] [--films N] [--picture FILE.svg] [--seconds LIMIT]
        [--checkpoint FILE] [--seed N]
    """

  package static func run(_ arguments: [String], put: (String) -> Void) throws {
    try run(arguments, isCancelled: { false }, put: put)
  }

  /// The same, until it is to stop; with `--checkpoint` the next run with these arguments goes on from there.
  package static func run(_ arguments: [String], isCancelled: () -> Bool, put: (String) -> Void) throws {
    let options = [
      "--images", "--shrink", "--film", "--dimensions", "--side", "--shapes", "--seen", "--ahead", "--cell",
      "--channels", "--kernel", "--patch", "--hidden", "--layers", "--training", "--updates", "--batch", "--rate",
      "--films", "--picture", "--seconds", "--checkpoint", "--seed",
    ]
    let arguments = try ExperimentArguments(arguments, files: 0, options: options)
    let seed = UInt64(try arguments.number("--seed", default: 1, in: 0...Int(Int32.max)))
    let random = RandomSource(seed: seed)
    let seen = try arguments.number("--seen", default: 10, in: 2...1000)
    let ahead = try arguments.number("--ahead", default: 10, in: 1...1000)
    let source = try source(arguments, frames: seen + ahead, random.stream("films"))
    let network = try FilmNetworkPlan(arguments, frame: source.frame, seen: seen)
    let layout = network.layout
    var model = network.make(random.stream("network"))

    let updates = try arguments.number("--updates", default: 1500, in: 1...1_000_000)
    let size = try arguments.number("--batch", default: 8, in: 1...1024)
    let batches = SampleBatches(count: updates * size, batchSize: size, shuffled: false) { numbers in
      layout.tensor(numbers.map { source.film($0, of: .training, frames: seen + ahead) })
    }
    let seconds = try arguments.number("--seconds", default: 0, in: 0...10_000_000)
    let trainer = Trainer(
      optimizer: .adam(learningRate: Double(try arguments.number("--rate", default: 300, in: 1...100_000)) / 1e5),
      clipping: .globalNorm(1), schedule: CosineLearningRate(warmup: updates / 20), length: .steps(updates),
      evaluationInterval: .steps(100), timeLimit: seconds == 0 ? nil : .seconds(seconds), seed: seed)
    let checkpoints = arguments.text("--checkpoint").map { Checkpoints($0) }
    let count = try arguments.number("--films", default: 200, in: 1...100_000)
    func films(_ part: FilmPart, _ most: Int) -> [[Scalar]] {
      (0..<min(most, source.count(of: part, frames: seen + ahead) ?? most)).map {
        source.film($0, of: part, frames: seen + ahead)
      }
    }
    let held = films(.held, 64)
    let result = try trainer.fit(
      &model, on: batches,
      validation: { score($0, on: held, seen: seen, ahead: ahead, layout).crossEntropy },
      checkpoints: checkpoints, isCancelled: isCancelled
    ) { tell($0) }
    guard result.reason != .cancelled else { return }

    let test = films(.test, count)
    let mean = meanFrame(of: films(.training, 200), size: layout.size)
    let baselines = FilmBaseline.allCases.map { baseline in
      let said = test.map { film in
        baseline.frames(after: Array(film[..<(seen * layout.size)]), frame: layout.frame, ahead: ahead, mean: mean)
      }
      return ("\(baseline)", score(said, of: test, seen: seen, layout))
    }
    let row = Result(
      cell: network.cell, frame: layout.frame, seen: seen, ahead: ahead, layers: network.layers, units: network.units,
      seed: seed, parameters: model.parameterCount, updates: result.steps, best: result.bestStep ?? 0,
      seconds: result.seconds, films: test.count, network: score(model, on: test, seen: seen, ahead: ahead, layout),
      baselines: Dictionary(uniqueKeysWithValues: baselines))
    put(try ExperimentLine.of(row))
    if let path = arguments.text("--picture") {
      try draw(said(by: model, of: Array(test.prefix(4)), seen: seen, ahead: ahead, layout), test, seen, layout, path)
    }
    // The run is over: another one with these arguments begins anew.
    if let path = checkpoints?.path { try? FileManager.default.removeItem(atPath: path) }
  }

  private struct Result: Encodable {
    let cell: String
    let frame: [Int]
    let seen, ahead, layers, units: Int
    let seed: UInt64
    let parameters, updates, best: Int
    let seconds: Double
    let films: Int
    let network: FilmScore
    let baselines: [String: FilmScore]
  }

  private static func source(
    _ arguments: ExperimentArguments, frames: Int, _ random: RandomSource
  ) throws -> any FilmSource {
    if let path = arguments.text("--film") {
      for option in ["--images", "--shrink", "--dimensions", "--side", "--shapes"]
      where arguments.text(option) != nil {
        throw ExperimentError("\(option): expected no such option beside --film, whose file says what is seen")
      }
      return try RecordedFilm(try IDXArray(contentsOf: path), frames: frames, random: random)
    }
    let isLine = try arguments.choice("--dimensions", of: ["2", "1"]) == "1"
    let side = try arguments.number("--side", default: 32, in: 4...512)
    let shapes = try arguments.number("--shapes", default: 2, in: 1...16)
    let frame = isLine ? [side] : [side, side]
    guard let folder = arguments.text("--images") else {
      guard arguments.text("--shrink") == nil else { throw ExperimentError("--shrink: expected --images beside it") }
      return MovingShapes(frame: frame, shapes: shapes, random: random)
    }
    let training = try LabeledImages.part("train", of: folder), test = try LabeledImages.part("t10k", of: folder)
    let shrink = try arguments.number("--shrink", default: 2, in: 1...training.height)
    let images = try MovingShapes.Images(
      training: PixelSequences(training, learned: 0..<1, shrink: shrink), test: test)
    guard !isLine, images.sizes.allSatisfy({ $0 <= side }) else {
      throw ExperimentError(
        "--images: expected 2 dimensions and a --side of \(images.sizes.max()!) at least, received \(frame)")
    }
    return MovingShapes(frame: frame, shapes: shapes, images: images, random: random)
  }

  private static func said(
    by model: FilmNetwork, of films: [[Scalar]], seen: Int, ahead: Int, _ layout: FrameLayout
  ) -> [[Scalar]] {
    stride(from: 0, to: films.count, by: 50).flatMap { start in
      let shown = films[start..<min(start + 50, films.count)].map { Array($0[..<(seen * layout.size)]) }
      return layout.films(model.frames(after: layout.tensor(shown), ahead: ahead))
    }
  }

  private static func score(
    _ model: FilmNetwork, on films: [[Scalar]], seen: Int, ahead: Int, _ layout: FrameLayout
  ) -> FilmScore {
    score(said(by: model, of: films, seen: seen, ahead: ahead, layout), of: films, seen: seen, layout)
  }

  private static func score(
    _ said: [[Scalar]], of films: [[Scalar]], seen: Int, _ layout: FrameLayout
  ) -> FilmScore {
    FilmScore(zip(said, films).map { ($0, Array($1[(seen * layout.size)...])) }, size: layout.size)
  }

  private static func meanFrame(of films: [[Scalar]], size: Int) -> [Scalar] {
    var sums = [Double](repeating: 0, count: size)
    for film in films { for (place, pixel) in film.enumerated() { sums[place % size] += Double(pixel) } }
    return sums.map { Scalar($0 / Double(films.count * films[0].count / size)) }
  }

  private static func draw(
    _ said: [[Scalar]], _ films: [[Scalar]], _ seen: Int, _ layout: FrameLayout, _ path: String
  ) throws {
    let drawn = zip(said, films).map { said, film in
      FilmPicture.Film(
        seen: Array(film[..<(seen * layout.size)].suffix(4 * layout.size)), truth: Array(film[(seen * layout.size)...]),
        said: said)
    }
    do {
      try Data(FilmPicture.svg(drawn, frame: layout.frame).utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw ExperimentError("\(path): the picture cannot be written: \(error.localizedDescription)")
    }
  }

  private static func tell(_ event: TrainingEvent) {
    let text: String
    switch event {
    case .started(let start):
      text = "\(start.parameters) parameters" + (start.resumed.map { ", going on after update \($0.step)" } ?? "")
    case .step(let progress):
      guard [1, 10].contains(progress.step) else { return }
      text =
        "update \(progress.step): loss \(NumberText.significant(progress.trainLoss)), \(Int(progress.seconds)) s"
    case .evaluated(let progress):
      text =
        "update \(progress.step): loss \(NumberText.significant(progress.trainLoss)), "
        + "held back \(NumberText.significant(progress.validationLoss ?? .nan)), \(Int(progress.seconds)) s"
    case .finished(let result): text = "\(result.reason)"
    }
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}

/// What the options say of a network.
private struct FilmNetworkPlan {
  let cell: String
  let layout: FrameLayout
  let layers: Int
  private let seen: Int
  private let isForced: Bool
  private let reader: FilmNetwork.Reader

  init(_ arguments: ExperimentArguments, frame: [Int], seen: Int) throws {
    self.seen = seen
    cell = arguments.text("--cell") ?? "conv-lstm"
    isForced = try arguments.choice("--training", of: ["free", "forced"]) == "forced"
    let fallback = frame.allSatisfy { $0.isMultiple(of: 2) } ? 2 : 1
    let patch = try arguments.number("--patch", default: fallback, in: 1...64)
    guard frame.allSatisfy({ $0.isMultiple(of: patch) }) else {
      throw ExperimentError("--patch: expected a divisor of \(frame), received \(patch)")
    }
    let kernel = try arguments.number("--kernel", default: 3, in: 1...31)
    guard !kernel.isMultiple(of: 2) else {
      throw ExperimentError("--kernel: expected an odd number, received \(kernel)")
    }
    let channels = try arguments.number("--channels", default: 32, in: 1...1024)
    let hidden = try arguments.number("--hidden", default: 0, in: 0...65_536)
    layers = try arguments.number("--layers", default: 1, in: 1...16)
    layout = FrameLayout(frame: frame, patch: patch)
    let convolutional = FilmNetwork.Reader.convolutional(channels: channels, kernelSize: kernel)
    guard cell != "conv-lstm" else {
      guard hidden == 0 else { throw ExperimentError("--hidden: expected a --cell beside it that has units") }
      reader = convolutional
      return
    }
    let kind = try arguments.cell(default: "lstm")
    let (layers, layout) = (layers, layout)
    func numbers(_ reader: FilmNetwork.Reader) -> Int {
      FilmNetwork(reader, layers: layers, layout: layout, seen: seen, random: RandomSource(seed: 0)).parameterCount
    }
    let most = numbers(convolutional)
    let matched =
      hidden > 0 ? hidden : SizeSearch.largest(below: most + 1) { numbers(.flat(kind, hiddenSize: $0)) }
    guard matched > 0 else {
      throw ExperimentError(
        "--cell: expected a cell of which one unit has no more than the \(most) numbers of the convolutional network, "
          + "received \(kind.name); name its units with --hidden")
    }
    reader = .flat(kind, hiddenSize: matched)
  }

  /// The channels or units of a layer.
  var units: Int {
    switch reader {
    case .convolutional(let channels, _): channels
    case .flat(_, let hiddenSize): hiddenSize
    }
  }

  func make(_ random: RandomSource) -> FilmNetwork {
    FilmNetwork(reader, layers: layers, layout: layout, seen: seen, isForced: isForced, random: random)
  }
}
