import Synchronization

/// A place on a tape that holds a gradient: what a backward function passes to `GradientSink`.
package struct TapeSlot: Hashable, Sendable {
  let index: Int32
}

/// The operations of one gradient computation: a flat list that is only appended to and walked back once.
///
/// An entry is the slots of its outputs and how their gradients become those of its inputs: a function, or terms as data.
/// Entries and slots are released while walking back. An operation on a tensor of a finished tape stops the program.
package final class Tape: Sendable {
  /// Adds what `upstream`, the gradient of the one output, means for the inputs to the sink.
  package typealias Backward = (_ upstream: Tensor, _ sink: inout GradientSink) -> Void
  /// The same for several outputs; nil where nothing depended on the output.
  package typealias BackwardOfSeveral = (_ upstreams: [Tensor?], _ sink: inout GradientSink) -> Void

  private let state = Mutex(TapeRecycler.take())

  package init() {}

  deinit { finish() }

  /// The operations recorded so far.
  package var entryCount: Int { state.withLock { $0.entries.count } }

  /// The scalars of all results recorded so far, and those that operations said they keep beside them.
  package var keptScalars: Int { state.withLock { $0.keptScalars } }

  /// The tape that has to record an operation on these tensors; nil if none is on a tape.
  @inline(__always)
  package static func recording(_ tensor: Tensor) -> Tape? { tensor.tape }

  @inline(__always)
  package static func recording(_ first: Tensor, _ second: Tensor) -> Tape? {
    common(first.tape, second.tape)
  }

  @inline(__always)
  package static func recording(_ first: Tensor, _ second: Tensor, _ third: Tensor?) -> Tape? {
    common(common(first.tape, second.tape), third?.tape)
  }

  package static func recording(_ tensors: [Tensor]) -> Tape? {
    var tape: Tape?
    for tensor in tensors { tape = common(tape, tensor.tape) }
    return tape
  }

  @inline(__always)
  private static func common(_ first: Tape?, _ second: Tape?) -> Tape? {
    guard let first else { return second }
    guard let second else { return first }
    require(first === second, ShapeMessages.twoTapes)
    return first
  }

  /// Puts a tensor on the tape as a leaf whose gradient is wanted.
  ///
  /// With `gradient` the gradient is written to that memory, which must stay valid until `backward` returns and is
  /// filled with zeros if nothing depends on the tensor; else `gradient(of:)` gives it. With `accumulating` it is added
  /// to what the memory holds. With `gathersRows` nothing is written if the gradient is held by rows: see `rows(of:)`.
  package func watch(
    _ tensor: Tensor, gradient: UnsafeMutablePointer<Scalar>? = nil, accumulating: Bool = false,
    gathersRows: Bool = false
  ) -> Tensor {
    let slot = GradientSlot(
      shape: tensor.shape, external: gradient, isWritten: accumulating, gathersRows: gathersRows)
    let index = state.withLock { $0.appendSlot(slot) }
    return Tensor(storage: tensor.storage, shape: tensor.shape, tape: self, slot: index)
  }

  /// Records an operation with one output, which keeps so many scalars beside it, and gives the output its place on the tape.
  package func record(_ output: Tensor, keeping scalars: Int = 0, backward: @escaping Backward) -> Tensor {
    if scalars > 0 { state.withLock { $0.scalarsBeside += scalars } }
    return record(output.storage, output.shape, .one(backward))
  }

  /// Records an operation whose gradients are made element by element of that of its output.
  @inline(__always)
  func record(_ output: TensorStorage, _ shape: Shape, _ term: GradientTerm, _ second: GradientTerm? = nil) -> Tensor {
    record(output, shape, .terms(term, second))
  }

  @inline(__always)
  func record(_ output: TensorStorage, _ shape: Shape, _ backward: consuming TapeEntry.Kind) -> Tensor {
    Tensor(storage: output, shape: shape, tape: self, slot: append(backward, shape))
  }

  @inline(never)
  private func append(_ backward: consuming TapeEntry.Kind, _ shape: Shape) -> TapeSlot {
    var moved: TapeEntry.Kind? = backward
    return state.withLock { state in
      let slot = state.appendSlot(GradientSlot(shape: shape))
      state.entries.append(TapeEntry(firstSlot: slot.index, backward: moved.take()!))
      return slot
    }
  }

  /// Records an operation with several outputs, which keeps so many scalars beside them, and gives each output its place on
  /// the tape.
  package func record(
    _ outputs: [Tensor], keeping scalars: Int = 0, backward: @escaping BackwardOfSeveral
  ) -> [Tensor] {
    guard !outputs.isEmpty else { return [] }
    let first = state.withLock { state in
      state.scalarsBeside += scalars
      let first = state.appendSlot(GradientSlot(shape: outputs[0].shape)).index
      for output in outputs.dropFirst() { _ = state.appendSlot(GradientSlot(shape: output.shape)) }
      state.entries.append(TapeEntry(firstSlot: first, backward: .several(backward, count: Int32(outputs.count))))
      return first
    }
    return outputs.enumerated().map { offset, output in
      Tensor(
        storage: output.storage, shape: output.shape, tape: self, slot: TapeSlot(index: first + Int32(offset)))
    }
  }

  /// Computes the gradients of all leaves and empties the tape; afterwards only `gradient(of:)` may be called.
  ///
  /// Without `upstream` the output must hold a single scalar.
  package func backward(from output: Tensor, upstream: Tensor? = nil) {
    require(upstream != nil || output.count == 1, ShapeMessages.notScalar("Gradient", output.shape))
    backward(from: [(output, upstream ?? Tensor(repeating: 1, shape: output.shape))])
  }

  /// The same for several outputs, each with its gradient. Outputs that depend on nothing watched have no influence.
  package func backward(from outputs: [(output: Tensor, upstream: Tensor)]) {
    var (entries, slots) = state.withLock { $0.beginWalk() }
    var sink = GradientSink(slots: slots)
    slots = []
    for (output, upstream) in outputs {
      guard let tape = output.tape else { continue }
      require(tape === self, ShapeMessages.twoTapes)
      sink.accumulate(upstream, into: output.slot)
    }
    while let entry = entries.popLast() { entry.walk(&sink) }
    sink.finishLeaves()
    state.withLock { $0.endWalk(entries: &entries, slots: &sink.slots) }
  }

  /// The gradient of a watched tensor after `backward`; zeros if nothing depended on it.
  package func gradient(of tensor: Tensor) -> Tensor {
    let storage = state.withLock { state in tensor.slot.flatMap { state.slots[Int($0.index)].storage } }
    return storage.map { Tensor(storage: $0, shape: tensor.shape) } ?? Tensor(zeros: tensor.shape)
  }

  /// The gradient of a leaf after `backward`, if it is held by rows.
  package func rows(of leaf: TapeSlot) -> SparseRows? {
    state.withLock { $0.slots[Int(leaf.index)].gathered?.rows }
  }

  /// Whether nothing can be recorded any more.
  package var isFinished: Bool { state.withLock { $0.isFinished } }

  /// Ends the tape and releases what it holds; called when a computation is abandoned.
  package func finish() {
    state.withLock { $0.finish() }
  }
}

/// One recorded operation.
struct TapeEntry {
  enum Kind {
    case one(Tape.Backward)
    case several(Tape.BackwardOfSeveral, count: Int32)
    case terms(GradientTerm, GradientTerm?)
    /// The output is the columns from the first number on of the input seen as rows of so many scalars.
    case columns(Int, of: Int, TapeSlot?)
  }

  let firstSlot: Int32
  let backward: Kind

  var outputCount: Int {
    if case .several(_, let count) = backward { Int(count) } else { 1 }
  }

  func walk(_ sink: inout GradientSink) {
    switch backward {
    case .columns(let column, let width, let slot):
      if let part = sink.takeStorage(firstSlot) {
        sink.addColumns(part, count: sink.slots[Int(firstSlot)].shape.count, at: column, of: width, into: slot)
      }
    case .terms(let term, let second):
      if let upstream = sink.takeStorage(firstSlot) { sink.add(term, second, upstream: upstream) }
    case .one(let backward):
      if let upstream = sink.take(firstSlot) { backward(upstream, &sink) }
    case .several(let backward, let count):
      let upstreams = (firstSlot..<firstSlot + count).map { sink.take($0) }
      if upstreams.contains(where: { $0 != nil }) { backward(upstreams, &sink) }
    }
  }
}

/// What the lock of a tape guards, hence the unchecked `Sendable`.
struct TapeState: @unchecked Sendable {
  var entries: [TapeEntry] = []
  var slots: [GradientSlot] = []
  var isFinished = false
  /// What operations keep beside their outputs.
  var scalarsBeside = 0

  /// What operations made and keep; leaves belong to none.
  var keptScalars: Int {
    entries.reduce(scalarsBeside) { sum, entry in
      let first = Int(entry.firstSlot)
      return slots[first..<first + entry.outputCount].reduce(sum) { $0 + $1.shape.count }
    }
  }

  mutating func appendSlot(_ slot: consuming GradientSlot) -> TapeSlot {
    require(!isFinished, ShapeMessages.finishedTape)
    slots.append(slot)
    return TapeSlot(index: Int32(slots.count - 1))
  }

  mutating func beginWalk() -> (entries: [TapeEntry], slots: [GradientSlot]) {
    require(!isFinished, ShapeMessages.finishedTape)
    isFinished = true
    defer { (entries, slots) = ([], []) }
    return (entries, slots)
  }

  mutating func endWalk(entries: inout [TapeEntry], slots: inout [GradientSlot]) {
    swap(&self.entries, &entries)
    swap(&self.slots, &slots)
  }

  mutating func finish() {
    isFinished = true
    scalarsBeside = 0
    guard entries.capacity > 0 || slots.capacity > 0 else { return }
    entries.removeAll(keepingCapacity: true)
    slots.removeAll(keepingCapacity: true)
    TapeRecycler.give(self)
    (entries, slots) = ([], [])
  }
}

/// Keeps the empty lists of a few finished tapes, so that a training step does not grow them anew.
enum TapeRecycler {
  private static let states = Mutex<[TapeState]>([])

  static func take() -> TapeState {
    var state = states.withLock { $0.popLast() } ?? TapeState()
    state.isFinished = false
    return state
  }

  static func give(_ state: TapeState) {
    states.withLock { if $0.count < 4 { $0.append(state) } }
  }
}
