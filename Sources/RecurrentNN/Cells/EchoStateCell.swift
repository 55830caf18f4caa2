public import RecurrentTensor

/// A reservoir: a large, sparse, random recurrence that is not trained. Jaeger, "The 'echo state' approach to analysing and
/// training recurrent neural networks", 2001; with leaky units, Jaeger et al. 2007.
///
///     h' = h + a ⊙ (tanh(W_ih x + b_ih + W_hh h) - h)
///
/// Only what reads the state is trained: by gradients, or at once by ridge regression, `Linear(ridgeFrom:to:)`. The weights
/// are frozen: saved and loaded, without a place in the gradients. Those of the recurrence, `weight_hh`, have a given number
/// of entries in each row, drawn uniformly and scaled so that the largest magnitude of their eigenvalues is the given
/// spectral radius; below 1 the start is forgotten in practice. The state is `h`, `[batch, hidden]`; it is also the output.
/// Defaults: spectral radius 0.9, 10 entries a row (all, if there are fewer units), no leak (a = 1), input weights and
/// biases uniform within ±0.5.
public struct EchoStateCell: PointwiseCell, NamedCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "echo-state", title: "Echo-state reservoir, not trained", source: "Jaeger 2001",
    equations: "h' = h + a ⊙ (tanh(W_ih x + b_ih + W_hh h) - h)")

  /// What a step computes.
  public static let equations = CellEquations { cell in
    let next = cell.gate().tanh()
    return .init(hidden: cell.hidden + cell.unitWeight("leak") * (next - cell.hidden))
  }

  /// The weights, and each unit's share `leak` of the new value.
  public var weights: CellWeights

  /// A cell of these weights.
  public init(weights: CellWeights) { self.weights = weights }

  /// A reservoir.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input; 0 for none.
  ///   - hiddenSize: The units.
  ///   - spectralRadius: The largest magnitude of the eigenvalues of the recurrent weights.
  ///   - connections: The entries of each row of the recurrent weights that are not zero; all, if there are fewer units.
  ///   - leak: The share of the new value in a unit, above 0, at most 1 (no leak).
  ///   - inputScale: The largest magnitude of input weights and biases.
  ///   - random: The randomness of the weights.
  public init(
    inputSize: Int, hiddenSize: Int, spectralRadius: Double, connections: Int = 10, leak: Scalar = 1,
    inputScale: Double = 0.5, random: RandomSource = .unseeded()
  ) {
    func check(_ isSound: Bool, _ what: String, expected: String, received: some Any) {
      require(isSound, LayerMessages.option("EchoStateCell", what, expected: expected, received: received))
    }
    check(
      spectralRadius >= 0 && spectralRadius.isFinite, "spectralRadius", expected: "at least 0", received: spectralRadius
    )
    check(connections > 0, "connections", expected: "at least 1", received: connections)
    check(leak > 0 && leak <= 1, "leak", expected: "above 0, at most 1", received: leak)
    check(inputScale >= 0 && inputScale.isFinite, "inputScale", expected: "at least 0", received: inputScale)
    let initializer = Initializer.uniform(limit: inputScale)
    weights = CellWeights(
      for: Self.equations, inputSize: inputSize, hiddenSize: hiddenSize,
      initialization: CellInitialization(inputWeight: initializer, recurrentWeight: initializer, bias: initializer),
      random: random)
    weights.recurrentBias = nil
    weights.unitWeights[0].tensor = Tensor(repeating: leak, shape: [hiddenSize])
    weights.recurrentWeight = Self.reservoir(
      units: hiddenSize, spectralRadius: spectralRadius, connections: min(connections, hiddenSize),
      random: random.stream("reservoir"))
  }

  /// The spectral radius of the reservoir is that of 17 squares of a matrix.
  public static func startMultiplyAdds(hiddenSize: Double) -> Double { 17 * hiddenSize * hiddenSize * hiddenSize }

  /// A reservoir with the defaults.
  public static func fresh(inputSize: Int, hiddenSize: Int, random: RandomSource) -> Self {
    Self(inputSize: inputSize, hiddenSize: hiddenSize, spectralRadius: 0.9, random: random)
  }

  /// Starts every weight as in a reservoir with the defaults.
  public static func start(_ weights: inout CellWeights, random: RandomSource) {
    let hasBias = weights.inputBias != nil
    weights = fresh(inputSize: weights.inputSize, hiddenSize: weights.hiddenSize, random: random).weights
    if !hasBias { weights.inputBias = nil }
  }

  /// So many numbers a row, scaled to a spectral radius.
  private static func reservoir(
    units: Int, spectralRadius radius: Double, connections: Int, random: RandomSource
  ) -> Tensor {
    var matrix = Tensor(zeros: [units, units])
    for row in 0..<units {
      let source = random.stream(row)
      for (place, column) in source.stream("places").permutation(units).prefix(connections).enumerated() {
        matrix[row, column] = 2 * source.uniform(at: place) - 1
      }
    }
    // Each row has an entry, so there is a cycle of units; its product is 0 or its eigenvalues cancel by no chance.
    let drawn = matrix.spectralRadius
    return drawn > 0 ? matrix * Scalar(radius / drawn) : matrix
  }

  /// Shows `weight_ih`, `weight_hh`, biases and `leak`, all frozen.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&weights.inputWeight, "weight_ih", .frozen)
    visitor.visit(&weights.recurrentWeight, "weight_hh", .frozen)
    visitor.visit(&weights.inputBias, "bias_ih", .frozen)
    visitor.visit(&weights.recurrentBias, "bias_hh", .frozen)
    visitor.visit(&weights.unitWeights[0].tensor, "leak", .frozen)
  }
}
