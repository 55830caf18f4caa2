public import RecurrentTensor

/// A network of dilated causal convolutions (TCN): Bai, Kolter and Koltun, "An empirical evaluation of generic convolutional
/// and recurrent networks for sequence modeling", 2018.
///
/// Blocks (``TemporalBlock``) upon each other, whose dilation doubles: 1, 2, 4, ... An output sees
///
///     1 + 2 (kernelSize - 1) (2^blocks - 1)
///
/// steps, the last ones, and nothing before them. Weights are normalised as in the paper (``CausalConvolution``). Parameters
/// are below `network.0.conv1`, ... Shapes: `[batch, time, inputSize]` to `[batch, time, hiddenSize]`.
///
/// ```swift
/// let network = TemporalConvolutionNetwork(inputSize: 2, hiddenSize: 16, blocks: 5, random: RandomSource(seed: 1))
/// let reach = network.receptiveField  // 125
/// let stream = network.stream()
/// var output: [Scalar] = []
/// for sample in samples { stream.step(sample, into: &output) }
/// ```
public struct TemporalConvolutionNetwork: SequenceEncoder, CustomStringConvertible {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "tcn", title: "Dilated causal convolutions (TCN)", source: "Bai et al. 2018",
    equations: """
      conv(x)_t = b + Σ over k of W_k x_(t - k d),    d = 2^block, rows of W of length g
      F(x) = max(0, conv_2(max(0, conv_1(x))))
      y = max(0, F(x) + x) of the last block,    W x + b for x where sizes differ
      """)

  /// The blocks, the lowest first.
  public private(set) var blocks: [TemporalBlock]

  /// A network with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input.
  ///   - hiddenSize: The features of every block and of the output.
  ///   - blocks: The height of the stack, 1 to 24.
  ///   - kernelSize: The taps of each convolution, at least 2.
  ///   - dropout: The probability with which a channel is zeroed in training.
  ///   - random: The randomness of the start.
  public init(
    inputSize: Int, hiddenSize: Int, blocks: Int, kernelSize: Int = 3, dropout: Scalar = 0,
    random: RandomSource = .unseeded()
  ) {
    require(
      blocks > 0 && blocks <= Self.mostBlocks && kernelSize >= 2,
      LayerMessages.option(
        "TemporalConvolutionNetwork", "blocks and kernelSize", expected: "in 1...\(Self.mostBlocks) and at least 2",
        received: "\(blocks) and \(kernelSize)"))
    self.blocks = (0..<blocks).map { block in
      TemporalBlock(
        inputSize: block == 0 ? inputSize : hiddenSize, outputSize: hiddenSize, kernelSize: kernelSize,
        dilation: 1 << block, dropout: dropout, random: random.stream("network").stream(block))
    }
  }

  /// As many blocks as the plan has layers, and more if its steps would not be seen.
  init(_ plan: SequenceEncoderKind.Plan) {
    let kernelSize = 3
    let least = (1...Self.mostBlocks).first {
      Self.receptiveField(blocks: $0, kernelSize: kernelSize) >= plan.steps ?? 0
    }
    self.init(
      inputSize: plan.inputSize, hiddenSize: plan.hiddenSize, blocks: max(plan.layers, least ?? Self.mostBlocks),
      kernelSize: kernelSize, dropout: plan.dropout, random: plan.random)
  }

  /// Dilations beyond this reach further than any sequence.
  private static let mostBlocks = 24

  private static func receptiveField(blocks: Int, kernelSize: Int) -> Int {
    1 + 2 * (kernelSize - 1) * ((1 << blocks) - 1)
  }

  /// The steps that an output sees, its own among them.
  public var receptiveField: Int {
    Self.receptiveField(blocks: blocks.count, kernelSize: blocks[0].first.kernelSize)
  }

  /// The features of the input.
  public var inputSize: Int { blocks[0].first.inputSize }
  /// The features of an output.
  public var outputSize: Int { blocks[0].first.outputSize }

  /// Reads whole sequences; see `SequenceEncoder`.
  public func encode(_ inputs: Tensor, lengths: [Int]?, context: inout ForwardContext) -> EncodedSequence {
    let valid = StepLengths("TemporalConvolutionNetwork", lengths, inputs: inputs, inputSize: inputSize)
    var outputs = valid.masked(inputs)
    for block in blocks { outputs = block(outputs, context: &context) }
    return EncodedSequence(masking: outputs, valid)
  }

  /// Those of all matrices: what a step reads does not grow with the sequence.
  public func multiplyAdds(steps: Int) -> Int { matrixScalars }

  /// Shows the parameters of every block, below `network`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) { visitor.visit(&blocks, "network") }

  /// As `TemporalConvolutionNetwork(3 -> 5, blocks 2, kernel 3, sees 13 steps), 345 parameters`.
  public var description: String {
    described(
      as: "TemporalConvolutionNetwork",
      [
        "\(inputSize) -> \(outputSize)", "blocks \(blocks.count)", "kernel \(blocks[0].first.kernelSize)",
        "sees \(receptiveField) steps",
      ])
  }
}
