import RecurrentKernels
import RecurrentTensor

/// Expressions as numbered nodes: equal ones have one number, operands have smaller numbers.
struct EquationGraph {
  struct Node: Hashable {
    /// A value that comes from outside, or what the operation makes of the operands.
    enum Source: Hashable {
      case slot(Int), rows(PointwisePlace), constant(Scalar), operation(PointwiseOperation)
    }

    let source: Source
    var operands: [Int] = []
  }

  private(set) var nodes: [Node] = []
  private var numbers: [Node: Int] = [:]

  mutating func leaf(_ source: Node.Source) -> Int { number(Node(source: source)) }

  private mutating func number(_ node: Node) -> Int {
    if let number = numbers[node] { return number }
    nodes.append(node)
    numbers[node] = nodes.count - 1
    return nodes.count - 1
  }

  /// The node of an operation, or a simpler one that is the same.
  mutating func node(_ operation: PointwiseOperation, _ operands: [Int]) -> Int {
    let constants = operands.map { operand -> Scalar? in
      if case .constant(let value) = nodes[operand].source { value } else { nil }
    }
    switch operation {
    case .multiply where constants[0] == 1: return operands[1]
    case .multiply where constants[1] == 1: return operands[0]
    case .add where constants[0] == 0: return operands[1]
    case .add where constants[1] == 0, .subtract where constants[1] == 0: return operands[0]
    default: return number(Node(source: .operation(operation), operands: operands))
    }
  }

  /// The derivatives of what the seeds belong to with respect to every node, by node; seeds are (node, its gradient).
  ///
  /// Reverse mode: nodes from the last to the first, each handing its gradient on to its operands.
  mutating func gradients(from seeds: [(node: Int, gradient: Int)]) -> [Int: Int] {
    var gradients: [Int: Int] = [:]
    for (node, gradient) in seeds { hand(gradient, to: node, &gradients) }
    for node in (0..<nodes.count).reversed() {
      guard let gradient = gradients[node], case .operation(let operation) = nodes[node].source else { continue }
      handOn(gradient, operation, node, &gradients)
    }
    return gradients
  }

  private mutating func hand(_ gradient: Int, to node: Int, _ gradients: inout [Int: Int]) {
    if case .constant = nodes[node].source { return }
    gradients[node] = gradients[node].map { self.node(.add, [$0, gradient]) } ?? gradient
  }

  private mutating func handOn(
    _ gradient: Int, _ operation: PointwiseOperation, _ value: Int, _ gradients: inout [Int: Int]
  ) {
    let operands = nodes[value].operands
    switch operation {
    case .add:
      hand(gradient, to: operands[0], &gradients)
      hand(gradient, to: operands[1], &gradients)
    case .subtract:
      hand(gradient, to: operands[0], &gradients)
      hand(node(.negate, [gradient]), to: operands[1], &gradients)
    case .multiply:
      hand(node(.multiply, [gradient, operands[1]]), to: operands[0], &gradients)
      hand(node(.multiply, [gradient, operands[0]]), to: operands[1], &gradients)
    case .divide:
      let share = node(.divide, [gradient, operands[1]])
      hand(share, to: operands[0], &gradients)
      hand(node(.negate, [node(.multiply, [share, value])]), to: operands[1], &gradients)
    case .negate: hand(node(.negate, [gradient]), to: operands[0], &gradients)
    case .maximum:
      hand(node(.whereAtLeast, [gradient] + operands), to: operands[0], &gradients)
      hand(node(.whereBelow, [gradient] + operands), to: operands[1], &gradients)
    case .minimum:
      hand(node(.whereBelow, [gradient] + operands), to: operands[0], &gradients)
      hand(node(.whereAtLeast, [gradient] + operands), to: operands[1], &gradients)
    case .exp: hand(node(.multiply, [gradient, value]), to: operands[0], &gradients)
    case .tanh: hand(node(.multiplyTanhSlope, [gradient, value]), to: operands[0], &gradients)
    case .sigmoid: hand(node(.multiplySigmoidSlope, [gradient, value]), to: operands[0], &gradients)
    case .relu: hand(node(.multiplyReLUSlope, [gradient, value]), to: operands[0], &gradients)
    case .softplus: hand(node(.multiply, [gradient, node(.sigmoid, operands)]), to: operands[0], &gradients)
    case .copy, .multiplyAdd, .negatedMultiplyAdd, .whereAtLeast, .whereBelow, .multiplyTanhSlope,
      .multiplySigmoidSlope, .multiplyReLUSlope, .settledSum:
      preconditionFailure("only derivatives hold \(operation)")
    }
  }

  /// Everything that the nodes are made of, themselves included, without what `isKnown`.
  func needed(for roots: some Sequence<Int>, isKnown: (Int) -> Bool) -> Set<Int> {
    var needed: Set<Int> = []
    var open = Array(roots)
    while let node = open.popLast() {
      guard needed.insert(node).inserted, !isKnown(node) else { continue }
      open += nodes[node].operands
    }
    return needed
  }
}
