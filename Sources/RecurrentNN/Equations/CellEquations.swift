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
///
/// Equations in which no gate meets the hidden state are run in parallel: the products of the input for many steps at once, and
/// so a last product over new memories that only the output depends on, as `y` of a state-space model. Only what is between
/// them goes step by step, unit by unit.
public struct CellEquations: Sendable {
  /// The gates and states that the equations use; each call of a method declares one, in the order of the weights.
  public struct Builder {
    var gates: [Gate] = []
    var unitWeights: [String] = []
    var memories = 0
    var operands: [CellExpression] = []
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
      declare(Gate(meetsInput: true, meetsState: true), operand.map { [$0] } ?? [])
    }

    /// A gate of the input's product and of one over several values of each unit, and both biases:
    /// `W x + b_ih + U [a, b, ...] + b_hh`, with `weight_hh` `[gates * hidden, values * hidden]`.
    ///
    /// - Parameter operands: One to four values, kept in a `let`, which all gates over values share. Such a gate only reads
    ///   states out: the operands, the memories and the gates that they are made of must not depend on it, the output must
    ///   depend on nothing else than it and gates of its own, and no gate may be over the hidden state.
    /// - Returns: The gate before any activation.
    public mutating func gate(over operands: [CellExpression]) -> CellExpression {
      declare(Gate(meetsInput: true, meetsState: true), operands)
    }

    /// A gate of the input's product alone: `W x + b_ih`.
    public mutating func inputGate() -> CellExpression { declare(Gate(meetsInput: true, meetsState: false), []) }

    /// A gate of the recurrent product alone: `U h + b_hh`.
    ///
    /// - Parameter operand: As of `gate`. Beside a gate over an operand every recurrent gate must be over it too.
    /// - Returns: The gate before any activation.
    public mutating func recurrentGate(over operand: CellExpression? = nil) -> CellExpression {
      declare(Gate(meetsInput: false, meetsState: true), operand.map { [$0] } ?? [])
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

    private mutating func declare(_ gate: Gate, _ operands: [CellExpression]) -> CellExpression {
      var gate = gate
      if !operands.isEmpty {
        let isKnown =
          self.operands.isEmpty
          || (self.operands.count == operands.count && zip(self.operands, operands).allSatisfy { $0.node === $1.node })
        require(
          isKnown,
          LayerMessages.option(
            "CellEquations", "the operand of a gate", expected: "one value, kept in a let, for all such gates",
            received: "another"))
        self.operands = operands
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
  let operands: [CellExpression]
  /// The inputs that a step sees: its own and those before it.
  let inputSteps: Int
  let hidden: CellExpression
  let memories: [CellExpression]
  /// The cell as the kernels run it.
  package let sequenceCell: SequenceCell

  /// The equations that `body` writes down.
  ///
  /// - Parameters:
  ///   - inputSteps: How many inputs a step sees, as a convolution of that width: its own and those before it. The columns of
  ///     `weight_ih` lie behind each other, those of the oldest input first.
  ///   - body: Declares gates and states and gives the states after the step.
  public init(inputSteps: Int = 1, _ body: (inout Builder) -> Step) {
    require(
      inputSteps > 0,
      LayerMessages.option("CellEquations", "inputSteps", expected: "at least 1", received: inputSteps))
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
      !builder.operands.isEmpty && builder.gates.contains { !$0.meetsInput && $0.meetsState && !$0.isOverOperand }
    require(
      !mixes,
      LayerMessages.option(
        "CellEquations", "a recurrent gate beside a gate over an operand", expected: "over that operand too",
        received: "a gate over the hidden state"))
    require(
      builder.operands.count <= PointwiseProgram.operands,
      LayerMessages.option(
        "CellEquations", "the values that a gate is over", expected: "at most \(PointwiseProgram.operands)",
        received: builder.operands.count))
    (gates, unitWeights, operands) = (builder.gates, builder.unitWeights, builder.operands)
    (hidden, memories, self.inputSteps) = (step.hidden, step.memories, inputSteps)
    sequenceCell = PointwiseCompiler(
      gates: gates, unitWeights: unitWeights.count, operands: operands, hidden: hidden, memories: memories,
      leaves: builder.leaves, inputSteps: inputSteps
    ).compiled()
  }

  var inputGates: Int { gates.count { $0.meetsInput } }
  var recurrentGates: Int { gates.count { $0.meetsState } }
}
