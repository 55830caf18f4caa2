import RecurrentTensor

extension CellEquations {
  /// One step in tensor operations: the numbers of the kernels, to rounding. With a mask, what the recurrent weights meet is
  /// multiplied by it.
  func step(
    _ input: Tensor, from state: PointwiseState, weights: CellWeights, recurrentMask: Tensor? = nil
  ) -> PointwiseState {
    var evaluation = EquationEvaluation(
      equations: self, weights: weights, input: input, state: state, recurrentMask: recurrentMask)
    let next = memories.map { evaluation.value(of: $0.node) }
    return PointwiseState(
      hidden: evaluation.value(of: hidden.node), memories: next, pastInputs: evaluation.pastInputs)
  }
}

/// The values of expressions in one step, each computed once.
private struct EquationEvaluation {
  let equations: CellEquations
  let weights: CellWeights
  let state: PointwiseState
  let recurrentMask: Tensor?
  private let fromInput: Tensor?
  /// The inputs that the next step sees again.
  let pastInputs: Tensor?
  private var fromState: Tensor?
  private var values: [ObjectIdentifier: Tensor] = [:]

  init(
    equations: CellEquations, weights: CellWeights, input: Tensor, state: PointwiseState, recurrentMask: Tensor?
  ) {
    (self.equations, self.weights, self.state) = (equations, weights, state)
    self.recurrentMask = equations.sequenceCell.isReadOut ? nil : recurrentMask
    let seen = state.pastInputs.map { Tensor.concatenate([$0, input], axis: 1) } ?? input
    pastInputs = state.pastInputs.map { seen[input.shape[1]..<input.shape[1] + $0.shape[1], axis: 1] }
    fromInput = equations.inputGates > 0 ? weights.inputProduct(seen) : nil
  }

  mutating func value(of node: CellExpression.Node) -> Tensor {
    if let value = values[ObjectIdentifier(node)] { return value }
    let value = compute(node)
    values[ObjectIdentifier(node)] = value
    return value
  }

  private mutating func compute(_ node: CellExpression.Node) -> Tensor {
    let operands = node.operands.map { value(of: $0) }
    switch node.kind {
    case .gate(let gate): return self.gate(gate)
    case .unitWeight(let index): return rows(of: weights.unitWeights[index].tensor)
    case .hidden: return state.hidden
    case .memory(let index): return state.memories[index]
    case .constant(let value): return Tensor(repeating: value, shape: state.hidden.shape)
    case .add: return operands[0] + operands[1]
    case .subtract: return operands[0] - operands[1]
    case .multiply: return operands[0] * operands[1]
    case .divide: return operands[0] / operands[1]
    case .negate: return -operands[0]
    case .maximum: return select(operands) { $0 >= $1 }
    case .minimum: return select(operands) { $0 < $1 }
    case .exp: return operands[0].exp()
    case .tanh: return operands[0].tanh()
    case .sigmoid: return operands[0].sigmoid()
    case .relu: return operands[0].relu()
    case .softplus: return operands[0].softplus()
    }
  }

  /// The first operand where it `isTaken` or NaN, else the second.
  private func select(_ operands: [Tensor], _ isTaken: (Scalar, Scalar) -> Bool) -> Tensor {
    let mask = zip(operands[0].scalars, operands[1].scalars).map { Scalar(isTaken($0, $1) || $0.isNaN ? 1 : 0) }
    return Tensor.select(
      where: Tensor(mask, shape: operands[0].shape), operands[0], otherwise: operands[1])
  }

  private func rows(of vector: Tensor) -> Tensor { Tensor(zeros: state.hidden.shape).adding(rowVector: vector) }

  private func recurrentProduct(_ operand: Tensor) -> Tensor {
    weights.recurrentProduct(recurrentMask.map { operand * $0 } ?? operand)
  }

  private mutating func gate(_ gate: Int) -> Tensor {
    let form = equations.gates[gate]
    let before = equations.gates[..<gate]
    let input = form.meetsInput ? weights.gate(before.count { $0.meetsInput }, of: fromInput!) : nil
    guard form.meetsState else { return input! }
    let index = before.count { $0.meetsState }
    let recurrent: Tensor
    if form.isOverOperand {
      let parts = equations.operands.map { value(of: $0.node) }
      let operand = parts.count == 1 ? parts[0] : Tensor.concatenate(parts, axis: 1)
      recurrent = weights.gate(index, of: recurrentProduct(operand))
    } else {
      fromState = fromState ?? recurrentProduct(state.hidden)
      recurrent = weights.gate(index, of: fromState!)
    }
    return input.map { $0 + recurrent } ?? recurrent
  }
}
