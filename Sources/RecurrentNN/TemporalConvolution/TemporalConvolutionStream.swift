import RecurrentKernels
public import RecurrentTensor

/// A network of causal convolutions stepping over one live sequence, of which it keeps what its convolutions still see.
///
/// Every step gives what the network gives for the whole sequence at that step, bit for bit, and costs the same however long
/// the sequence is. The stream keeps the weights that the network had when it was made. It is not for several threads at
/// once: one stream for each live sequence.
public final class TemporalConvolutionStream {
  /// The scalars of a step's input and output.
  public let inputSize, outputSize: Int
  private var blocks: [BlockStream]

  init(_ network: TemporalConvolutionNetwork) {
    (inputSize, outputSize) = (network.inputSize, network.outputSize)
    blocks = network.blocks.map { BlockStream($0) }
  }

  /// The scalars that are kept of the sequence: for each convolution its features times the steps that it looks back.
  public var stateSize: Int { blocks.reduce(0) { $0 + $1.first.past.count + $1.second.past.count } }

  /// Returns to the start of a sequence.
  public func reset() {
    for index in blocks.indices {
      blocks[index].first.reset()
      blocks[index].second.reset()
    }
  }

  /// Takes the next input.
  ///
  /// - Parameters:
  ///   - input: `inputSize` scalars.
  ///   - output: Receives `outputSize` scalars; an array of another size is replaced.
  public func step(_ input: [Scalar], into output: inout [Scalar]) {
    require(
      input.count == inputSize,
      LayerMessages.count(
        "TemporalConvolutionNetwork", "scalars of a step's input", expected: inputSize, received: input.count))
    if output.count != outputSize { output = [Scalar](repeating: 0, count: outputSize) }
    for index in blocks.indices {
      if index == 0 { blocks[0].step(input) } else { blocks[index].step(blocks[index - 1].output) }
    }
    for (place, scalar) in blocks[blocks.count - 1].output.enumerated() { output[place] = scalar }
  }
}

extension TemporalConvolutionNetwork {
  /// A stream at the start of one live sequence.
  ///
  /// - Returns: A stream with the weights of now.
  public func stream() -> TemporalConvolutionStream { TemporalConvolutionStream(self) }
}

/// A block, one step at a time.
private struct BlockStream {
  var first, second: ConvolutionStream
  private let downsample: PackedMatrix?
  private let downsampleBias: [Scalar]
  private var inner: [Scalar]
  private(set) var output: [Scalar]

  init(_ block: TemporalBlock) {
    (first, second) = (ConvolutionStream(block.first), ConvolutionStream(block.second))
    downsample = block.downsample.map { linear in
      linear.weight.withUnsafePointer {
        PackedMatrix($0, transposed: true, inner: linear.inputSize, columns: linear.outputSize)
      }
    }
    downsampleBias = block.downsample?.bias?.scalars ?? []
    inner = [Scalar](repeating: 0, count: block.first.outputSize)
    output = inner
  }

  mutating func step(_ input: [Scalar]) {
    first.step(input, into: &inner)
    rectify(&inner)
    second.step(inner, into: &output)
    rectify(&output)
    if let downsample {
      MatrixProduct.multiply(input, downsample, into: &inner, rows: 1, bias: downsampleBias)
      for unit in output.indices { output[unit] += inner[unit] }
    } else {
      for unit in output.indices { output[unit] += input[unit] }
    }
    rectify(&output)
  }

  private func rectify(_ values: inout [Scalar]) {
    for unit in values.indices where values[unit] < 0 { values[unit] = 0 }
  }
}

/// A causal convolution, one step at a time.
private struct ConvolutionStream {
  private let packed: PackedMatrix
  private let bias: [Scalar]
  private let inputs, taps, dilation: Int
  /// The inputs of the last steps, a ring.
  private(set) var past: [Scalar]
  /// The inputs under the taps, the oldest first.
  private var seen: [Scalar]
  private var place = 0

  init(_ convolution: CausalConvolution) {
    (inputs, taps, dilation) = (convolution.inputSize, convolution.kernelSize, convolution.dilation)
    let (width, columns) = (taps * inputs, convolution.outputSize)
    packed = convolution.weight.transposed(1, 2).withUnsafePointer {
      PackedMatrix($0, transposed: true, inner: width, columns: columns)
    }
    bias = convolution.bias.scalars
    past = [Scalar](repeating: 0, count: ((taps - 1) * dilation + 1) * inputs)
    seen = [Scalar](repeating: 0, count: width)
  }

  mutating func reset() {
    for index in past.indices { past[index] = 0 }
    place = 0
  }

  mutating func step(_ input: [Scalar], into output: inout [Scalar]) {
    let steps = (taps - 1) * dilation + 1
    for feature in 0..<inputs { past[place * inputs + feature] = input[feature] }
    // The oldest input kept lies behind the newest.
    for tap in 0..<taps {
      let source = (place + 1 + tap * dilation) % steps * inputs
      for feature in 0..<inputs { seen[tap * inputs + feature] = past[source + feature] }
    }
    place = (place + 1) % steps
    MatrixProduct.multiply(seen, packed, into: &output, rows: 1, bias: bias)
  }
}
