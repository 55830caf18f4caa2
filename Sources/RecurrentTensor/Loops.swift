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

  /// A tensor made element by element from two tensors of equal shape.
  @inline(__always)
  func zipped(_ other: Tensor, _ operation: String, _ body: (Scalar, Scalar) -> Scalar) -> Tensor {
    require(
      shape == other.shape, ShapeMessages.mismatch(operation, expected: shape, received: other.shape))
    return Tensor(shape: shape) { result in
      withUnsafePointer { a in
        other.withUnsafePointer { b in Loops.zip(a, b, into: result, count: count, body) }
      }
    }
  }

  /// The slot of this tensor on its tape, for backward functions to write to.
  @inline(__always)
  package var slot: TapeSlot? { node?.slot }
}
