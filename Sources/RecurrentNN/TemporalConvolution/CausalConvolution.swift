public import RecurrentTensor

/// A causal convolution over time with dilation and weight normalisation: Bai, Kolter and Koltun, "An empirical evaluation of
/// generic convolutional and recurrent networks for sequence modeling", 2018.
///
///     w_o = g_o v_o / |v_o|                                        (Salimans and Kingma 2016)
///     y[t, o] = b_o + Σ over k, c of w[o, c, k] x[t - (kernelSize - 1 - k) dilation, c]
///
/// Steps before the first are zero. `weight_v` v is `[out, in, kernelSize]`, its last tap the step itself; `weight_g` g and
/// `bias` b are `[out]`. Defaults as PyTorch: v and b uniform within ±1/√(in · kernelSize), g the length of v. Lengths need no
/// care: no output depends on later steps.
public struct CausalConvolution: Layer, CustomStringConvertible {
  /// The directions of the weights, `[out, in, kernelSize]`.
  public var direction: Tensor
  /// Their lengths, `[out]`.
  public var length: Tensor
  /// The biases, `[out]`.
  public var bias: Tensor
  /// The steps between two taps.
  public let dilation: Int

  /// A convolution with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input.
  ///   - outputSize: The features of the output.
  ///   - kernelSize: The steps that an output sees.
  ///   - dilation: The steps between two of them, at least 1.
  ///   - random: The randomness of the start.
  public init(
    inputSize: Int, outputSize: Int, kernelSize: Int, dilation: Int = 1, random: RandomSource = .unseeded()
  ) {
    require(
      inputSize > 0 && outputSize > 0 && kernelSize > 0 && dilation > 0,
      LayerMessages.option(
        "CausalConvolution", "inputSize, outputSize, kernelSize and dilation", expected: "at least 1",
        received: "\(inputSize), \(outputSize), \(kernelSize) and \(dilation)"))
    let (initializer, fan) = (Initializer.uniformAsPyTorch, inputSize * kernelSize)
    let weights = initializer.weights(outputs: outputSize, inputs: fan, random: random.stream("weight"))
    direction = weights.reshaped(to: [outputSize, inputSize, kernelSize])
    length = weights.squared().sum(axis: 1).squareRoot()
    bias = initializer.bias(count: outputSize, fan: fan, random: random.stream("bias"))
    self.dilation = dilation
  }

  /// The features of the input.
  public var inputSize: Int { direction.shape[1] }
  /// The features of the output.
  public var outputSize: Int { direction.shape[0] }
  /// The steps that an output sees.
  public var kernelSize: Int { direction.shape[2] }

  /// The weights, `[out, in, kernelSize]`.
  var weight: Tensor {
    let rows = direction.reshaped(to: [outputSize, inputSize * kernelSize])
    let factors = length / rows.squared().sum(axis: 1).squareRoot()
    return rows.multiplying(perRow: factors).reshaped(to: direction.shape)
  }

  /// Maps `[batch, time, in]` to `[batch, time, out]`.
  public func callAsFunction(_ input: Tensor, context: inout ForwardContext) -> Tensor {
    require(
      input.shape.rank == 3 && input.shape[2] == inputSize,
      LayerMessages.shape(
        "CausalConvolution", "input", expected: "[batch, time, \(inputSize)]", received: input.shape))
    return input.causallyConvolved(with: weight, bias: bias, dilation: dilation)
  }

  /// Shows `weight_v`, `weight_g`, `bias`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&direction, "weight_v")
    visitor.visit(&length, "weight_g")
    visitor.visit(&bias, "bias")
  }

  /// As `CausalConvolution(3 -> 5, kernel 3, dilation 2), 55 parameters`.
  public var description: String {
    described(
      as: "CausalConvolution", ["\(inputSize) -> \(outputSize)", "kernel \(kernelSize)", "dilation \(dilation)"])
  }
}
