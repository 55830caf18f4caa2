import RecurrentNN
public import RecurrentTensor

/// What an optimizer remembers between updates: how many there were, some numbers for each trained scalar, found by the
/// dotted path of the parameter, and some numbers for the whole model.
///
/// Options (rates, decays) are no part of it: an optimizer that continues is made with the same options and given the
/// state of the one before.
public struct OptimizerState: Sendable {
  /// The names of the remembered quantities, as `firstMoment`.
  public internal(set) var quantities: [String]
  /// What is remembered for the whole model, by name.
  public internal(set) var numbers: [String: Double]
  /// The updates made so far.
  public internal(set) var updates = 0

  /// That of the model; nil before the first update.
  var layout: ParameterLayout?
  /// One arena for each quantity; none before the first update.
  var arenas: [Tensor] = []

  init(_ quantities: [String], numbers: [String: Double] = [:]) {
    self.quantities = quantities
    self.numbers = numbers
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
  }

  /// The remembered quantities of one parameter, in the order of their names.
  struct Memory {
    fileprivate let arenas: UnsafeBufferPointer<UnsafeMutablePointer<Scalar>>
    fileprivate let offset: Int

    subscript(_ quantity: Int) -> UnsafeMutablePointer<Scalar> { arenas[quantity] + offset }
  }

  /// Counts an update and calls `body` for each parameter of the model.
  mutating func update(_ model: inout some Module, with gradients: Gradients, _ body: (Span) -> Void) {
    begin(gradients.layout)
    let memory = arenas.indices.map { arenas[$0].withUnsafeMutablePointer { $0 } }
    gradients.arena.withUnsafePointer { arena in
      memory.withUnsafeBufferPointer { memory in
        withoutActuallyEscaping(body) { body in
          var walker = Walker(layout: gradients.layout, arena: arena, memory: memory, body: body)
          model.visitParameters(&walker)
          require(walker.next == gradients.layout.entries.count, TrainingMessages.foreignModel)
        }
      }
    }
    withExtendedLifetime(arenas) {}
  }

  private mutating func begin(_ layout: ParameterLayout) {
    if let known = self.layout {
      require(known == layout, TrainingMessages.foreignModel)
    } else {
      self.layout = layout
      arenas = quantities.map { _ in Tensor(zeros: [layout.trainableCount]) }
    }
    updates += 1
  }

  func part(_ entry: ParameterLayout.Entry, of arena: Tensor) -> Tensor {
    arena[entry.range, axis: 0].reshaped(to: entry.shape)
  }

  private struct Walker: ParameterVisitor {
    let layout: ParameterLayout
    let arena: UnsafePointer<Scalar>
    let memory: UnsafeBufferPointer<UnsafeMutablePointer<Scalar>>
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
            memory: Memory(arenas: memory, offset: range.lowerBound), count: range.count))
      }
    }
  }
}
