public import RecurrentTensor

/// A residual block of two causal convolutions of the same dilation: Bai et al. 2018.
///
///     F(x) = drop(max(0, conv_2(drop(max(0, conv_1(x))))))
///     y = max(0, F(x) + x)
///
/// Where x has other features than F(x), W x + b takes its place (`downsample`). Dropout falls on whole channels, at all steps
/// alike. Parameters are below `conv1`, `conv2` (``CausalConvolution``) and `downsample` (``Linear``).
public struct TemporalBlock: Layer, CustomStringConvertible {
  /// The convolutions.
  public var first, second: CausalConvolution
  /// The way around them, where sizes differ.
  public var downsample: Linear?
  /// The probability with which a channel is zeroed in training.
  public let dropout: Scalar

  /// A block with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input.
  ///   - outputSize: The features of both convolutions.
  ///   - kernelSize: The taps of each convolution.
  ///   - dilation: The steps between two taps.
  ///   - dropout: The probability with which a channel is zeroed in training, at least 0, below 1.
  ///   - random: The randomness of the start.
  public init(
    inputSize: Int, outputSize: Int, kernelSize: Int, dilation: Int, dropout: Scalar = 0,
    random: RandomSource = .unseeded()
  ) {
    require(
      dropout >= 0 && dropout < 1,
      LayerMessages.option("TemporalBlock", "dropout", expected: "at least 0 and below 1", received: dropout))
    first = CausalConvolution(
      inputSize: inputSize, outputSize: outputSize, kernelSize: kernelSize, dilation: dilation,
      random: random.stream("conv1"))
    second = CausalConvolution(
      inputSize: outputSize, outputSize: outputSize, kernelSize: kernelSize, dilation: dilation,
      random: random.stream("conv2"))
    downsample =
      inputSize == outputSize
      ? nil : Linear(inputSize: inputSize, outputSize: outputSize, random: random.stream("downsample"))
    self.dropout = dropout
  }

  /// Maps `[batch, time, in]` to `[batch, time, out]`.
  public func callAsFunction(_ input: Tensor, context: inout ForwardContext) -> Tensor {
    let inner = first(input, context: &context).relu().dropping(dropout, &context).dropped
    let added = second(inner, context: &context).relu().dropping(dropout, &context).dropped
    return (added + (downsample?(input, context: &context) ?? input)).relu()
  }

  /// Shows the parameters below `conv1`, `conv2` and `downsample`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&first, "conv1")
    visitor.visit(&second, "conv2")
    visitor.visit(&downsample, "downsample")
  }

  /// As `TemporalBlock(3 -> 5, kernel 3, dilation 2), 165 parameters`.
  public var description: String {
    described(
      as: "TemporalBlock",
      ["\(first.inputSize) -> \(first.outputSize)", "kernel \(first.kernelSize)", "dilation \(first.dilation)"])
  }
}
