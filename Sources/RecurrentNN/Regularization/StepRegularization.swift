import RecurrentTensor

/// What the regularisers of one cell do at each step of one call: constants, so that a step can be computed again.
struct StepRegularization: Sendable {
  /// What the recurrent products see the state through, of the shape of the state's first tensor.
  private var recurrentMask: Tensor?
  /// 0 where the first tensor, or the others, keep what they had: `[batch, time, ...]`.
  private var hiddenMask, memoryMask: Tensor?
  /// The share of what they had, where zoneout is a mean.
  private var hiddenShare: Scalar = 0, memoryShare: Scalar = 0
  private let gradientLimit: Scalar
  /// The number that the first step of a scan has in the whole sequence.
  private var firstStep = 0

  /// The regularisers of a call, with its randomness; nil if steps are as without any.
  init?<Cell: RecurrentCell>(
    _ options: RecurrentRegularization, of cell: Cell, state: Cell.State, steps: Int, context: inout ForwardContext
  ) {
    guard options != .none else { return nil }
    let tensors = state.tensors
    let hidden = Cell.hiddenPlace.map { tensors[$0].shape }
    let memories = tensors.indices.filter { $0 != Cell.hiddenPlace && !Cell.bookkeeping.contains($0) }
      .map { tensors[$0].shape }
    gradientLimit = context.isTraining ? options.stepGradientLimit : 0
    if options.recurrentDropout > 0, cell.hasRecurrentProducts, let hidden {
      recurrentMask = context.mask(rate: options.recurrentDropout, rowShape: hidden, steps: nil)
    }
    if options.hiddenZoneout > 0, let hidden {
      hiddenMask = context.mask(rate: options.hiddenZoneout, rowShape: hidden, steps: steps)
    }
    if options.memoryZoneout > 0, let memories = Shape(commonPrefixOf: memories) {
      // Memories of a unit belong together, as a value and its scale: one decision for all of them.
      memoryMask = context.mask(rate: options.memoryZoneout, rowShape: memories, steps: steps)
    }
    if !context.isTraining, options.zoneoutInference == .mean {
      if hidden != nil { hiddenShare = options.hiddenZoneout }
      if !memories.isEmpty { memoryShare = options.memoryZoneout }
    }
    let isActive =
      recurrentMask != nil || hiddenMask != nil || memoryMask != nil || hiddenShare > 0 || memoryShare > 0
      || gradientLimit > 0
    if !isActive { return nil }
    require(
      Cell.takesStepRegularization,
      LayerMessages.option(
        Cell.layerName, "regularisers of single steps (recurrent dropout, zoneout, limits of gradients)",
        expected: "none",
        received: "some"))
  }

  /// The same for a scan that begins later in the sequence.
  func starting(at step: Int) -> StepRegularization {
    var later = self
    later.firstStep += step
    return later
  }

  /// One step of the cell.
  func step<Cell: RecurrentCell>(
    _ cell: Cell, _ input: Tensor, number: Int = 0, from state: Cell.State
  ) -> (output: Tensor, state: Cell.State) {
    let state =
      gradientLimit > 0 ? state.mapTensors { $0.clampingGradient(to: -gradientLimit...gradientLimit) } : state
    let next =
      recurrentMask.map { cell.step(input, from: state, recurrentMask: $0) } ?? cell.step(input, from: state)
    let zoned = self.zoned(cell, next.state, after: state, number: firstStep + number)
    // An output that is a tensor of the state stays one.
    let place = next.state.tensors.firstIndex { $0.storage === next.output.storage && $0.count == next.output.count }
    return (place.map { zoned.tensors[$0].reshaped(to: next.output.shape) } ?? next.output, zoned)
  }

  private func zoned<Cell: RecurrentCell>(
    _ cell: Cell, _ next: Cell.State, after previous: Cell.State, number: Int
  ) -> Cell.State {
    if hiddenShare > 0 || memoryShare > 0 {
      return cell.mean(of: previous, and: next, keepingHidden: hiddenShare, memories: memoryShare)
    }
    guard hiddenMask != nil || memoryMask != nil else { return next }
    let old = previous.tensors
    var place = -1
    return next.mapTensors { tensor in
      place += 1
      guard let mask = place == Cell.hiddenPlace ? hiddenMask : memoryMask, !Cell.bookkeeping.contains(place) else {
        return tensor
      }
      return Tensor.select(where: mask[at: number, axis: 1], tensor, otherwise: old[place])
    }
  }
}

extension RecurrentCell {
  /// All time steps under regularisers; without any as `scan`.
  func scan(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: State, recomputation: Recomputation,
    _ regularization: StepRegularization?
  ) -> SequenceResult<State> {
    guard let regularization else {
      return scan(inputs, lengths: lengths, reversed: reversed, from: state, recomputation: recomputation)
    }
    if case .blocks(let length) = recomputation {
      return scanInBlocks(
        of: length, inputs, lengths: lengths, reversed: reversed, from: state, regularization: regularization)
    }
    return scanByLoop(inputs, lengths: lengths, reversed: reversed, from: state) { input, number, state in
      regularization.step(self, input, number: number, from: state)
    }
  }
}

extension ForwardContext {
  /// A mask for tensors of this shape, by time if there are steps: `[batch, time, ...]`.
  fileprivate mutating func mask(rate: Scalar, rowShape shape: Shape, steps: Int?) -> Tensor? {
    let (rows, sizes) = (shape[0], shape.sizes.dropFirst())
    let masked = Shape([rows] + (steps.map { [$0] } ?? []) + sizes)
    return dropoutMask(rate: rate, rows: rows, rowCount: masked.count / max(1, rows))?.reshaped(to: masked)
  }
}

extension Shape {
  /// The axes that all shapes begin with; nil of no shapes.
  fileprivate init?(commonPrefixOf shapes: [Shape]) {
    guard var sizes = shapes.first?.sizes else { return nil }
    for shape in shapes { sizes = zip(sizes, shape.sizes).prefix { $0 == $1 }.map(\.0) }
    self.init(sizes)
  }
}
