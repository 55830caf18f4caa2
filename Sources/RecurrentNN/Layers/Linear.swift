public import RecurrentTensor

/// An affine map of the last axis: y = W x + b.
///
/// It works on one vector a row, `[batch, in]`, as on sequences, `[batch, time, in]`. Defaults: with bias, both uniform
/// within ±1/√in as PyTorch.
public struct Linear: Layer, CustomStringConvertible {
  /// W, `[out, in]`.
  public var weight: Tensor
  /// b, `[out]`; nil without bias.
  public var bias: Tensor?

  /// A map with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input.
  ///   - outputSize: The features of the output.
  ///   - hasBias: Whether there is a bias.
  ///   - weightInitializer: How the weights start.
  ///   - biasInitializer: How the bias starts.
  ///   - random: The randomness of the start.
  public init(
    inputSize: Int, outputSize: Int, hasBias: Bool = true, weightInitializer: Initializer = .uniformAsPyTorch,
    biasInitializer: Initializer = .uniformAsPyTorch, random: RandomSource = .unseeded()
  ) {
    require(
      inputSize >= 0 && outputSize > 0,
      LayerMessages.option(
        "Linear", "inputSize and outputSize", expected: "at least 0 and 1", received: "\(inputSize) and \(outputSize)"))
    weight = weightInitializer.weights(outputs: outputSize, inputs: inputSize, random: random.stream("weight"))
    bias = hasBias ? biasInitializer.bias(count: outputSize, fan: inputSize, random: random.stream("bias")) : nil
  }

  /// The features of the input.
  public var inputSize: Int { weight.shape[1] }
  /// The features of the output.
  public var outputSize: Int { weight.shape[0] }

  /// Maps `[..., in]` to `[..., out]`.
  public func callAsFunction(_ input: Tensor, context: inout ForwardContext) -> Tensor {
    require(
      input.shape.rank >= 1 && input.shape.last == inputSize,
      LayerMessages.shape("Linear", "input", expected: "[..., \(inputSize)]", received: input.shape))
    return input.linear(weight: weight, bias: bias)
  }

  /// Shows `weight`, `bias`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&weight, "weight")
    visitor.visit(&bias, "bias")
  }

  /// As `Linear(20 -> 3), 63 parameters`.
  public var description: String { described(as: "Linear", ["\(inputSize) -> \(outputSize)"]) }
}
