public import RecurrentTensor

/// Long short-term memory over lines or images: Shi et al., "Convolutional LSTM network", 2015.
///
///     inputGate  i = σ(W_ii * x + W_hi * h + b_i)
///     forgetGate f = σ(W_if * x + W_hf * h + b_f)
///     candidate  g = tanh(W_ig * x + W_hg * h + b_g)
///     outputGate o = σ(W_io * x + W_ho * h + b_o)
///     c' = f ⊙ c + i ⊙ g
///     h' = o ⊙ tanh(c')
///
/// `*` is a convolution over one axis or two that keeps their sizes (padded with zeros, kernels of odd size), so that every
/// place of a frame is an LSTM that sees its neighbourhood, with the same weights everywhere. The paper's peepholes are left
/// out, as in most implementations. A step's input is a frame laid out as one row, `[batch, channels * places]`, channel by
/// channel and row by row, and so is the output; the state is h and c, `[batch, channels, (height,) width]` each.
/// Parameters: `weight_ih` `[4 hidden, input, (size,) size]`, `weight_hh` `[4 hidden, hidden, (size,) size]`, `bias_ih`
/// `[4 hidden]`, in the order i, f, g, o. Defaults: kernels of size 3, all weights uniform within
/// ±1/√(hidden · places of the kernel).
public struct ConvLSTMCell: InputFirstCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "conv-lstm", title: "Convolutional LSTM", source: "Shi et al. 2015",
    equations: """
      i = σ(W_ii * x + W_hi * h + b_i)    (* a convolution over the frame)
      f = σ(W_if * x + W_hf * h + b_f)
      g = tanh(W_ig * x + W_hg * h + b_g)
      o = σ(W_io * x + W_ho * h + b_o)
      c' = f ⊙ c + i ⊙ g
      h' = o ⊙ tanh(c')
      """)

  /// The sizes of a frame: `[length]`, or `[height, width]`.
  public let frame: [Int]
  /// `weight_ih`, `[4 hidden, input, (size,) size]`.
  public var inputWeight: Tensor
  /// `weight_hh`, `[4 hidden, hidden, (size,) size]`.
  public var recurrentWeight: Tensor
  /// `bias_ih`, `[4 hidden]`.
  public var bias: Tensor

  /// A cell with fresh weights.
  ///
  /// - Parameters:
  ///   - inputChannels: The channels of the input.
  ///   - hiddenChannels: The channels of the state.
  ///   - frame: The sizes of a frame: `[length]`, or `[height, width]`.
  ///   - kernelSize: The size of the kernels along each axis, odd.
  ///   - initialization: How the weights start.
  ///   - random: The randomness of the start.
  public init(
    inputChannels: Int, hiddenChannels: Int, frame: [Int], kernelSize: Int = 3,
    initialization: CellInitialization = .uniformAsPyTorch, random: RandomSource = .unseeded()
  ) {
    func check(_ isSound: Bool, _ what: String, expected: String, received: some Any) {
      require(isSound, LayerMessages.option("ConvLSTMCell", what, expected: expected, received: received))
    }
    check(
      inputChannels > 0 && hiddenChannels > 0, "inputChannels and hiddenChannels", expected: "at least 1",
      received: "\(inputChannels) and \(hiddenChannels)")
    check(
      (1...2).contains(frame.count) && frame.allSatisfy { $0 > 0 }, "frame", expected: "one or two sizes of at least 1",
      received: frame)
    check(kernelSize > 0 && kernelSize % 2 == 1, "kernelSize", expected: "an odd number", received: kernelSize)
    self.frame = frame
    let kernel = frame.map { _ in kernelSize }
    let places = kernel.reduce(1, *)
    func weights(_ initializer: Initializer, _ channels: Int, _ name: String) -> Tensor {
      initializer.weights(
        outputs: hiddenChannels, inputs: channels * places, blocks: 4, fan: hiddenChannels * places,
        random: random.stream(name)
      ).reshaped(to: Shape([4 * hiddenChannels, channels] + kernel))
    }
    inputWeight = weights(initialization.inputWeight, inputChannels, "weight_ih")
    recurrentWeight = weights(initialization.recurrentWeight, hiddenChannels, "weight_hh")
    bias = initialization.bias.bias(
      count: 4 * hiddenChannels, fan: hiddenChannels * places, random: random.stream("bias_ih"))
  }

  /// A stack of these over the frames of a plan.
  static func stack(_ plan: SequenceEncoderKind.Plan) -> RecurrentLayer<ConvLSTMCell> {
    let frame = plan.frame ?? [longestLine(plan.inputSize, plan.hiddenSize)]
    let places = frame.reduce(1, *)
    require(
      places > 0 && plan.inputSize % places == 0 && plan.hiddenSize % places == 0,
      LayerMessages.option(
        "ConvLSTMCell", "features and units", expected: "multiples of the \(places) places of a frame",
        received: "\(plan.inputSize) and \(plan.hiddenSize)"))
    return RecurrentLayer(inputSize: plan.inputSize, layers: plan.layers, dropout: plan.dropout) { place in
      ConvLSTMCell(
        inputChannels: place.inputSize / places, hiddenChannels: plan.hiddenSize / places, frame: frame,
        // A single place has no neighbours.
        kernelSize: places == 1 ? 1 : 3, random: plan.random.stream(place.suffix))
    }
  }

  /// The greatest common divisor.
  private static func longestLine(_ features: Int, _ units: Int) -> Int {
    var (line, rest) = (units, features)
    while rest > 0 { (line, rest) = (rest, line % rest) }
    return line
  }

  /// The channels of the input.
  public var inputChannels: Int { inputWeight.shape[1] }
  /// The channels of the state.
  public var hiddenChannels: Int { recurrentWeight.shape[1] }
  private var places: Int { frame.reduce(1, *) }

  /// The kernels at every place of the frame.
  public var multiplyAdds: Int { matrixScalars * places }

  /// The scalars of an input frame.
  public var inputSize: Int { inputChannels * places }
  /// The scalars of an output frame.
  public var outputSize: Int { hiddenChannels * places }

  /// Zeros.
  public func initialState(batchSize: Int) -> LSTMState {
    let zeros = Tensor(zeros: frames(batchSize, hiddenChannels))
    return LSTMState(hidden: zeros, cell: zeros)
  }

  /// The convolution of the input, `[..., 4 hidden * places]`.
  public func inputPart(_ input: Tensor) -> Tensor {
    let rows = input.reshaped(to: frames(input.shape.rowCount, inputChannels))
    let gates = rows.convolved(with: inputWeight, bias: bias)
    return gates.reshaped(to: input.shape.replacing(axis: input.shape.rank - 1, with: 4 * outputSize))
  }

  /// One step of the equations.
  public func step(inputPart: Tensor, from state: LSTMState) -> (output: Tensor, state: LSTMState) {
    let rows = inputPart.shape[0]
    let gates =
      inputPart.reshaped(to: frames(rows, 4 * hiddenChannels)) + state.hidden.convolved(with: recurrentWeight)
    func gate(_ index: Int) -> Tensor { gates[index * hiddenChannels..<(index + 1) * hiddenChannels, axis: 1] }
    let (inputGate, forgetGate, outputGate) = (gate(0).sigmoid(), gate(1).sigmoid(), gate(3).sigmoid())
    let cell = forgetGate * state.cell + inputGate * gate(2).tanh()
    let hidden = outputGate * cell.tanh()
    return (hidden.reshaped(to: [rows, outputSize]), LSTMState(hidden: hidden, cell: cell))
  }

  /// Shows `weight_ih`, `weight_hh`, `bias_ih`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&inputWeight, "weight_ih")
    visitor.visit(&recurrentWeight, "weight_hh")
    visitor.visit(&bias, "bias_ih")
  }

  private func frames(_ rows: Int, _ channels: Int) -> Shape { Shape([rows, channels] + frame) }
}
