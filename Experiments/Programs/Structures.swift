import Foundation
package import Recurrent

/// One structure of the comparison.
package struct Structure: Sendable {
  /// The name in options and in the table.
  package let name: String
  /// Whether an output depends on the inputs up to its own step alone; others cannot be asked for the next step.
  package let isCausal: Bool
  /// Makes an encoder for the inputs of a task.
  package let make: @Sendable (any StructureTask, Size, RandomSource) -> any SequenceEncoder

  /// Every structure: the cells that have a name, and what they are compared with.
  package static let all = (SequenceEncoderKind.cells + SequenceEncoderKind.comparisons).map { kind in
    Structure(name: kind.name, isCausal: kind.isCausal) { task, size, random in
      kind.make(
        .init(
          inputSize: task.features, hiddenSize: size.hidden, layers: size.layers, steps: task.steps, random: random))
    }
  }

  /// How large a network is.
  package struct Size: Sendable, Equatable {
    package var hidden, layers: Int
    /// All numbers of encoder and affine map, fixed ones (a reservoir) as well.
    package var numbers: Int
  }

  /// A network for a task with nearly so many numbers: the lowest stack of at most `mostUnits` units within a fiftieth of them,
  /// else the nearest of all.
  ///
  /// A cell whose gates see the inputs alone would have thousands of units where there is one input.
  package func size(for task: some StructureTask, numbers: Int) -> Size {
    func distance(_ size: Size) -> Int { abs(size.numbers - numbers) }
    var nearest: Size?
    for layers in 1...Self.mostLayers {
      let size = size(for: task, layers: layers, numbers: numbers)
      guard size.hidden <= Self.mostUnits else { continue }
      if 50 * distance(size) <= numbers { return size }
      if nearest.map({ distance(size) < distance($0) }) ?? true { nearest = size }
    }
    return nearest ?? size(for: task, layers: Self.mostLayers, numbers: numbers)
  }

  private static let mostUnits = 256
  private static let mostLayers = 12

  private func size(for task: some StructureTask, layers: Int, numbers: Int) -> Size {
    func size(_ hidden: Int) -> Size {
      var size = Size(hidden: hidden, layers: layers, numbers: 0)
      size.numbers = ParameterLayout(of: network(for: task, size, random: RandomSource(seed: 0))).scalarCount
      return size
    }
    let below = SizeSearch.largest(below: numbers) { size($0).numbers }
    return [size(max(1, below)), size(below + 1)].min { abs($0.numbers - numbers) < abs($1.numbers - numbers) }!
  }

  /// A network with fresh weights, whose outputs can see all steps of the task.
  package func network(for task: some StructureTask, _ size: Size, random: RandomSource) -> TaskNetwork {
    TaskNetwork(make(task, size, random.stream("encoder")), task, random: random.stream("head"))
  }
}

/// Every structure on the same tasks, with the same number of parameters and updates: the scores over seeds, the time of an
/// update and of a step of one row.
///
/// Adam, clipping by the global norm, half a cosine after a rise over a twentieth of the updates; the last weights count, and
/// nothing is chosen by the scores. One learning rate for all favours those whom it suits. The data are named before the table.
package enum Structures: ExperimentProgram {
  package static let name = "structures"
  package static let summary =
    "A table of all structures: characters, images and series, with equal parameters and updates."
  package static let usage = """
    [--text FILE] [--images FOLDER] [--shrink N] [--series FILE] [--split ROWS:ROWS:ROWS] [--rows FILE] [--only NAME,NAME]
        [--parameters N] [--updates N] [--batch N] [--rate HUNDRED_THOUSANDTHS] [--seed N] [--seeds N]
    """

  package static func run(_ arguments: [String], put: (String) -> Void) throws {
    let options = [
      "--text", "--images", "--shrink", "--series", "--split", "--rows", "--only", "--parameters", "--updates",
      "--batch", "--rate", "--seed", "--seeds",
    ]
    let arguments = try ExperimentArguments(arguments, files: 0, options: options)
    let (tasks, structures) = (try tasks(arguments), try structures(arguments))
    let first = try arguments.number("--seed", default: 1, in: 0...1_000_000)
    let seeds = first..<first + (try arguments.number("--seeds", default: 3, in: 1...100))
    let updates = try arguments.number("--updates", default: 1000, in: 1...10_000_000)
    let batch = try arguments.number("--batch", default: 32, in: 1...4096)
    let rate = try arguments.number("--rate", default: 300, in: 1...100_000)
    let target = try arguments.number("--parameters", default: 40_000, in: 1000...100_000_000)
    var kept = try StructureRows(path: arguments.text("--rows"))
    var found: [StructureRow] = []
    // Seed by seed, so that a run that is stopped has every structure once before it has one thrice.
    for seed in seeds {
      for task in tasks {
        for structure in structures where structure.isCausal || task.answers == 1 {
          let key = StructureRow.Key(
            structure: structure.name, task: task.name, data: task.data, seed: seed, updates: updates, batch: batch,
            rate: rate, target: target)
          if let row = kept[key] {
            found.append(row)
            continue
          }
          let row = try train(structure, on: task, key)
          try kept.add(row)
          found.append(row)
          let score = row.score.map { NumberText.significant($0) } ?? "broke down"
          let text = "seed \(seed), \(task.name), \(structure.name): \(score), \(Int(row.seconds)) s\n"
          FileHandle.standardError.write(Data(text.utf8))
        }
      }
    }
    let columns = tasks.map {
      StructureTable.Column(name: $0.name, measure: $0.measure, baselines: $0.baselines())
    }
    for task in tasks { put("- \(task.name): \(task.data)") }
    put("")
    StructureTable(columns, found).markdown.forEach(put)
  }

  private static func train(
    _ structure: Structure, on task: some StructureTask, _ key: StructureRow.Key
  ) throws -> StructureRow {
    let random = RandomSource(seed: UInt64(key.seed))
    let size = structure.size(for: task, numbers: key.target)
    var model = structure.network(for: task, size, random: random.stream("network"))
    let batches = SampleBatches(count: task.sampleCount, batchSize: key.batch) { task.batch($0) }
    let trainer = Trainer(
      optimizer: .adam(learningRate: Double(key.rate) / 1e5), clipping: .globalNorm(1),
      schedule: CosineLearningRate(warmup: key.updates / 20), length: .steps(key.updates), seed: UInt64(key.seed))
    var (times, before, score) = ([Double](), 0.0, Double?.none)
    let clock = ContinuousClock()
    let begun = clock.now
    do {
      try trainer.fit(&model, on: batches) { event in
        guard case .step(let progress) = event else { return }
        times.append(progress.seconds - before)
        before = progress.seconds
      }
      score = task.score { model($0) }
    } catch {
      guard case .notFinite = error else { throw error }
    }
    return StructureRow(
      key: key, hidden: size.hidden, layers: size.layers, parameters: size.numbers,
      score: score.flatMap { $0.isFinite ? $0 : nil },
      updateMilliseconds: times.isEmpty ? nil : times.sorted()[times.count / 2] * 1000,
      stepMicroseconds: stepSeconds(of: model.encoder, features: task.features).map { $0 * 1e6 },
      seconds: (clock.now - begun).asSeconds)
  }

  /// The median of some rounds of steps of one row; nil for an encoder without streams.
  private static func stepSeconds(of encoder: any SequenceEncoder, features: Int) -> Double? {
    guard let step = (encoder as? any StreamingEncoder)?.stepper() else { return nil }
    let input = RandomSource(seed: 2).normal([features]).scalars
    var output: [Scalar] = []
    let (clock, steps) = (ContinuousClock(), 50)
    let rounds = (0..<11).map { _ in
      clock.measure { for _ in 0..<steps { step(input, &output) } } / steps
    }
    return rounds.sorted()[5].asSeconds
  }

  private static func tasks(_ arguments: ExperimentArguments) throws -> [any StructureTask] {
    var tasks: [any StructureTask] = []
    if let path = arguments.text("--text") {
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
        throw ExperimentError("\(path): expected a text in UTF-8 that can be read")
      }
      tasks.append(try CharacterTask(text))
    }
    if let folder = arguments.text("--images") {
      let training = try LabeledImages.part("train", of: folder), test = try LabeledImages.part("t10k", of: folder)
      let shrink = try arguments.number("--shrink", default: 2, in: 1...training.height)
      tasks.append(try ImageTask(training: training, test: test, shrink: shrink))
    }
    if let path = arguments.text("--series") {
      let series = try TimeSeries(contentsOf: path)
      let rows = series.columns.first?.values.count ?? 0
      let split = arguments.text("--split").map { $0.split(separator: ":").map { Int($0) ?? -1 } }
      tasks.append(
        try SeriesTask(
          series.columns.map(\.values), split: split ?? [rows * 6 / 10, rows * 2 / 10, rows * 2 / 10]))
    }
    guard !tasks.isEmpty else { throw ExperimentError("expected one of --text, --images and --series at least") }
    return tasks
  }

  private static func structures(_ arguments: ExperimentArguments) throws -> [Structure] {
    guard let names = arguments.text("--only")?.split(separator: ",").map(String.init) else { return Structure.all }
    return try names.map { name in
      guard let structure = Structure.all.first(where: { $0.name == name }) else {
        throw ExperimentError(
          "--only: expected names out of \(Structure.all.map(\.name).joined(separator: ", ")), received “\(name)”")
      }
      return structure
    }
  }
}
