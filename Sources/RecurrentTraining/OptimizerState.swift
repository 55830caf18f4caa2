import RecurrentNN
public import RecurrentTensor

/// What an optimizer remembers between updates: how many there were, and one number or two for each trained scalar,
/// found by the dotted path of the parameter.
public struct OptimizerState: Sendable {
  /// The names of the remembered quantities, as `firstMoment`.
  public let quantities: [String]
  /// The updates made so far.
  public internal(set) var updates = 0

  private var layout: ParameterLayout?
  private var arenas: [Tensor] = []

  init(_ quantities: [String]) {
    self.quantities = quantities
  }

  /// A copy of one remembered quantity of one parameter; nil before the first update or if there is none of that name.
  public subscript(quantity: String, path: String) -> Tensor? {
    guard let index = quantities.firstIndex(of: quantity), let layout, let entry = layout[path] else { return nil }
    guard entry.kind == .parameter else { return nil }
    return arenas[index][entry.range, axis: 0].reshaped(to: entry.shape)
  }

  /// One parameter during an update.
  struct Span {
    let weights: UnsafeMutablePointer<Scalar>
    let gradient: UnsafePointer<Scalar>
    /// The remembered quantities, in the order of their names.
    let memory: (UnsafeMutablePointer<Scalar>?, UnsafeMutablePointer<Scalar>?)
    let count: Int
  }

  /// Counts an update and calls `body` for each parameter of the model.
  mutating func update(_ model: inout some Module, with gradients: Gradients, _ body: (Span) -> Void) {
    if let layout {
      require(layout == gradients.layout, TrainingMessages.foreignModel)
    } else {
      layout = gradients.layout
      arenas = quantities.map { _ in Tensor(zeros: [gradients.layout.trainableCount]) }
    }
    updates += 1
    let memory = arenas.indices.map { arenas[$0].withUnsafeMutablePointer { $0 } }
    gradients.arena.withUnsafePointer { arena in
      withoutActuallyEscaping(body) { body in
        var walker = Walker(layout: gradients.layout, arena: arena, memory: memory, body: body)
        model.visitParameters(&walker)
        require(walker.next == gradients.layout.entries.count, TrainingMessages.foreignModel)
      }
    }
    withExtendedLifetime(arenas) {}
  }

  private struct Walker: ParameterVisitor {
    let layout: ParameterLayout
    let arena: UnsafePointer<Scalar>
    let memory: [UnsafeMutablePointer<Scalar>]
    let body: (Span) -> Void
    var next = 0

    mutating func visit(_ tensor: inout Tensor, _ name: String, _ kind: ParameterKind) {
      let entries = layout.entries
      require(
        next < entries.count && entries[next].shape == tensor.shape && entries[next].kind == kind,
        TrainingMessages.foreignModel)
      let range = entries[next].range
      next += 1
      guard kind == .parameter else { return }
      tensor.withUnsafeMutablePointer { weights in
        body(
          Span(
            weights: weights, gradient: arena + range.lowerBound,
            memory: (
              memory.first.map { $0 + range.lowerBound }, memory.dropFirst().first.map { $0 + range.lowerBound }
            ),
            count: range.count))
      }
    }
  }
}
