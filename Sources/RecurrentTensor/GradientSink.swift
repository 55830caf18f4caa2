import RecurrentKernels

/// The gradient of one node of a tape while it is being gathered.
struct GradientSlot {
  let shape: Shape
  var storage: TensorStorage?
  let external: UnsafeMutablePointer<Scalar>?
  var isWritten: Bool
  /// Whether the gradient is held by rows as long as only rows are added to it.
  let gathersRows: Bool
  var gathered: RowGatherer?
  /// Products that are still to be added.
  var pending: PendingProduct?
  /// The columns written so far, unless all are.
  var columns: WrittenColumns?

  init(
    shape: Shape, external: UnsafeMutablePointer<Scalar>? = nil, isWritten: Bool = false, gathersRows: Bool = false
  ) {
    self.shape = shape
    self.external = external
    self.isWritten = isWritten
    self.gathersRows = gathersRows
  }
}

/// What an operation adds to the gradient of an input: an elementwise operation on that of its output, and a tensor.
struct GradientTerm {
  let operation: PointwiseOperation
  let operand: TensorStorage?
  let slot: TapeSlot?

  /// `operation(upstream, operand)` for an input, which may have no place on a tape.
  @inline(__always)
  init(_ operation: PointwiseOperation, _ operand: TensorStorage? = nil, for slot: TapeSlot?) {
    (self.operation, self.operand, self.slot) = (operation, operand, slot)
  }
}

/// Where backward functions leave the gradients of their inputs; several uses of one input add up in place.
package struct GradientSink {
  var slots: [GradientSlot]

  /// Adds a whole gradient to that of a node; nothing happens for nil (an input that is not on the tape).
  package mutating func accumulate(_ gradient: Tensor, into slot: TapeSlot?) {
    guard let slot else { return }
    let index = Int(slot.index)
    complete(index)
    let count = slots[index].shape.count
    require(
      gradient.count == count,
      ShapeMessages.mismatch("Gradient", expected: slots[index].shape, received: gradient.shape))
    if slots[index].external == nil && !slots[index].isWritten {
      slots[index].storage = gradient.storage
      slots[index].isWritten = true
      return
    }
    if slots[index].external == nil && !isKnownUniquelyReferenced(&slots[index].storage) {
      let old = slots[index].storage!
      let sum = TensorStorage(count: count)
      Elementwise.apply(.add, old.pointer, gradient.storage.pointer, into: sum.pointer, count: count)
      withExtendedLifetime((old, gradient)) {}
      slots[index].storage = sum
      return
    }
    gradient.withUnsafePointer { source in
      write(into: slot) { target, accumulating in
        Elementwise.apply(.copy, source, into: target, count: count, mode: accumulating ? .adding : .replacing)
      }
    }
  }

  /// Lets `body` add to the gradient of a node (`accumulating`) or write it whole into memory not yet initialised.
  @inline(__always)
  package mutating func write(
    into slot: TapeSlot?, _ body: (_ gradient: UnsafeMutablePointer<Scalar>, _ accumulating: Bool) -> Void
  ) {
    guard let slot else { return }
    let (pointer, accumulating) = prepare(Int(slot.index))
    body(pointer, accumulating)
  }

  /// Lets `body` add to the gradient of a node, which starts as zeros.
  @inline(__always)
  package mutating func add(into slot: TapeSlot?, _ body: (_ gradient: UnsafeMutablePointer<Scalar>) -> Void) {
    guard let slot else { return }
    let (pointer, accumulating) = prepare(Int(slot.index))
    if !accumulating { pointer.update(repeating: 0, count: slots[Int(slot.index)].shape.count) }
    body(pointer)
  }

  /// Adds `gradient`, `[indices.count, ...]`, row by row to the rows at `indices` of a node's gradient.
  mutating func addRows(_ gradient: Tensor, at indices: [Int], into slot: TapeSlot?) {
    guard let slot, !indices.isEmpty else { return }
    let (index, length) = (Int(slot.index), gradient.count / indices.count)
    complete(index)
    guard slots[index].gathersRows, !slots[index].isWritten else {
      return add(into: slot) { target in
        gradient.withUnsafePointer { gradient in
          for (place, row) in indices.enumerated() {
            let row = target + row * length
            Elementwise.apply(.copy, gradient + place * length, into: row, count: length, mode: .adding)
          }
        }
      }
    }
    let gatherer = slots[index].gathered ?? RowGatherer(rowLength: length, rowCount: slots[index].shape[0])
    slots[index].gathered = gatherer
    gradient.withUnsafePointer { gradient in
      for (place, row) in indices.enumerated() { gatherer.add(gradient + place * length, to: row) }
    }
    if gatherer.count * SparseRows.leastRowsForOne > slots[index].shape[0] { _ = prepare(index) }
  }

  /// The memory in which the gradient of a node is gathered, and whether it holds something to add to; if not, the
  /// caller writes all of it. It stays in place while the caller alone uses the sink.
  package mutating func gradient(of slot: TapeSlot) -> (pointer: UnsafeMutablePointer<Scalar>, accumulating: Bool) {
    prepare(Int(slot.index))
  }

  /// The memory of a gradient that only this sink holds, and whether it has content.
  private mutating func prepare(_ index: Int) -> (pointer: UnsafeMutablePointer<Scalar>, accumulating: Bool) {
    complete(index)
    let accumulating = slots[index].isWritten || slots[index].gathered != nil
    slots[index].isWritten = true
    if let external = slots[index].external {
      spreadRows(index, to: external)
      return (external, accumulating)
    }
    if !accumulating {
      slots[index].storage = TensorStorage(count: slots[index].shape.count)
    } else if isKnownUniquelyReferenced(&slots[index].storage) {
      slots[index].storage!.contentWillChange()
    } else {
      let old = slots[index].storage!
      let copy = TensorStorage(count: slots[index].shape.count)
      copy.pointer.update(from: old.pointer, count: slots[index].shape.count)
      slots[index].storage = copy
    }
    return (slots[index].storage!.pointer, accumulating)
  }

  /// Adds `leftᵀ · right` to the gradient of a node. Few rows wait for those that follow, so that the gradient is read and
  /// written once for many: in the same order, and so with the same bits.
  mutating func addPairs(_ left: Tensor, _ right: Tensor, into slot: TapeSlot?) {
    guard let slot else { return }
    let index = Int(slot.index)
    guard PendingProduct.waits(rows: left.shape[0]) else {
      return addProduct((left, true), (right, false), into: slot)
    }
    let pending = slots[index].pending ?? PendingProduct(left, right)
    slots[index].pending = pending
    pending.append(left, right)
    guard pending.isWorthwhile else { return }
    pending.settle()
    slots[index].pending = nil
    let (gradient, accumulating) = prepare(index)
    pending.startAdding(to: gradient, accumulating: accumulating)
    slots[index].pending = pending
  }

  /// Lets the gradient hold all that was added so far.
  @inline(__always)
  private mutating func complete(_ index: Int) {
    if slots[index].columns != nil { fillColumns(index) }
    guard let pending = slots[index].pending else { return }
    slots[index].pending = nil
    pending.settle()
    let (gradient, accumulating) = prepare(index)
    pending.add(to: gradient, accumulating: accumulating)
  }

  /// Makes a gradient that was held by rows a dense one.
  private mutating func spreadRows(_ index: Int, to external: UnsafeMutablePointer<Scalar>) {
    guard let gathered = slots[index].gathered else { return }
    slots[index].gathered = nil
    external.update(repeating: 0, count: slots[index].shape.count)
    gathered.rows.add(to: external)
  }

  /// Moves a finished gradient out.
  mutating func take(_ index: Int32) -> Tensor? {
    guard let storage = takeStorage(index) else { return nil }
    return Tensor(storage: storage, shape: slots[Int(index)].shape)
  }

  @inline(__always)
  mutating func takeStorage(_ index: Int32) -> TensorStorage? {
    complete(Int(index))
    return slots[Int(index)].storage.take()
  }

  /// Adds the gradients that one or two terms make of `upstream`, whose memory the last one takes over where it can.
  mutating func add(_ term: GradientTerm, _ second: GradientTerm?, upstream: consuming TensorStorage) {
    guard let second, second.slot != nil else { return add(term, upstream: upstream) }
    add(term, upstream: copy upstream)
    add(second, upstream: upstream)
  }

  private mutating func add(_ term: GradientTerm, upstream: consuming TensorStorage) {
    guard let slot = term.slot else { return }
    let index = Int(slot.index)
    let count = slots[index].shape.count
    let isFresh = slots[index].external == nil && !slots[index].isWritten && slots[index].pending == nil
    var upstream = upstream
    if isFresh, term.operation == .copy || isKnownUniquelyReferenced(&upstream) {
      if term.operation != .copy {
        upstream.contentWillChange()
        Elementwise.apply(
          term.operation, upstream.pointer, term.operand.map { UnsafePointer($0.pointer) }, into: upstream.pointer,
          count: count)
        withExtendedLifetime(term) {}
      }
      slots[index].storage = upstream
      slots[index].isWritten = true
      return
    }
    let (gradient, accumulating) = prepare(index)
    Elementwise.apply(
      term.operation, upstream.pointer, term.operand.map { UnsafePointer($0.pointer) }, into: gradient, count: count,
      mode: accumulating ? .adding : .replacing)
    withExtendedLifetime((upstream, term)) {}
  }

  /// Ends the walk: adds what is pending and fills the memory of leaves on which nothing depends with zeros.
  mutating func finishLeaves() {
    for index in slots.indices {
      complete(index)
      guard let external = slots[index].external, !slots[index].isWritten, slots[index].gathered == nil else {
        continue
      }
      external.update(repeating: 0, count: slots[index].shape.count)
    }
  }
}

extension GradientSink {
  /// Adds `element(i)` for every element of a node's gradient.
  @inline(__always)
  mutating func accumulateElements(into slot: TapeSlot?, _ element: (Int) -> Scalar) {
    guard let slot else { return }
    let count = slots[Int(slot.index)].shape.count
    let (gradient, accumulating) = prepare(Int(slot.index))
    if accumulating {
      for index in 0..<count { gradient[index] += element(index) }
    } else {
      for index in 0..<count { gradient[index] = element(index) }
    }
  }

  /// Adds `element(a[i])` for every element.
  @inline(__always)
  mutating func accumulate(into slot: TapeSlot?, _ a: Tensor, _ element: (Scalar) -> Scalar) {
    a.withUnsafePointer { a in accumulateElements(into: slot) { element(a[$0]) } }
  }

  /// Adds `element(a[i], b[i])` for every element.
  @inline(__always)
  mutating func accumulate(into slot: TapeSlot?, _ a: Tensor, _ b: Tensor, _ element: (Scalar, Scalar) -> Scalar) {
    a.withUnsafePointer { a in
      b.withUnsafePointer { b in accumulateElements(into: slot) { element(a[$0], b[$0]) } }
    }
  }

  /// Adds `element(a[i], b[i], c[i])` for every element.
  @inline(__always)
  mutating func accumulate(
    into slot: TapeSlot?, _ a: Tensor, _ b: Tensor, _ c: Tensor, _ element: (Scalar, Scalar, Scalar) -> Scalar
  ) {
    a.withUnsafePointer { a in
      b.withUnsafePointer { b in
        c.withUnsafePointer { c in accumulateElements(into: slot) { element(a[$0], b[$0], c[$0]) } }
      }
    }
  }
}
