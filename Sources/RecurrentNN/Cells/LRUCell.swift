import Foundation
public import RecurrentTensor

/// The linear recurrent unit of Orvieto et al., "Resurrecting recurrent neural networks for long sequences", 2023.
///
///     λ = exp(-exp(ν) + i exp(θ))
///     s' = λ ⊙ s + exp(γ) ⊙ B x
///     h' = Re(C s') + D x
///
/// The state s is complex, one number a unit: the memories are its real and its imaginary part, `[batch, hidden]` each; the
/// output is h, `[batch, hidden]`. `nu_log`, `theta_log` and `gamma_log`, `[hidden]` each, are ν, θ and γ. The rows of
/// `weight_ih` are those of Re B, Im B and D; `weight_hh`, `[hidden, 2 * hidden]`, is C: Re C, then -Im C. Fresh cells have no
/// bias. Nothing in it is bent: layers of it want something that is between them. The products of B, C and D take many steps
/// at once.
///
/// Defaults: magnitudes of λ uniform in the area of a ring, phases uniform, γ = log √(1 - |λ|²), so that a unit starts with
/// the variance of its input; B and D normal with variance 1 / (2 input) and 1 / input, C with 1 / hidden. Long memories last
/// if ν, θ and γ learn more slowly than other weights, as in the paper: `ParameterGroup("*_log*", learningRateFactor: 0.25)`.
public struct LRUCell: PointwiseCell, NamedCell, RememberingCell {
  /// Where the eigenvalues of a fresh cell lie.
  public struct Ring: Hashable, Sendable, Codable {
    /// The least and the largest magnitude, within 0...1. Near 1 a unit remembers long: 0.999 for some 1000 steps.
    public var radii: ClosedRange<Double>
    /// The largest phase in radians, above 0. Small ones remember slow changes.
    public var largestPhase: Double

    /// A ring; the default has the radii with which the paper learned long sequences and all phases.
    public init(radii: ClosedRange<Double> = 0.9...0.999, largestPhase: Double = 2 * .pi) {
      require(
        radii.lowerBound >= 0 && radii.upperBound <= 1,
        LayerMessages.option("LRUCell", "radii", expected: "within 0...1", received: radii))
      require(
        largestPhase > 0 && largestPhase.isFinite,
        LayerMessages.option("LRUCell", "largestPhase", expected: "above 0", received: largestPhase))
      (self.radii, self.largestPhase) = (radii, largestPhase)
    }
  }

  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "lru", title: "Linear recurrent unit (LRU)", source: "Orvieto et al. 2023",
    equations: """
      λ = exp(-exp(ν) + i exp(θ))
      s' = λ ⊙ s + exp(γ) ⊙ B x
      h' = Re(C s') + D x
      """)

  /// What a step computes.
  public static let equations = CellEquations { cell in
    let (real, imaginary) = (cell.memory(), cell.memory())
    let (a, b) = (cell.unitWeight("nu_log"), cell.unitWeight("theta_log"))
    let scale = cell.unitWeight("gamma_log")
    let newReal = a * real - b * imaginary + scale * cell.inputGate()
    let newImaginary = a * imaginary + b * real + scale * cell.inputGate()
    return .init(hidden: cell.gate(over: [newReal, newImaginary]), memories: [newReal, newImaginary])
  }

  /// The real part of the state: no step reads the output of the one before.
  public static let carrier = 1

  /// B, C, D and the eigenvalues.
  public var weights: CellWeights

  /// A cell of these weights.
  public init(weights: CellWeights) { self.weights = weights }

  /// A cell with fresh weights and eigenvalues in this ring.
  public init(inputSize: Int, hiddenSize: Int, ring: Ring, random: RandomSource = .unseeded()) {
    self.init(inputSize: inputSize, hiddenSize: hiddenSize, hasBias: false, random: random)
    Self.place(0..<hiddenSize, in: ring, &weights, random: random)
  }

  /// A cell with fresh weights in the default ring.
  public static func fresh(inputSize: Int, hiddenSize: Int, random: RandomSource) -> LRUCell {
    LRUCell(inputSize: inputSize, hiddenSize: hiddenSize, ring: Ring(), random: random)
  }

  /// λ and exp(γ) in place of their logarithms.
  public var equationWeights: CellWeights {
    let units = weights.unitWeights.map(\.tensor)
    let (magnitude, phase) = ((-units[0].exp()).exp(), units[1].exp())
    var seen = weights
    seen.unitWeights[0].tensor = magnitude * phase.cosine()
    seen.unitWeights[1].tensor = magnitude * phase.sine()
    seen.unitWeights[2].tensor = units[2].exp()
    return seen
  }

  /// Starts what `initialization` does not.
  public static func start(_ weights: inout CellWeights, random: RandomSource) {
    let (inputs, hidden) = (weights.inputSize, weights.hiddenSize)
    func normal(_ shape: Shape, _ name: String, variance: Double) -> Tensor {
      random.stream(name).normal(shape, standardDeviation: Scalar(variance.squareRoot()))
    }
    weights.inputWeight = Tensor.concatenate(
      [
        normal([2 * hidden, inputs], "B", variance: 0.5 / Double(max(1, inputs))),
        normal([hidden, inputs], "D", variance: 1 / Double(max(1, inputs))),
      ], axis: 0)
    weights.recurrentWeight = normal([hidden, 2 * hidden], "C", variance: 1 / Double(hidden))
    (weights.inputBias, weights.recurrentBias) = (nil, nil)
    place(0..<hidden, in: Ring(), &weights, random: random)
  }

  /// Starts magnitudes uniform in the area of the ring from 2^(-1/steps) to 1, so that at least half is left of what a unit held
  /// after all steps. Three quarters of the units start with phases so small that by then none has turned further than half
  /// around: they add up. The others have all phases up to π, by which the order of neighbouring steps is told.
  public mutating func startRemembering(upTo steps: Int, random: RandomSource) {
    Self.requireMemory(of: steps)
    let (radii, random) = (exp2(-1 / Double(steps))...1, random.stream("memory"))
    let slow = weights.hiddenSize - weights.hiddenSize / 4
    Self.place(0..<slow, in: Ring(radii: radii, largestPhase: .pi / Double(steps)), &weights, random: random)
    Self.place(slow..<weights.hiddenSize, in: Ring(radii: radii, largestPhase: .pi), &weights, random: random)
  }

  private static func place(_ units: Range<Int>, in ring: Ring, _ weights: inout CellWeights, random: RandomSource) {
    let inner = ring.radii.lowerBound * ring.radii.lowerBound, outer = ring.radii.upperBound * ring.radii.upperBound
    for unit in units {
      let share = Double(random.stream("magnitude").uniform(at: unit))
      // Neither a logarithm of 0 nor a unit that takes in nothing.
      let square = min(max(inner + share * (outer - inner), 1e-12), 1 - 1e-7)
      let phase = max(Double(random.stream("phase").uniform(at: unit)), 1e-7) * ring.largestPhase
      let values = [log(-0.5 * log(square)), log(phase), 0.5 * log(1 - square)]
      for (index, value) in values.enumerated() { weights.unitWeights[index].tensor[unit] = Scalar(value) }
    }
  }
}
