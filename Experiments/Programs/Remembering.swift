import Foundation
import Recurrent

/// Whether a cell learns to remember over hundreds of steps: the adding problem and the copy task, on fresh sequences at every
/// update.
///
///     h_t = cell(x_t, h_(t-1))
///     y_t = V h_t + c             at the last steps
///
/// In a stack of blocks h is an affine map of x, and each layer has a way around it (``RecurrentStage``). With `--memory` the last
/// layer of a plain stack starts remembering, or all of them; in a stack of blocks every one, as what is new has its way around
/// them. With a unit limit no recurrent weight of a unit's own past is larger in magnitude (Li et al. 2018). Weights whose
/// names `--slow` matches learn at a quarter of the rate, as those that decide how long units remember do in Orvieto et al. 2023.
///
/// With `--grow` the first sequences have so few steps (blanks, in the copy task), and twice as many each time that nine tenths of
/// what those who know nothing get wrong are right (Bengio et al., "Curriculum learning", 2009). The result is for all steps
/// either way.
///
/// Adam, clipping by the global norm, the learning rate falling along half a cosine. A run ends as soon as 1,000 sequences that
/// it does not train on are good enough; another 1,000 are the result.
enum Remembering: ExperimentProgram {
  static let name = "remembering"
  static let summary = "The adding problem and the copy task, over any number of steps, by any cell."
  static let usage = """
    adding|copy [--cell NAME] [--steps N] [--hidden N] [--layers N] [--stack plain|blocks] [--dilation FACTOR]
        [--batch N] [--updates N] [--rate HUNDRED_THOUSANDTHS] [--memory STEPS] [--remembering last|all]
        [--unit-limit MILLIONTHS] [--slow PATTERN] [--grow STEPS] [--enough MILLIONTHS] [--seed N]
    """

  private static let sequences = 1000

  static func run(_ arguments: [String], put: (String) -> Void) throws {
    let options = [
      "--cell", "--steps", "--hidden", "--layers", "--stack", "--dilation", "--batch", "--updates", "--rate",
      "--memory", "--remembering", "--unit-limit", "--slow", "--grow", "--enough", "--seed",
    ]
    let arguments = try ExperimentArguments(arguments, files: 1, options: options)
    let seed = UInt64(try arguments.number("--seed", default: 1, in: 0...Int(Int32.max)))
    let steps = try arguments.number("--steps", default: 750, in: 2...20_000)
    let make = try task(named: arguments.files[0])
    let task = make(steps)
    let kind = try arguments.cell(default: "lstm")
    let random = RandomSource(seed: seed)
    let hidden = try arguments.number("--hidden", default: 128, in: 1...4096)
    var plan = RecurrentKind.Plan(
      inputSize: task.features, hiddenSize: hidden, layers: try arguments.number("--layers", default: 1, in: 1...16),
      random: random.stream("encoder"))
    plan.memory = try arguments.memory(of: kind)
    plan.rememberingLayers = RememberingLayers(rawValue: try arguments.choice("--remembering", of: ["last", "all"]))!
    plan.dilation = try arguments.number("--dilation", default: 1, in: 1...64)
    let isOfBlocks = try arguments.choice("--stack", of: ["plain", "blocks"]) == "blocks"
    if isOfBlocks, arguments.text("--remembering") != nil {
      throw ExperimentError("--remembering: expected none for blocks, each of which starts remembering")
    }
    if isOfBlocks, plan.dilation > 1 {
      throw ExperimentError("--dilation: expected 1 for blocks, received \(plan.dilation): it is for plain stacks")
    }
    guard pow(Double(plan.dilation), Double(plan.layers - 1)) <= Double(task.steps) else {
      throw ExperimentError(
        "--dilation: expected at most \(task.steps) steps back in the last of \(plan.layers) layers, received \(plan.dilation)"
      )
    }
    let encoder: any SequenceEncoder = isOfBlocks ? BlockStack(kind, plan) : kind.make(plan)
    var model = TaskNetwork(encoder, task, random: random.stream("head"))
    let updates = try arguments.number("--updates", default: 10_000, in: 1...1_000_000)
    let enough = Double(try arguments.number("--enough", default: 500, in: 0...1_000_000)) / 1e6
    let rate = try arguments.number("--rate", default: 100, in: 1...10_000)
    let batchSize = try arguments.number("--batch", default: 50, in: 1...4096)
    var length = try arguments.number("--grow", default: steps, in: 2...steps)
    let batches = SampleBatches(count: updates * batchSize, batchSize: batchSize, shuffled: false) {
      make(length).batch($0, random: random.stream("training"))
    }
    var trainer = Trainer(
      optimizer: .adam(learningRate: Double(rate) / 1e5),
      clipping: .globalNorm(1), schedule: CosineLearningRate(), length: .steps(updates),
      evaluationInterval: .steps(100),
      seed: seed)
    if let pattern = arguments.text("--slow") {
      do {
        try trainer.optimizer.setGroups([ParameterGroup(pattern, learningRateFactor: 0.25)], of: model)
      } catch {
        throw ExperimentError("--slow: \(error)")
      }
    }
    let limit = try arguments.number("--unit-limit", default: 0, in: 0...10_000_000)
    if limit > 0 {
      do {
        trainer.constraints = try WeightConstraints(
          [WeightConstraint("*.recurrent*", .magnitude(Double(limit) / 1e6))], of: model)
      } catch {
        throw ExperimentError("--unit-limit: expected a cell whose units have a weight for their own past: \(error)")
      }
    }
    var isEnough = false
    let held = task.batch(Array(0..<sequences), random: random.stream("held"))
    func validation(_ model: TaskNetwork) -> Double {
      let isGrowing = length < steps
      if isGrowing, isUnderstood(by: model, make(length), random: random.stream("grow")) {
        length = min(steps, 2 * length)
      }
      let error = error(of: model, task, on: held)
      // Who has learned from short sequences alone may grow beyond all bounds over long ones.
      return isGrowing && !error.isFinite ? .greatestFiniteMagnitude : error
    }
    let result = try trainer.fit(
      &model, on: batches, validation: validation, isCancelled: { isEnough }
    ) { event in
      if case .evaluated(let progress) = event, let error = progress.validationLoss {
        isEnough = error <= enough
        let reached = length < steps ? ", learning from \(length) of \(steps) steps" : ""
        let line = "update \(progress.step): error \(NumberText.significant(error))\(reached)\n"
        FileHandle.standardError.write(Data(line.utf8))
      }
    }
    let test = task.batch(Array(0..<sequences), random: random.stream("test"))
    let row = Result(
      task: arguments.files[0], cell: kind.name, steps: steps, hidden: hidden, layers: plan.layers,
      isOfBlocks: isOfBlocks, dilation: plan.dilation, batch: batchSize, rate: rate,
      memory: plan.memory, remembering: plan.memory == nil || isOfBlocks ? nil : plan.rememberingLayers,
      unitLimit: limit == 0 ? nil : limit,
      slow: arguments.text("--slow"), grownFrom: arguments.text("--grow").flatMap { Int($0) }, seed: seed,
      parameters: model.parameterCount, updates: result.steps, error: error(of: model, task, on: test),
      blindError: task.blindError(test.targets), seconds: result.seconds)
    put(try ExperimentLine.of(row))
  }

  private static func task(named name: String) throws -> (_ steps: Int) -> any MemoryTask {
    switch name {
    case "adding": { AddingTask(steps: $0) }
    case "copy": { CopyTask(delay: $0) }
    default: throw ExperimentError("expected adding or copy, received “\(name)”")
    }
  }

  /// Whether nine tenths of what those who know nothing get wrong are right.
  private static func isUnderstood(by model: TaskNetwork, _ task: any MemoryTask, random: RandomSource) -> Bool {
    let batch = task.batch(Array(0..<sequences), random: random)
    return error(of: model, task, on: batch) <= 0.1 * task.blindError(batch.targets)
  }

  /// The error in inference, a hundred sequences at a time.
  private static func error(of model: TaskNetwork, _ task: any MemoryTask, on batch: TaskBatch) -> Double {
    let rows = batch.inputs.shape[0]
    let errors = stride(from: 0, to: rows, by: 100).map { start in
      let range = start..<min(rows, start + 100)
      let outputs = model(batch.inputs[range, axis: 0])
      return task.error(outputs, batch.targets[range, axis: 0]) * Double(range.count)
    }
    return errors.reduce(0, +) / Double(rows)
  }

  private struct Result: Encodable {
    let task, cell: String
    let steps, hidden, layers: Int
    let isOfBlocks: Bool
    let dilation, batch, rate: Int
    let memory: Int?
    let remembering: RememberingLayers?
    let unitLimit: Int?
    let slow: String?
    let grownFrom: Int?
    let seed: UInt64
    let parameters, updates: Int
    let error, blindError, seconds: Double
  }
}
