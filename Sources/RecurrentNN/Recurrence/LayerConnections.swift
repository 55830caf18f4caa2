import RecurrentTensor

/// What a layer of a stack gets or gives beside the outputs of the layer below it.
///
/// Written for the outputs y of a layer on its input x; the lowest layer, whose input has another width, has no such way
/// around it.
public enum LayerConnections: String, Hashable, Sendable, Codable, CaseIterable {
  /// Nothing: `x_(l+1) = y_l`.
  case none
  /// The layer learns what to add to its input, He et al. 2016: `x_(l+1) = y_l + x_l`.
  case residual
  /// A trained gate chooses between the layer and its input, Srivastava et al. 2015:
  /// `x_(l+1) = g ⊙ y_l + (1 - g) ⊙ x_l` with `g = σ(W_g x_l + b_g)`. The weights start as 0, the biases as -1, so that
  /// most of the input passes at first.
  case highway
  /// Every layer sees the input and the outputs of all layers below it side by side, Huang et al. 2017:
  /// `x_(l+1) = [x_l, y_l]`. The output is the top layer's alone.
  case dense

  /// Whether the outputs of upper layers are joined with their inputs, which must be as wide.
  var joinsOutputs: Bool { self == .residual || self == .highway }
}

/// The trained gate of one highway connection.
struct HighwayGate: Module {
  private var weight: Tensor
  private var bias: Tensor

  init(size: Int) {
    weight = Tensor(zeros: [size, size])
    bias = Tensor(repeating: -1, shape: [size])
  }

  /// `g ⊙ outputs + (1 - g) ⊙ inputs`.
  func joined(_ outputs: Tensor, _ inputs: Tensor) -> Tensor {
    inputs + inputs.linear(weight: weight, bias: bias).sigmoid() * (outputs - inputs)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&weight, "highway_weight")
    visitor.visit(&bias, "highway_bias")
  }
}
