import RecurrentNN
import RecurrentTensor

/// Truncated back-propagation through time (Williams and Peng, 1990): after every `k1` steps one update, whose gradients
/// flow back through the last `k2` steps.
///
/// The loss of an update is that of its new steps, `k1` or what is left of a batch; its gradients flow through those and the
/// `k2 - k1` before them. The state there is the one that was computed when training came by, cut off from what made it;
/// the steps since are computed again with the present weights. Memory thus holds the values of `k2` steps, whatever the
/// length. If no update leaves out a step, the gradients of a sequence's updates are, added up, those of full
/// back-propagation.
public struct Truncation: Hashable, Sendable {
  /// The steps between two updates.
  public let k1: Int
  /// The steps that gradients flow back through.
  public let k2: Int

  /// - Parameters:
  ///   - k1: The steps between two updates, at least 1.
  ///   - k2: The steps that gradients flow back through, at least `k1`; by default as many.
  public init(k1: Int, k2: Int? = nil) {
    let k2 = k2 ?? k1
    checkCount("Truncation k1", k1)
    require(k2 >= k1, TrainingMessages.option("Truncation k2", expected: "at least k1 (\(k1))", received: Double(k2)))
    self.k1 = k1
    self.k2 = k2
  }
}

/// The batches of a provider, cut into pieces of at most `k1` steps.
struct PieceBatches<Provider: BatchProvider>: BatchProvider where Provider.Batch: SequenceBatch {
  let provider: Provider
  let steps: Int

  var batchesPerEpoch: Int? { provider.batchesPerEpoch(cutEvery: steps) }

  func batches(epoch: Int, random: RandomSource) -> some Swift.Sequence<Provider.Batch> {
    let steps = steps
    return provider.batches(epoch: epoch, random: random).lazy.flatMap { batch in
      stride(from: 0, to: batch.stepCount, by: steps).lazy.map { start in
        start == 0 && batch.stepCount <= steps
          ? batch : batch.steps(in: start..<min(start + steps, batch.stepCount))
      }
    }
  }
}

/// The pass of truncated back-propagation: it keeps for each shard the state at the start of the next window, and the pieces
/// of that window which were learned from already.
struct TruncatedPass<Model: StatefulModel>: GradientPass {
  private struct Window {
    /// Before the first of `pieces`; nil at the start of the sequences.
    var state: Model.State?
    var pieces: [Model.Batch] = []
  }

  private struct Segment {
    let batch: Model.Batch
    let counts: Bool
  }

  private let truncation: Truncation
  private var windows: [Int: Window] = [:]
  /// The last rows that were passed by, until the state after them is restored.
  private var skipped: [Int: Model.Batch] = [:]

  init(_ truncation: Truncation) { self.truncation = truncation }

  mutating func gradients(
    of model: Model, layout: ParameterLayout, on rows: Model.Batch, shard: Int, context: ForwardContext
  ) -> (loss: Double, gradients: Gradients, weight: Double)? {
    let window = window(for: rows, shard: shard)
    let (segments, cut) = segments(of: window, and: rows)
    let weight = model.weight(of: rows)
    var next = Window(state: window.state, pieces: segments.dropFirst(cut).map(\.batch))
    defer { windows[shard] = next }
    guard weight > 0 else {
      next.state = run(model, segments, cut: cut, from: window.state, context).state
      return nil
    }
    let (_, gradients, result) = valueAndGradients(of: model, layout: layout) { model in
      let (losses, state) = run(model, segments, cut: cut, from: window.state, context)
      return (losses!.penalized, (loss: losses!.plain.scalar, state: state))
    }
    next.state = result.state
    return (Double(result.loss), gradients, weight)
  }

  var identity: [String: String] { ["truncation": "\(truncation.k1), \(truncation.k2)"] }

  var carried: [(name: String, tensor: Tensor)] {
    windows.sorted { $0.key < $1.key }.flatMap { shard, window in
      (window.state?.tensors ?? []).enumerated().map { ("\(shard)/\($0)", $1) }
    }
  }

  mutating func skip(_ rows: Model.Batch, shard: Int) {
    let (segments, cut) = segments(of: window(for: rows, shard: shard), and: rows)
    windows[shard] = Window(pieces: segments.dropFirst(cut).map(\.batch))
    skipped[shard] = rows
  }

  mutating func restore(carried: [(name: String, tensor: Tensor)], of model: Model) -> Bool {
    var states: [Int: [Tensor]] = [:]
    for (name, tensor) in carried {
      guard let shard = Int(name.prefix { $0 != "/" }), skipped[shard] != nil else { return false }
      states[shard, default: []].append(tensor)
    }
    for (shard, tensors) in states {
      let state = model.initialState(for: skipped[shard]!)
      guard state.tensors.map(\.shape) == tensors.map(\.shape) else { return false }
      windows[shard]?.state = state.replacingTensors(tensors)
    }
    skipped = [:]
    return true
  }

  /// What is kept for a shard, without what lies before a start of all rows.
  private func window(for rows: Model.Batch, shard: Int) -> Window {
    guard let window = windows[shard], !rows.startingRows.allSatisfy({ $0 }) else { return Window() }
    if let last = window.pieces.last {
      require(
        last.rowCount == rows.rowCount,
        TrainingMessages.option(
          "Truncation: rows of a batch that goes on", expected: "\(last.rowCount)", received: Double(rows.rowCount)))
    }
    return window
  }

  /// The parts of the window that ends with `rows`, and the number of those after which the next window starts.
  private func segments(of window: Window, and rows: Model.Batch) -> (segments: [Segment], cut: Int) {
    let pieces = window.pieces.map { Segment(batch: $0, counts: false) } + [Segment(batch: rows, counts: true)]
    let total = pieces.reduce(0) { $0 + $1.batch.stepCount }
    var dropped = max(0, total - (truncation.k2 - truncation.k1))
    var (before, after): ([Segment], [Segment]) = ([], [])
    for piece in pieces {
      let steps = piece.batch.stepCount
      if dropped >= steps {
        before.append(piece)
      } else if dropped == 0 {
        after.append(piece)
      } else {
        before.append(Segment(batch: piece.batch.steps(in: 0..<dropped), counts: piece.counts))
        after.append(Segment(batch: piece.batch.steps(in: dropped..<steps), counts: piece.counts))
      }
      dropped = max(0, dropped - steps)
    }
    return (before + after, before.count)
  }

  /// The weighted mean loss of the segments that count, with and without the penalties of layers, and the state after the
  /// first `cut` segments, detached.
  private func run(
    _ model: Model, _ segments: [Segment], cut: Int, from start: Model.State?, _ context: ForwardContext
  ) -> (losses: (penalized: Tensor, plain: Tensor)?, state: Model.State?) {
    var (state, kept, context) = (start, start, context)
    var losses: [(penalized: Tensor, plain: Tensor, weight: Double)] = []
    for (index, segment) in segments.enumerated() {
      let result = model.loss(
        on: segment.batch, from: entry(state, to: segment.batch, model), context: &context)
      state = result.state
      if index + 1 == cut { kept = result.state.detached() }
      let (penalized, weight) = (context.penalized(result.loss), model.weight(of: segment.batch))
      if segment.counts && weight > 0 { losses.append((penalized, result.loss.detached(), weight)) }
    }
    guard let first = losses.first, losses.count > 1 else {
      return (losses.first.map { ($0.penalized, $0.plain) }, kept)
    }
    let total = losses.reduce(0) { $0 + $1.weight }
    func mean(_ loss: (Int) -> Tensor) -> Tensor {
      losses.indices.dropFirst().reduce(loss(0) * Scalar(first.weight / total)) {
        $0 + loss($1) * Scalar(losses[$1].weight / total)
      }
    }
    return ((mean { losses[$0].penalized }, mean { losses[$0].plain }), kept)
  }

  /// The state with which a batch begins: the carried one, except in rows that start.
  private func entry(_ state: Model.State?, to batch: Model.Batch, _ model: Model) -> Model.State {
    guard let state else { return model.initialState(for: batch) }
    let starting = batch.startingRows
    guard starting.contains(true) else { return state }
    let mask = Tensor(starting.map { $0 ? 1 : 0 }, shape: [starting.count])
    return model.initialState(for: batch).selected(where: mask, otherwise: state)
  }
}
