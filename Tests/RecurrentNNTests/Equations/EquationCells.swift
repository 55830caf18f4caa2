import RecurrentNN
import RecurrentTensor

struct EquationElman: PointwiseCell {
  static let equations = CellEquations { cell in .init(hidden: cell.gate().tanh()) }
  var weights: CellWeights
}

struct EquationLSTM: PointwiseCell {
  static let equations = CellEquations { cell in
    let input = cell.gate().sigmoid(), forget = cell.gate().sigmoid()
    let candidate = cell.gate().tanh(), output = cell.gate().sigmoid()
    let memory = forget * cell.memory() + input * candidate
    return .init(hidden: output * memory.tanh(), memories: [memory])
  }
  var weights: CellWeights
}

/// The reset gate multiplies the recurrent product, as PyTorch.
struct EquationGRU: PointwiseCell {
  static let equations = CellEquations { cell in
    let reset = cell.gate().sigmoid(), update = cell.gate().sigmoid()
    let candidate = (cell.inputGate() + reset * cell.recurrentGate()).tanh()
    return .init(hidden: (1 - update) * candidate + update * cell.hidden)
  }
  var weights: CellWeights
}

/// The reset gate multiplies the state, as the paper of 2014.
struct EquationGRUBefore: PointwiseCell {
  static let equations = CellEquations { cell in
    let reset = cell.gate().sigmoid(), update = cell.gate().sigmoid()
    let candidate = cell.gate(over: reset * cell.hidden).tanh()
    return .init(hidden: candidate + update * (cell.hidden - candidate))
  }
  var weights: CellWeights
}

/// A gate that takes part in both phases, whose gradient has two parts.
struct MinimalGatedCell: PointwiseCell {
  // The minimal gated unit: Zhou et al. 2016.
  static let equations = CellEquations { cell in
    let forget = cell.gate().sigmoid()
    let candidate = cell.gate(over: forget * cell.hidden).tanh()
    return .init(hidden: cell.hidden + forget * (candidate - cell.hidden))
  }
  var weights: CellWeights
}

/// No recurrent product at all.
struct Independent: PointwiseCell {
  static let equations = CellEquations { cell in
    .init(hidden: (cell.inputGate() + cell.unitWeight("recurrent") * cell.hidden).tanh())
  }
  var weights: CellWeights
}

/// Memories that change places, one of which reaches nothing else; the same value as hidden state and as memory; a gate that is
/// not used; no input gate; a bare gate as operand.
struct Twisted: PointwiseCell {
  static let equations = CellEquations { cell in
    let (a, b, c) = (cell.memory(), cell.memory(), cell.memory())
    let reset = cell.gate(), unused = cell.inputGate()
    _ = unused
    let value = (cell.recurrentGate(over: reset) + 0.5 * a - b).tanh()
    return .init(hidden: value, memories: [b, a, value])
  }
  var weights: CellWeights
}

/// The hidden state handed through beside a memory that is the output of a gate, and no input at all.
struct Resting: PointwiseCell {
  static let equations = CellEquations { cell in
    let before = cell.memory()
    return .init(hidden: cell.hidden * 0.5 + before, memories: [cell.recurrentGate()])
  }
  var weights: CellWeights
}

/// Two memories that depend on each other, every operation, a two-phase product without input, and constants.
struct Crowded: PointwiseCell {
  static let equations = CellEquations { cell in
    let (sum, weight) = (cell.memory(), cell.memory())
    let decay = (-cell.inputGate().relu()).exp()
    let gate = cell.gate().sigmoid()
    let operand = CellExpression.maximum(gate * cell.hidden, 0.25 * sum - 1.5)
    let candidate = (cell.inputGate() - cell.recurrentGate(over: operand)).tanh()
    let newWeight = decay * weight + 0.5
    let newSum = decay * sum + candidate * CellExpression.minimum(gate, newWeight + 2)
    return .init(hidden: newSum / (newWeight * newWeight + 1) - cell.hidden * 0.1, memories: [newSum, newWeight])
  }
  var weights: CellWeights
}
