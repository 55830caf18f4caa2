import RecurrentNN
public import RecurrentTensor

/// What an optimizer remembers between updates: how many there were, some numbers for each trained scalar, found by the
/// dotted path of the parameter, and some numbers for the whole model.
///
/// Options (rates, decays, groups) are no part of what is kept: an optimizer that continues is made with the same options
/// and given the state of the one before.
public struct OptimizerState: Sendable {
  /// The names of the remembered quantities, as `firstMoment`.
  public let quantities: [String]
  /// What is remembered for the whole model, by name.
  public internal(set) var numbers: [String: Double]
  /// The least and the most of those numbers that are counts.
  let counts: [String: ClosedRange<Int>]
  /// The updates made so far.
  public internal(set) var updates = 0

  /// That of the model; nil before the first update.
  var layout: ParameterLayout?
  /// One arena for each quantity; none before the first update.
  package internal(set) var arenas: [Tensor] = []
  /// Found again from the memories where it is lost; no part of what is kept.
  var touched = TouchedRows()
  /// The options of single parameters; nil where all are treated alike.
  var groups: ParameterGroupTable?

  init(_ quantities: [String], numbers: [String: Double] = [:], counts: [String: ClosedRange<Int>] = [:]) {
    self.quantities = quantities
    self.numbers = numbers
    self.counts = counts
  }

  /// A copy of one remembered quantity of one parameter; nil before the first update or if there is none of that name.
  public subscript(quantity: String, path: String) -> Tensor? {
    guard let index = quantities.firstIndex(of: quantity), let layout, let entry = layout[path] else { return nil }
    guard entry.kind == .parameter else { return nil }
    return part(entry, of: arenas[index])
  }

  /// One parameter during an update.
  struct Span {
    let weights: UnsafeMutablePointer<Scalar>
    let gradient: UnsafePointer<Scalar>
    let memory: Memory
    let count: Int
    /// What the parameter's group asks for.
    let options: ParameterOptions
  }

  /// The remembered quantities of one parameter, in the order of their names.
  struct Memory {
    fileprivate let arenas: UnsafeBufferPointer<UnsafeMutablePointer<Scalar>>
    fileprivate let offset: Int

    subscript(_ quantity: Int) -> UnsafeMutablePointer<Scalar> { arenas[quantity] + offset }

    func advanced(by distance: Int) -> Memory { Memory(arenas: arenas, offset: offset + distance) }
  }

  /// Counts an update and calls `body` for each parameter of the model that is not frozen; for a table whose gradient is
  /// held by rows once for some rows after the other. Rows that never had a gradient are left out if `restsAtZero` says
  /// that `body` changes nothing where the gradient and everything remembered are zero.
  mutating func update(
    _ model: inout some Module, with gradients: Gradients, learningRate: Double,
    restsAtZero: (ParameterOptions) -> Bool = { _ in false }, _ body: (Span) -> Void
  ) {
    begin(gradients.layout)
    move(&model, against: gradients, learningRate: learningRate, restsAtZero: restsAtZero, body)
  }

  /// Counts an update of a model with this layout.
  mutating func begin(_ layout: ParameterLayout) {
    require(groups.map { $0.layout == layout } ?? true, TrainingMessages.foreignModel)
    if let known = self.layout {
      require(known == layout, TrainingMessages.foreignModel)
    } else {
      self.layout = layout
      arenas = quantities.map { _ in Tensor(zeros: [layout.trainableCount]) }
    }
    updates += 1
  }

  /// Calls `body` for each parameter of the model that is not frozen, after its decoupled decay.
  mutating func move(
    _ model: inout some Module, against gradients: Gradients, learningRate: Double,
    restsAtZero: (ParameterOptions) -> Bool = { _ in false }, _ body: (Span) -> Void
  ) {
    let memory = arenas.indices.map { arenas[$0].withUnsafeMutablePointer { $0 } }
    let groups = groups
    var known = TouchedRows()
    swap(&known, &touched)
    touched = gradients.withUnsafeArena { arena in
      memory.withUnsafeBufferPointer { memory in
        withoutActuallyEscaping(body) { body in
          withoutActuallyEscaping(restsAtZero) { restsAtZero in
            var walker = Walker(
              gradients: gradients, groups: groups, learningRate: learningRate, arena: arena, memory: memory,
              restsAtZero: restsAtZero, body: body, touched: TouchedRows())
            // Two holders would make a copy of what is written.
            swap(&known, &walker.touched)
            model.visitParameters(&walker)
            require(walker.next == gradients.layout.entries.count, TrainingMessages.foreignModel)
            return walker.touched
          }
        }
      }
    }
    withExtendedLifetime(arenas) {}
  }

  func part(_ entry: ParameterLayout.Entry, of arena: Tensor) -> Tensor {
    arena[entry.range, axis: 0].reshaped(to: entry.shape)
  }

  private struct Walker: ParameterVisitor {
    let gradients: Gradients
    let groups: ParameterGroupTable?
    let learningRate: Double
    let arena: UnsafePointer<Scalar>
    let memory: UnsafeBufferPointer<UnsafeMutablePointer<Scalar>>
    let restsAtZero: (ParameterOptions) -> Bool
    let body: (Span) -> Void
    var touched: TouchedRows
    var next = 0

    mutating func visit(_ tensor: inout Tensor, _ name: String, _ kind: ParameterKind) {
      let entries = gradients.layout.entries
      require(
        next < entries.count && entries[next].shape == tensor.shape && entries[next].kind == kind,
        TrainingMessages.foreignModel)
      let (range, options) = (entries[next].range, groups?[next] ?? ParameterOptions())
      next += 1
      guard kind == .parameter, !options.isFrozen else { return }
      tensor.withUnsafeMutablePointer { weights in
        if options.decoupledWeightDecay > 0 {
          let keep = Scalar(1 - learningRate * options.learningRateFactor * options.decoupledWeightDecay)
          for index in 0..<range.count { weights[index] *= keep }
        }
        let span = Span(
          weights: weights, gradient: arena + range.lowerBound,
          memory: Memory(arenas: memory, offset: range.lowerBound), count: range.count, options: options)
        guard let rows = gradients.rows(at: range) else {
          touched.forget(range)
          return body(span)
        }
        let wanted =
          restsAtZero(options) ? touched.rows(of: span, at: range, holding: rows, quantities: memory.count) : nil
        if wanted == nil { touched.forget(range) }
        span.forEachPart(of: rows, wanted: wanted, body)
      }
    }
  }
}
