/// A dense array of scalars with a shape: contiguous, row-major, with value semantics (copy on write).
///
/// Inside a gradient computation a tensor also remembers the place on the tape where it was computed.
public struct Tensor: Sendable {
  package var storage: TensorStorage
  /// The sizes along the axes, outermost first.
  public private(set) var shape: Shape
  /// The tape on which this tensor was computed or is watched; nil outside of gradient computations.
  package let tape: Tape?
  /// The slot of this tensor on its tape, for backward functions to write to; stored, as a computed one copies the tensor.
  package let slot: TapeSlot?

  package init(storage: TensorStorage, shape: Shape) {
    self.storage = storage
    self.shape = shape
    (tape, slot) = (nil, nil)
  }

  package init(storage: TensorStorage, shape: Shape, tape: Tape, slot: TapeSlot) {
    self.storage = storage
    self.shape = shape
    (self.tape, self.slot) = (tape, slot)
  }

  /// A tensor whose scalars `body` writes, all of them, into memory that is not initialised.
  @inline(__always)
  package init(shape: Shape, uninitialized body: (UnsafeMutablePointer<Scalar>) throws -> Void) rethrows {
    let storage = TensorStorage(count: shape.count)
    try body(storage.pointer)
    self.init(storage: storage, shape: shape)
  }

  /// A tensor of the given scalars, in row-major order; as many as the shape holds.
  public init(_ scalars: [Scalar], shape: Shape) {
    require(scalars.count == shape.count, ShapeMessages.count("Tensor", expected: shape, received: scalars.count))
    self.init(shape: shape) { pointer in
      scalars.withUnsafeBufferPointer { source in
        if let base = source.baseAddress { pointer.update(from: base, count: source.count) }
      }
    }
  }

  /// A tensor of zeros.
  public init(zeros shape: Shape) {
    self.init(storage: TensorStorage(zeros: shape.count), shape: shape)
  }

  /// A tensor of one repeated scalar.
  public init(repeating scalar: Scalar, shape: Shape) {
    self.init(shape: shape) { $0.update(repeating: scalar, count: shape.count) }
  }

  /// A tensor of shape `[]` that holds one scalar.
  public init(_ scalar: Scalar) {
    self.init(repeating: scalar, shape: [])
  }

  /// The number of scalars.
  public var count: Int { shape.count }

  /// All scalars in row-major order.
  public var scalars: [Scalar] {
    withUnsafePointer { Array(UnsafeBufferPointer(start: $0, count: count)) }
  }

  /// The only scalar of a tensor that holds exactly one.
  public var scalar: Scalar {
    require(count == 1, ShapeMessages.notScalar("Tensor.scalar", shape))
    return withUnsafePointer { $0[0] }
  }

  /// The scalar at one index for each axis.
  public subscript(_ indices: Int...) -> Scalar {
    get {
      let offset = offset(of: indices)
      return withUnsafePointer { $0[offset] }
    }
    set {
      let offset = offset(of: indices)
      withUnsafeMutablePointer { $0[offset] = newValue }
    }
  }

  private func offset(of indices: [Int]) -> Int {
    require(indices.count == shape.rank, ShapeMessages.rank("Tensor[]", expected: indices.count, received: shape))
    var offset = 0
    for axis in 0..<indices.count {
      require(
        indices[axis] >= 0 && indices[axis] < shape[axis],
        ShapeMessages.index("Tensor[]", indices[axis], count: shape[axis]))
      offset = offset * shape[axis] + indices[axis]
    }
    return offset
  }

  /// The same scalars without a place on a tape: gradients do not flow through.
  public func detached() -> Tensor {
    Tensor(storage: storage, shape: shape)
  }

  /// This tensor, or where its tape is finished one that belongs to none.
  package func leavingFinishedTape() -> Tensor { tape?.isFinished == true ? detached() : self }

  /// Reads the scalars in place.
  @inline(__always)
  package func withUnsafePointer<Result, Failure>(
    _ body: (UnsafePointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafePointer(storage.pointer))
  }

  /// Writes the scalars in place, after a copy if another tensor shares them. The tensor leaves its tape.
  @inline(__always)
  package mutating func withUnsafeMutablePointer<Result, Failure>(
    _ body: (UnsafeMutablePointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if tape != nil { self = detached() }
    if isKnownUniquelyReferenced(&storage) { storage.contentWillChange() } else { copyStorage() }
    defer { withExtendedLifetime(storage) {} }
    return try body(storage.pointer)
  }

  @inline(never)
  private mutating func copyStorage() {
    let copy = TensorStorage(count: count)
    copy.pointer.update(from: storage.pointer, count: count)
    storage = copy
  }
}

extension Tensor: Equatable {
  /// Whether two tensors have the same shape and equal scalars.
  public static func == (left: Tensor, right: Tensor) -> Bool {
    guard left.shape == right.shape else { return false }
    return left.withUnsafePointer { a in
      right.withUnsafePointer { b in
        for index in 0..<left.count where a[index] != b[index] { return false }
        return true
      }
    }
  }
}

extension Tensor: CustomStringConvertible {
  /// The shape and the first scalars.
  public var description: String {
    let shown = scalars.prefix(12).map { String(describing: $0) }.joined(separator: ", ")
    return "Tensor \(shape): \(shown)\(count > 12 ? ", ..." : "")"
  }
}
