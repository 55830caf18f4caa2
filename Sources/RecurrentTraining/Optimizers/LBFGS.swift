public import RecurrentNN
import RecurrentTensor

/// Limited-memory BFGS (Liu and Nocedal, 1989), as in PyTorch: steps along d = -H g, with H an estimate of the inverse
/// Hessian from the last changes s of the weights and y of the gradients.
///
/// It wants the same loss in every update: whole data, no dropout. There are two ways to use it. `update` is one step of
/// fixed length, as with any optimizer (PyTorch's `LBFGS` with `max_iter=1`):
///
///     d = -H g
///     w ← w + learningRate · d        (first update: min(1, 1 / Σ|g|) · learningRate)
///
/// `minimize` takes as many steps as are asked for, each as long as a line search finds good:
///
/// ```swift
/// var optimizer = LBFGS()
/// let end = optimizer.minimize(&model) { model in
///   valueAndGradients(of: model) { MeanSquaredError()($0(x), y) }
/// }
/// ```
public struct LBFGS: Optimizer {
  /// The length of a step in units of d; with a line search that of the first one tried.
  public var learningRate: Double
  /// The most pairs of changes that are remembered.
  public let historySize: Int
  /// The largest gradient at which a minimum counts as reached.
  public let gradientTolerance: Double
  /// The smallest change of weights or loss that is worth another step.
  public let changeTolerance: Double
  /// `direction`, `gradient`, and `step.0`, `change.0`, ... of each parameter; the numbers `iterations`, `stepSize`,
  /// `scale` of the first estimate, `pairs` remembered and the `oldest` of them.
  public var state: OptimizerState

  /// - Parameters:
  ///   - learningRate: The length of a step in units of d; with a line search that of the first one tried.
  ///   - historySize: The most pairs of changes that are remembered; each costs as much memory as two gradients.
  ///   - gradientTolerance: The largest gradient at which a minimum counts as reached.
  ///   - changeTolerance: The smallest change of weights or loss that is worth another step.
  public init(
    learningRate: Double = 1, historySize: Int = 10, gradientTolerance: Double = 1e-7, changeTolerance: Double = 1e-9
  ) {
    checkCount("LBFGS historySize", historySize)
    checkOption("LBFGS gradientTolerance", gradientTolerance)
    checkOption("LBFGS changeTolerance", changeTolerance)
    self.learningRate = learningRate
    self.historySize = historySize
    self.gradientTolerance = gradientTolerance
    self.changeTolerance = changeTolerance
    state = OptimizerState(
      ["direction", "gradient"] + (0..<historySize).flatMap { ["step.\($0)", "change.\($0)"] },
      numbers: ["iterations": 0, "stepSize": 0, "scale": 1, "pairs": 0, "oldest": 0],
      counts: ["iterations": 0...RunCounters.most, "pairs": 0...historySize, "oldest": 0...historySize - 1])
  }

  /// Moves the parameters one step; not at all where the gradients are within the tolerance.
  public mutating func update(_ model: inout some Module, with gradients: Gradients) {
    let gradients = regularized(gradients, of: model)
    state.begin(gradients.layout)
    guard gradients.largestMagnitude > gradientTolerance else { return }
    let slope = turn(against: gradients)
    guard slope <= -changeTolerance else { return }
    advance(&model, gradients, by: state.numbers["stepSize", default: 0])
  }

  /// The gradients as the groups of parameters want them.
  func regularized(_ gradients: Gradients, of model: some Module) -> Gradients {
    guard let groups = state.groups else { return gradients }
    var (gradients, model) = (gradients, model)
    groups.clearFrozen(&gradients)
    groups.addDecay(to: &gradients, of: &model)
    return gradients
  }

  /// Moves the parameters along the direction.
  mutating func advance(_ model: inout some Module, _ gradients: Gradients, by length: Double) {
    let length = Scalar(length)
    state.move(&model, against: gradients, learningRate: learningRate) { span in
      let direction = span.memory[Self.direction]
      for index in 0..<span.count { span.weights[index] += length * direction[index] }
    }
  }

  private static let direction = 0
  private static let gradient = 1

  /// Finds the direction and the first length to try, and remembers what has changed since the last step.
  ///
  /// - Returns: The slope of the loss along the direction.
  mutating func turn(against gradients: Gradients) -> Double {
    let count = gradients.layout.trainableCount
    let iteration = Int(state.numbers["iterations", default: 0])
    if iteration > 0 { remember(gradients, count) }
    let (pairs, oldest) = (number("pairs"), number("oldest"))
    let scale = Scalar(state.numbers["scale", default: 1])
    let memory = state.arenas.indices.map { state.arenas[$0].withUnsafeMutablePointer { $0 } }
    defer { withExtendedLifetime(state.arenas) {} }
    let direction = memory[Self.direction]
    var slope = 0.0
    gradients.arena.withUnsafePointer { gradient in
      for index in 0..<count { direction[index] = -gradient[index] }
      let slots = (0..<pairs).map { (oldest + $0) % historySize }
      var curvatures: [Double] = [], shares: [Double] = []
      for slot in slots.reversed() {
        let (step, change) = (memory[2 + 2 * slot], memory[3 + 2 * slot])
        curvatures.append(1 / dot(change, step, count))
        shares.append(dot(step, direction, count) * curvatures.last!)
        add(change, times: -shares.last!, to: direction, count)
      }
      for index in 0..<count { direction[index] *= scale }
      for slot in slots {
        let (step, change) = (memory[2 + 2 * slot], memory[3 + 2 * slot])
        let back = dot(change, direction, count) * curvatures.removeLast()
        add(step, times: shares.removeLast() - back, to: direction, count)
      }
      state.groups?.scaleByRate(direction)
      memory[Self.gradient].update(from: gradient, count: count)
      slope = dot(gradient, direction, count)
    }
    let first = min(1, 1 / gradients.sumOfMagnitudes)
    state.numbers["stepSize"] = iteration == 0 ? first * learningRate : learningRate
    state.numbers["iterations"] = Double(iteration + 1)
    return slope
  }

  private func number(_ name: String) -> Int { Int(state.numbers[name, default: 0]) }

  /// Keeps the changes of weights and gradients since the last step, if the loss curves upwards between.
  private mutating func remember(_ gradients: Gradients, _ count: Int) {
    let (pairs, oldest) = (number("pairs"), number("oldest"))
    let length = Scalar(state.numbers["stepSize", default: 0])
    let slot = (oldest + pairs) % historySize
    let memory = state.arenas.indices.map { state.arenas[$0].withUnsafeMutablePointer { $0 } }
    defer { withExtendedLifetime(state.arenas) {} }
    let (direction, before) = (memory[Self.direction], memory[Self.gradient])
    var (curvature, square) = (0.0, 0.0)
    gradients.arena.withUnsafePointer { gradient in
      for index in 0..<count { before[index] = gradient[index] - before[index] }
      for index in 0..<count { direction[index] *= length }
      curvature = dot(before, direction, count)
      square = dot(before, before, count)
    }
    guard curvature > 1e-10, curvature.isFinite else { return }
    memory[2 + 2 * slot].update(from: direction, count: count)
    memory[3 + 2 * slot].update(from: before, count: count)
    state.numbers["pairs"] = Double(min(historySize, pairs + 1))
    if pairs == historySize { state.numbers["oldest"] = Double((oldest + 1) % historySize) }
    state.numbers["scale"] = curvature / square
  }
}

extension Gradients {
  /// The largest magnitude of a gradient; NaN is skipped.
  var largestMagnitude: Double {
    arena.withUnsafePointer { scalars in
      Double((0..<arena.count).reduce(Scalar(0)) { max($0, abs(scalars[$1])) })
    }
  }

  /// The sum of the magnitudes of all gradients.
  var sumOfMagnitudes: Double {
    arena.withUnsafePointer { scalars in (0..<arena.count).reduce(0) { $0 + Double(abs(scalars[$1])) } }
  }
}

/// The sum of products in double precision, in eight lanes: the order depends on the count alone.
func dot(_ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, _ count: Int) -> Double {
  var lanes = SIMD8<Double>(repeating: 0)
  let whole = count & ~7
  for index in stride(from: 0, to: whole, by: 8) {
    let x = UnsafeRawPointer(a + index).loadUnaligned(as: SIMD8<Scalar>.self)
    let y = UnsafeRawPointer(b + index).loadUnaligned(as: SIMD8<Scalar>.self)
    lanes += SIMD8<Double>(x) * SIMD8<Double>(y)
  }
  return (whole..<count).reduce(lanes.sum()) { $0 + Double(a[$1]) * Double(b[$1]) }
}

private func add(
  _ a: UnsafePointer<Scalar>, times factor: Double, to sum: UnsafeMutablePointer<Scalar>, _ count: Int
) {
  let factor = Scalar(factor)
  for index in 0..<count { sum[index] += factor * a[index] }
}

extension Optimizer where Self == LBFGS {
  /// Limited-memory BFGS with steps of fixed length.
  public static func lbfgs(learningRate: Double = 1, historySize: Int = 10) -> LBFGS {
    LBFGS(learningRate: learningRate, historySize: historySize)
  }
}
