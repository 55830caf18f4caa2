public import RecurrentTensor

/// The simple recurrent unit of Lei et al., "Simple recurrent units for highly parallelizable recurrence", 2018.
///
///     candidate  n = W_in x + b_in
///     forgetGate f = σ(W_if x + b_if + v_f ⊙ c)
///     resetGate  r = σ(W_ir x + b_ir + v_r ⊙ c)
///     c' = f ⊙ c + (1 - f) ⊙ n
///     h' = r ⊙ c' + (1 - r) ⊙ (W_is x + b_is)
///
/// The rows lie in the order n, f, r, s; `v_f` and `v_r` are `peephole_f` and `peephole_r`, `[hidden]` each. The paper
/// passes the input itself by where its size is the hidden one; here it has weights whatever the sizes, which start, if
/// the sizes are equal, as the identity. n has a bias, and the paper's scaling of the input is left out. Products are
/// those of the input alone, as in ``MinGRUCell``; units see their own memories. Defaults: all other weights uniform
/// within ±1/√hidden.
public struct SRUCell: PointwiseCell, NamedCell, ChronoCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "sru", title: "Simple recurrent unit (SRU)", source: "Lei et al. 2018",
    equations: """
      n = W_in x + b_in
      f = σ(W_if x + b_if + v_f ⊙ c)
      r = σ(W_ir x + b_ir + v_r ⊙ c)
      c' = f ⊙ c + (1 - f) ⊙ n
      h' = r ⊙ c' + (1 - r) ⊙ (W_is x + b_is)
      """)

  /// What a step computes.
  public static let equations = CellEquations { cell in
    let before = cell.memory()
    let candidate = cell.inputGate()
    let forget = (cell.inputGate() + cell.unitWeight("peephole_f") * before).sigmoid()
    let reset = (cell.inputGate() + cell.unitWeight("peephole_r") * before).sigmoid()
    let passed = cell.inputGate()
    let memory = candidate + forget * (before - candidate)
    return .init(hidden: passed + reset * (memory - passed), memories: [memory])
  }

  /// The memory: no step reads the hidden state of the one before.
  public static let carrier = 1

  /// The gates that decide how long the cell remembers.
  public static let memoryGates = [MemoryGate(1, keepsWhenOpen: true)]

  /// The weights of the candidate, the gates and the way past them.
  public var weights: CellWeights

  /// A cell of these weights.
  public init(weights: CellWeights) { self.weights = weights }

  /// Starts what `initialization` does not.
  public static func start(_ weights: inout CellWeights, random: RandomSource) {
    let hidden = weights.hiddenSize
    guard weights.inputSize == hidden else { return }
    for unit in 0..<hidden {
      for feature in 0..<hidden { weights.inputWeight[3 * hidden + unit, feature] = unit == feature ? 1 : 0 }
      weights.inputBias?[3 * hidden + unit] = 0
    }
  }
}
