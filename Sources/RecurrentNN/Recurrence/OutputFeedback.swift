public import RecurrentTensor

/// What a network with output feedback carries from step to step.
public struct FeedbackState<State: RecurrentState>: RecurrentState {
  /// The states of the recurrent layer.
  public var layer: StackedState<State>
  /// What the next step is given as the output before it, `[batch, outputSize]`.
  public var output: Tensor

  /// A state of these parts.
  public init(layer: StackedState<State>, output: Tensor) { (self.layer, self.output) = (layer, output) }

  /// Shows the tensors of the layer's states, then `output`.
  public mutating func visitTensors(_ body: (inout Tensor) -> Void) {
    layer.visitTensors(body)
    body(&output)
  }
}

/// A network whose output is part of its next input: Jordan 1986, around any cell and any output layer.
///
///     y_t = head(layer([x_t, y_(t-1)]))
///
/// In training the truth stands in for the output of the step before (teacher forcing, Williams and Zipser 1989): all steps
/// are one run of the layer. It may do so at some steps only, drawn for each row and step (scheduled sampling, Bengio et al.
/// 2015). Without targets the network runs freely. Gradients flow through outputs that were fed back (Bengio et al. leave
/// that part out, as theirs are draws among words).
///
/// ```swift
/// let network = OutputFeedback(
///   layer: GRU(inputSize: 2 + 1, hiddenSize: 16), head: Linear(inputSize: 16, outputSize: 1), outputSize: 1)
/// let learned = network(x, targets: y, context: &context).outputs  // x: [3, 7, 2], y: [3, 7, 1]
/// let predicted = network(x).outputs  // [3, 7, 1]
/// ```
///
/// A network without input but its own output takes `x` of `[batch, time, 0]`. The output before the first step is zero,
/// unless a state says otherwise. Parameters: those of `layer` and `head`.
public struct OutputFeedback<Cell: RecurrentCell, Head: Layer>: Module {
  /// The recurrence, which walks forward.
  public var layer: RecurrentLayer<Cell>
  /// What makes the output of the layer's, `[..., layer.outputSize]` to `[..., outputSize]`.
  public var head: Head
  /// The features of the output.
  public let outputSize: Int

  /// What a network with output feedback gives for whole sequences.
  public struct Result: Sendable {
    /// The outputs of all steps, `[batch, time, outputSize]`, zero at steps that are not valid.
    public var outputs: Tensor
    /// The state of each row after its last step.
    public var finalState: FeedbackState<Cell.State>
  }

  /// A network of these parts.
  ///
  /// - Parameters:
  ///   - layer: The recurrence; its inputs are those of the network, then the output of the step before.
  ///   - head: The output layer.
  ///   - outputSize: The features that `head` gives.
  public init(layer: RecurrentLayer<Cell>, head: Head, outputSize: Int) {
    require(
      layer.direction == .forward,
      LayerMessages.option("OutputFeedback", "direction", expected: "forward", received: layer.direction.rawValue))
    require(
      outputSize > 0 && outputSize <= layer.inputSize,
      LayerMessages.option(
        "OutputFeedback", "outputSize", expected: "1 to the layer's input features, \(layer.inputSize)",
        received: outputSize))
    (self.layer, self.head, self.outputSize) = (layer, head, outputSize)
  }

  /// The features of the input, without what is fed back.
  public var inputSize: Int { layer.inputSize - outputSize }

  /// The state before the first step: the layer's own, and outputs of zero.
  public func initialState(batchSize: Int) -> FeedbackState<Cell.State> {
    FeedbackState(
      layer: layer.initialState(batchSize: batchSize), output: Tensor(zeros: [batchSize, outputSize]))
  }

  /// A pass that is told the true outputs of earlier steps.
  ///
  /// - Parameters:
  ///   - inputs: `[batch, time, inputSize]`.
  ///   - targets: The true outputs, `[batch, time, outputSize]`; no step is told its own.
  ///   - lengths: The valid steps of each row; nil if all are valid.
  ///   - state: The state before the first step; nil for zeros.
  ///   - samplingRate: The probability, in training, with which a step is given the network's own output in place of the
  ///     truth. 0 runs all steps at once. The first step of a call always takes what `state` says.
  ///   - context: Training or inference.
  /// - Returns: The outputs, and a state that goes on: its output is the last target, in a pass with sampling the last
  ///   output.
  public func callAsFunction(
    _ inputs: Tensor, targets: Tensor, lengths: [Int]? = nil, from state: FeedbackState<Cell.State>? = nil,
    samplingRate: Scalar = 0, context: inout ForwardContext
  ) -> Result {
    require(
      samplingRate >= 0 && samplingRate <= 1,
      LayerMessages.option("OutputFeedback", "samplingRate", expected: "in 0...1", received: samplingRate))
    let valid = checked(inputs, lengths, targets: targets)
    let (state, targets) = (state ?? initialState(batchSize: valid.rows), valid.masked(targets))
    guard context.isTraining, samplingRate > 0, valid.steps > 0 else {
      return forced(inputs, targets: targets, valid, from: state, context: &context)
    }
    let mask = context.dropoutMask(rate: samplingRate, rows: valid.rows, rowCount: valid.steps)
    return walk(inputs, valid, from: state, context: &context) { step, output in
      guard step > 0, let mask else { return output }
      return Tensor.select(where: mask[at: step, axis: 1], targets[at: step - 1, axis: 1], otherwise: output)
    }
  }

  /// A pass in which the network is given its own outputs.
  ///
  /// - Parameters:
  ///   - inputs: `[batch, time, inputSize]`.
  ///   - lengths: The valid steps of each row; nil if all are valid.
  ///   - state: The state before the first step; nil for zeros.
  ///   - context: Training or inference.
  /// - Returns: The outputs, and the state after the last one.
  public func callAsFunction(
    _ inputs: Tensor, lengths: [Int]? = nil, from state: FeedbackState<Cell.State>? = nil,
    context: inout ForwardContext
  ) -> Result {
    let valid = checked(inputs, lengths, targets: nil)
    return walk(inputs, valid, from: state ?? initialState(batchSize: valid.rows), context: &context) { $1 }
  }

  /// A pass in which the network is given its own outputs, in inference.
  public func callAsFunction(
    _ inputs: Tensor, lengths: [Int]? = nil, from state: FeedbackState<Cell.State>? = nil
  ) -> Result {
    var context = ForwardContext.inference
    return self(inputs, lengths: lengths, from: state, context: &context)
  }

  /// One step of a stream, given the output before it: `[batch, inputSize]` to `[batch, outputSize]`.
  public func step(
    _ input: Tensor, from state: FeedbackState<Cell.State>? = nil
  ) -> (output: Tensor, state: FeedbackState<Cell.State>) {
    let state = state ?? initialState(batchSize: input.shape[0])
    let next = layer.step(Tensor.concatenate([input, state.output], axis: 1), from: state.layer)
    let output = head(next.output)
    return (output, FeedbackState(layer: next.state, output: output))
  }

  /// Shows `layer` and `head`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&layer, "layer")
    visitor.visit(&head, "head")
  }

  private func checked(_ inputs: Tensor, _ lengths: [Int]?, targets: Tensor?) -> StepLengths {
    let valid = StepLengths("OutputFeedback", lengths, inputs: inputs, inputSize: inputSize)
    if let targets {
      let expected: Shape = [valid.rows, valid.steps, outputSize]
      require(
        targets.shape == expected,
        LayerMessages.shape("OutputFeedback", "targets", expected: "\(expected)", received: targets.shape))
    }
    return valid
  }

  /// All steps at once: none waits for an output.
  private func forced(
    _ inputs: Tensor, targets: Tensor, _ valid: StepLengths, from state: FeedbackState<Cell.State>,
    context: inout ForwardContext
  ) -> Result {
    let first = state.output.reshaped(to: [valid.rows, 1, outputSize])
    let told = Tensor.concatenate([first, targets], axis: 1)
    let run = layer(
      Tensor.concatenate([inputs, told[0..<valid.steps, axis: 1]], axis: 2), lengths: valid.lengths, from: state.layer,
      context: &context)
    let last = (0..<valid.rows).map { $0 * (valid.steps + 1) + valid.length(ofRow: $0) }
    let next = told.reshaped(to: [valid.rows * (valid.steps + 1), outputSize]).rows(at: last)
    return Result(
      outputs: valid.masked(head(run.outputs, context: &context)),
      finalState: FeedbackState(layer: run.finalState, output: next))
  }

  /// Step by step, each given what `told` makes of the output before it.
  private func walk(
    _ inputs: Tensor, _ valid: StepLengths, from state: FeedbackState<Cell.State>, context: inout ForwardContext,
    told: (_ step: Int, _ output: Tensor) -> Tensor
  ) -> Result {
    // Each step is a call of the layer: masks would change from step to step, and penalties be paid at each.
    var perStep = layer.regularization
    (perStep.hiddenZoneout, perStep.memoryZoneout, perStep.stepGradientLimit) = (0, 0, 0)
    require(
      !context.isTraining || RegularizerKind.all.allSatisfy { perStep[keyPath: $0.strength] == 0 },
      LayerMessages.option(
        "OutputFeedback", "regularisers of a layer that is told its own outputs in training",
        expected: "zoneout and the limit of gradients at most", received: "others"))
    let inputs = valid.masked(inputs)
    let zeros = Tensor(zeros: [valid.rows, outputSize])
    var (state, outputs) = (state, [Tensor](repeating: zeros, count: valid.steps))
    for step in 0..<valid.longest {
      let given = Tensor.concatenate([inputs[at: step, axis: 1], told(step, state.output)], axis: 1)
      let run = layer(
        given.reshaped(to: [valid.rows, 1, layer.inputSize]), from: state.layer, context: &context)
      let output = head(run.lastOutputs, context: &context)
      let next = FeedbackState(layer: run.finalState, output: output)
      if let mask = valid.mask(at: step) {
        state = next.selected(where: mask, otherwise: state)
        outputs[step] = Tensor.select(where: mask, output, otherwise: zeros)
      } else {
        (state, outputs[step]) = (next, output)
      }
    }
    guard !outputs.isEmpty else {
      return Result(outputs: Tensor(zeros: [valid.rows, 0, outputSize]), finalState: state)
    }
    return Result(outputs: Tensor.stack(outputs, axis: 1), finalState: state)
  }
}
