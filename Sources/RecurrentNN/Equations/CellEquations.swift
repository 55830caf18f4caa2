package import RecurrentKernels
import RecurrentTensor

/// The equations of a cell, from which the kernels run it: forward, backward and as a stream.
///
/// They name the gates, each a row of the weights with the product of the input, of the hidden state or of both, and say what
/// one unit makes of them. Derivatives follow from the equations. Everything runs in the fused driver of the built-in
/// cells: lengths, directions, threads, gradients, recomputation, streams.
///
/// ```swift
/// // The minimal gated unit: Zhou et al. 2016.
/// static let equations = CellEquations { cell in
///   let forget = cell.gate().sigmoid()
///   let candidate = cell.gate(over: forget * cell.hidden).tanh()
///   return .init(hidden: cell.hidden + forget * (candidate - cell.hidden))
/// }
/// ```
///
/// Make equations once, in a `static let`: they are translated when they are made. At most 32 intermediate values may be needed
/// again at a time.
public struct CellEquations: Sendable {
  /// The gates and states that the equations use; each call of a method declares one, in the order of the weights.
  public struct Builder {
    var gates: [Gate] = []
    var unitWeights: [String] = []
    var memories = 0
    var operand: CellExpression?
    private(set) var leaves: [CellExpression]

    /// The hidden state of the step before.
    public let hidden: CellExpression

    init() {
      hidden = CellExpression(.hidden)
      leaves = [hidden]
    }

    private mutating func leaf(_ kind: CellExpression.Kind) -> CellExpression {
      leaves.append(CellExpression(kind))
      return leaves[leaves.count - 1]
    }

    /// A gate of the input's and the hidden state's products and both biases: `W x + b_ih + U h + b_hh`.
    ///
    /// - Parameter operand: What the recurrent weights meet in place of the hidden state, as the reset state of a GRU:
    ///   the one value, kept in a `let`, of all gates that name one, made of gates declared before. Beside such a gate a
    ///   `recurrentGate` must be over the operand too.
    /// - Returns: The gate before any activation.
    public mutating func gate(over operand: CellExpression? = nil) -> CellExpression {
      declare(Gate(meetsInput: true, meetsState: true), operand)
    }

    /// A gate of the input's product alone: `W x + b_ih`.
    public mutating func inputGate() -> CellExpression { declare(Gate(meetsInput: true, meetsState: false), nil) }

    /// A gate of the recurrent product alone: `U h + b_hh`.
    ///
    /// - Parameter operand: As of `gate`. Beside a gate over an operand every recurrent gate must be over it too.
    /// - Returns: The gate before any activation.
    public mutating func recurrentGate(over operand: CellExpression? = nil) -> CellExpression {
      declare(Gate(meetsInput: false, meetsState: true), operand)
    }

    /// One trained number a unit, `[hidden]`, as a peephole's weight.
    ///
    /// - Parameter name: Its name among the parameters, beside `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`.
    /// - Returns: The weight of the unit.
    public mutating func unitWeight(_ name: String) -> CellExpression {
      let taken = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"] + unitWeights
      require(
        !name.isEmpty && !taken.contains(name),
        LayerMessages.option(
          "CellEquations", "the name of a unit weight", expected: "a name of its own", received: "“\(name)”"))
      unitWeights.append(name)
      return leaf(.unitWeight(unitWeights.count - 1))
    }

    /// A state beside the hidden one, as LSTM's cell state: what it was after the step before.
    public mutating func memory() -> CellExpression {
      memories += 1
      return leaf(.memory(memories - 1))
    }

    private mutating func declare(_ gate: Gate, _ operand: CellExpression?) -> CellExpression {
      var gate = gate
      if let operand {
        require(
          self.operand == nil || self.operand!.node === operand.node,
          LayerMessages.option(
            "CellEquations", "the operand of a gate", expected: "one value, kept in a let, for all such gates",
            received: "another"))
        self.operand = operand
        gate.isOverOperand = true
      }
      gates.append(gate)
      return leaf(.gate(gates.count - 1))
    }
  }

  /// What a step leaves: the hidden state, which is the output too, and the memories in the order of their declaration.
  public struct Step {
    let hidden: CellExpression
    let memories: [CellExpression]

    /// The states after the step.
    public init(hidden: CellExpression, memories: [CellExpression] = []) {
      (self.hidden, self.memories) = (hidden, memories)
    }
  }

  /// A row of gates in the weights.
  struct Gate: Sendable {
    let meetsInput, meetsState: Bool
    var isOverOperand = false
  }

  let gates: [Gate]
  /// The names of the weights of one number a unit.
  let unitWeights: [String]
  let operand: CellExpression?
  let hidden: CellExpression
  let memories: [CellExpression]
  /// The cell as the kernels run it.
  package let sequenceCell: SequenceCell

  /// The equations that `body` writes down.
  public init(_ body: (inout Builder) -> Step) {
    var builder = Builder()
    let step = body(&builder)
    func check(_ what: String, _ expected: Int, _ received: Int) {
      require(
        expected == received,
        LayerMessages.count("CellEquations", what, expected: expected, received: received))
    }
    check("new memories, one for each declared", builder.memories, step.memories.count)
    require(
      !builder.gates.isEmpty,
      LayerMessages.option("CellEquations", "the gates", expected: "at least one", received: 0))
    let mixes =
      builder.operand != nil && builder.gates.contains { !$0.meetsInput && $0.meetsState && !$0.isOverOperand }
    require(
      !mixes,
      LayerMessages.option(
        "CellEquations", "a recurrent gate beside a gate over an operand", expected: "over that operand too",
        received: "a gate over the hidden state"))
    (gates, unitWeights, operand) = (builder.gates, builder.unitWeights, builder.operand)
    (hidden, memories) = (step.hidden, step.memories)
    sequenceCell = PointwiseCompiler(
      gates: gates, unitWeights: unitWeights.count, operand: operand, hidden: hidden, memories: memories,
      leaves: builder.leaves
    ).compiled()
  }

  var inputGates: Int { gates.count { $0.meetsInput } }
  var recurrentGates: Int { gates.count { $0.meetsState } }
}
