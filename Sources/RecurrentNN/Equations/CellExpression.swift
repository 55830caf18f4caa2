public import RecurrentTensor

/// What one unit of a cell computes in one step: a symbol of ``CellEquations``, not a number.
///
/// Expressions are made of a cell's gates, states and weights by `+ - * /`, `sigmoid`, `tanh`, `relu`, `exp`, `softplus`,
/// `maximum` and `minimum`. Every unit computes the same expression with its own numbers.
public struct CellExpression: Sendable {
  let node: Node

  init(_ kind: Kind, _ operands: [CellExpression] = []) { node = Node(kind, operands.map(\.node)) }

  /// What a node computes from its operands.
  enum Kind: Sendable, Hashable {
    case gate(Int), unitWeight(Int), hidden, memory(Int), constant(Scalar)
    case add, subtract, multiply, divide, negate, maximum, minimum, exp, tanh, sigmoid, relu, softplus
  }

  /// A node of the graph; expressions that share it are computed once.
  final class Node: Sendable {
    let kind: Kind
    let operands: [Node]

    init(_ kind: Kind, _ operands: [Node]) { (self.kind, self.operands) = (kind, operands) }
  }
}

extension CellExpression: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// The same number in every unit, as every literal is.
  public static func constant(_ value: Scalar) -> CellExpression { CellExpression(.constant(value)) }
  /// A constant.
  public init(floatLiteral value: Double) { self = .constant(Scalar(value)) }
  /// A constant.
  public init(integerLiteral value: Int) { self = .constant(Scalar(value)) }

  /// The sum.
  public static func + (a: CellExpression, b: CellExpression) -> CellExpression {
    CellExpression(.add, [a, b])
  }
  /// The difference.
  public static func - (a: CellExpression, b: CellExpression) -> CellExpression {
    CellExpression(.subtract, [a, b])
  }
  /// The product.
  public static func * (a: CellExpression, b: CellExpression) -> CellExpression {
    CellExpression(.multiply, [a, b])
  }
  /// The quotient.
  public static func / (a: CellExpression, b: CellExpression) -> CellExpression {
    CellExpression(.divide, [a, b])
  }
  /// The negative.
  public static prefix func - (a: CellExpression) -> CellExpression {
    CellExpression(.negate, [a])
  }

  /// 1 / (1 + exp(-x)).
  public func sigmoid() -> CellExpression { CellExpression(.sigmoid, [self]) }
  /// The hyperbolic tangent.
  public func tanh() -> CellExpression { CellExpression(.tanh, [self]) }
  /// The larger of x and 0.
  public func relu() -> CellExpression { CellExpression(.relu, [self]) }
  /// log(1 + exp x).
  public func softplus() -> CellExpression { CellExpression(.softplus, [self]) }
  /// e raised to x.
  public func exp() -> CellExpression { CellExpression(.exp, [self]) }
  /// The larger of two numbers; where they are equal the gradient goes to `a`.
  public static func maximum(_ a: CellExpression, _ b: CellExpression) -> CellExpression {
    CellExpression(.maximum, [a, b])
  }
  /// The smaller of two numbers; where they are equal the gradient goes to `b`.
  public static func minimum(_ a: CellExpression, _ b: CellExpression) -> CellExpression {
    CellExpression(.minimum, [a, b])
  }
}
