public import RecurrentTensor

/// An elementwise function between layers or on a cell's state.
public enum Activation: String, Hashable, Sendable, Codable, CaseIterable {
  /// tanh x.
  case tanh
  /// max(x, 0).
  case relu
  /// 1 / (1 + exp(-x)).
  case sigmoid
  /// x itself.
  case linear

  /// The function of every element.
  public func callAsFunction(_ input: Tensor) -> Tensor {
    switch self {
    case .tanh: input.tanh()
    case .relu: input.relu()
    case .sigmoid: input.sigmoid()
    case .linear: input
    }
  }
}
