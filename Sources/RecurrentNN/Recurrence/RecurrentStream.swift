import RecurrentKernels
public import RecurrentTensor

/// A recurrent layer stepping over one live sequence, whose state it carries.
///
/// ```swift
/// let stream = gru.stream()
/// var output = [Scalar](repeating: 0, count: gru.outputSize)
/// for sample in samples { stream.step(sample, into: &output) }
/// ```
///
/// With the built-in cells and with those of ``CellEquations`` every step gives what a call of the layer with the whole sequence
/// gives at that step, bit for bit, and allocates nothing after the first; built-in layers of more than 2 MiB of weights are
/// shared between threads. Any other cell of your own takes its `step`, and so do connections between layers and zoneout. The stream keeps the weights that the layer had when
/// it was made. It is not for several threads at once: one stream for each live sequence.
public final class RecurrentStream<Cell: RecurrentCell> {
  /// The scalars of a step's input and output.
  public let inputSize, outputSize: Int
  /// The whole stack; nil if the layer is more than cells of the kernels upon each other.
  private let run: StreamRun?
  private let steps: StreamSteps?
  private let layer: RecurrentLayer<Cell>
  private var looped: StackedState<Cell.State>

  /// A stream at the start of a sequence, or after `state`.
  init(_ layer: RecurrentLayer<Cell>, from state: StackedState<Cell.State>?) {
    require(
      layer.direction == .forward,
      LayerMessages.option(
        Cell.layerName, "the direction of a stream", expected: "forward", received: layer.direction.rawValue))
    self.layer = layer
    (inputSize, outputSize) = (layer.inputSize, layer.outputSize)
    let isPlain = layer.connections == .none && !layer.cells.contains { layer.regularization.actsInInference(on: $0) }
    let packed = isPlain ? layer.cells.compactMap { $0.packedForStream() } : []
    run = packed.isEmpty ? nil : StreamRun(packed)
    steps = run?.steps
    looped = layer.initialState(batchSize: 1)
    self.state = state ?? looped
  }

  /// The state after the last step, of batch size 1; setting it continues another sequence.
  public var state: StackedState<Cell.State> {
    get {
      guard let run else { return looped }
      return StackedState(looped.states.indices.map { looped.states[$0].replacingTensors(run.tensors(of: $0)) })
    }
    set {
      looped = layer.checked(newValue, rows: 1)
      guard let run else { return }
      for (cell, state) in looped.states.enumerated() { run.load(state.tensors, into: cell) }
    }
  }

  /// Returns to the layer's own initial state.
  public func reset() { state = layer.initialState(batchSize: 1) }

  /// Takes the next input.
  ///
  /// - Parameters:
  ///   - input: `inputSize` scalars.
  ///   - output: Receives the top layer's `outputSize` scalars; an array of another size is replaced.
  /// - Complexity: That of the arithmetic: for each layer, gates × hidden × (input + hidden) multiply-adds.
  public func step(_ input: [Scalar], into output: inout [Scalar]) {
    require(
      input.count == inputSize,
      LayerMessages.count(Cell.layerName, "scalars of a step's input", expected: inputSize, received: input.count))
    if output.count != outputSize { output = [Scalar](repeating: 0, count: outputSize) }
    guard let steps else { return stepByLoop(input, into: &output) }
    output.withUnsafeMutableBufferPointer { output in
      input.withUnsafeBufferPointer { input in
        guard let target = output.baseAddress else { return }
        // A recurrence without input reads nothing.
        steps.advance(input.baseAddress ?? UnsafePointer(target), into: target)
      }
    }
  }

  private func stepByLoop(_ input: [Scalar], into output: inout [Scalar]) {
    let next = layer.step(Tensor(input, shape: [1, input.count]), from: looped)
    looped = next.state
    output = next.output.scalars
  }
}

extension RecurrentLayer {
  /// A stream over one live sequence.
  ///
  /// - Parameter state: The state before the first step, of batch size 1; nil for the layer's own.
  /// - Returns: A stream of its own state, with the weights of now.
  public func stream(from state: StackedState<Cell.State>? = nil) -> RecurrentStream<Cell> {
    RecurrentStream(self, from: state)
  }
}

extension StreamRun {
  /// The state of a cell as tensors of one row: h, then its memories.
  fileprivate func tensors(of cell: Int) -> [Tensor] {
    states(of: cell).map { Tensor($0, shape: [1, $0.count]) }
  }

  fileprivate func load(_ tensors: [Tensor], into cell: Int) {
    let states = tensors.map { $0.detached() }
    load(states.map { UnsafePointer($0.storage.pointer) }, into: cell)
    withExtendedLifetime(states) {}
  }
}
