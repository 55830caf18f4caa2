import RecurrentKernels

/// Loops over buffers, on the caller's thread. The bodies are inlined, so that each use compiles to one vectorised loop; in a
/// closure for the pool a body would be a call for each element, which costs more than a few threads bring.
enum Loops {
  @inline(__always)
  static func map(
    _ a: UnsafePointer<Scalar>, into result: UnsafeMutablePointer<Scalar>, count: Int, _ body: (Scalar) -> Scalar
  ) {
    for index in 0..<count { result[index] = body(a[index]) }
  }

  @inline(__always)
  static func zip(
    _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, into result: UnsafeMutablePointer<Scalar>, count: Int,
    _ body: (Scalar, Scalar) -> Scalar
  ) {
    for index in 0..<count { result[index] = body(a[index], b[index]) }
  }

  /// The sum of `a[i] * b[i]`, in sixteen lanes that are added up in a fixed order.
  @inline(__always)
  static func dot(_ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, count: Int) -> Scalar {
    var lanes = SIMD16<Scalar>(repeating: 0)
    var index = 0
    while index + 16 <= count {
      let x = UnsafeRawPointer(a + index).loadUnaligned(as: SIMD16<Scalar>.self)
      let y = UnsafeRawPointer(b + index).loadUnaligned(as: SIMD16<Scalar>.self)
      lanes += x * y
      index += 16
    }
    var total = lanes.sum()
    while index < count {
      total += a[index] * b[index]
      index += 1
    }
    return total
  }
}

extension Tensor {
  /// A tensor of the same shape made element by element.
  @inline(__always)
  func mapped(_ body: (Scalar) -> Scalar) -> Tensor {
    Tensor(shape: shape) { result in withUnsafePointer { Loops.map($0, into: result, count: count, body) } }
  }

  /// What an operation makes element by element of two tensors of equal shape.
  @inline(__always)
  func zipped(_ operation: PointwiseOperation, _ other: Tensor, _ name: String) -> TensorStorage {
    if shape != other.shape { stop(ShapeMessages.mismatch(name, expected: shape, received: other.shape)) }
    return storage.zipped(operation, other.storage, count: shape.count)
  }
}

extension TensorStorage {
  /// What an operation makes of `count` scalars and those of another storage.
  @inline(never)
  func zipped(_ operation: PointwiseOperation, _ other: TensorStorage, count: Int) -> TensorStorage {
    let result = TensorStorage(count: count)
    Elementwise.apply(operation, pointer, other.pointer, into: result.pointer, count: count)
    return result
  }

  /// What a kernel makes of `count` scalars.
  @inline(never)
  func mapped(
    _ kernel: (UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>, Int) -> Void, count: Int
  ) -> TensorStorage {
    let result = TensorStorage(count: count)
    kernel(pointer, result.pointer, count)
    return result
  }

  /// The columns from `offset` on of rows of `width` scalars, `length` of each.
  @inline(never)
  func columns(from offset: Int, of width: Int, length: Int, rows: Int) -> TensorStorage {
    let result = TensorStorage(count: rows * length)
    Elementwise.applyRows(
      .copy, (UnsafePointer(pointer) + offset, width), into: (result.pointer, length), rows: rows, count: length)
    return result
  }
}
