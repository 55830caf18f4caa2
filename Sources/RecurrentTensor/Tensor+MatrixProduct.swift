import RecurrentKernels

extension Tensor {
  /// The product of two matrices, either of which may be used transposed.
  ///
  /// - Parameters:
  ///   - other: the right matrix: `[inner, columns]`, or `[columns, inner]` if `otherTransposed`.
  ///   - transposed: whether this tensor is `[inner, rows]` and not `[rows, inner]`.
  ///   - otherTransposed: whether the right matrix is used transposed.
  /// - Returns: `[rows, columns]`.
  public func matrixProduct(_ other: Tensor, transposed: Bool = false, otherTransposed: Bool = false) -> Tensor {
    let operation = "matrixProduct"
    require(shape.rank == 2, ShapeMessages.rank(operation, expected: 2, received: shape))
    require(other.shape.rank == 2, ShapeMessages.rank(operation, expected: 2, received: other.shape))
    let (rows, inner) = transposed ? (shape[1], shape[0]) : (shape[0], shape[1])
    let columns = other.shape[otherTransposed ? 0 : 1]
    require(
      other.shape[otherTransposed ? 1 : 0] == inner, ShapeMessages.inner(operation, shape, other.shape))
    let result = Tensor(shape: [rows, columns]) { result in
      withUnsafePointer { left in
        other.withUnsafePointer { right in
          MatrixProduct.multiply(
            left, transposed: transposed, right, transposed: otherTransposed, into: result, rows: rows,
            columns: columns, inner: inner)
        }
      }
    }
    guard let tape = Tape.recording(self, other) else { return result }
    let (leftSlot, rightSlot) = (slot, other.slot)
    let (left, right) = (detached(), other.detached())
    return tape.record(result) { upstream, sink in
      if transposed {
        sink.addProduct((right, otherTransposed), (upstream, true), into: leftSlot)
      } else {
        sink.addProduct((upstream, false), (right, !otherTransposed), into: leftSlot)
      }
      if otherTransposed {
        sink.addProduct((upstream, true), (left, transposed), into: rightSlot)
      } else {
        sink.addProduct((left, !transposed), (upstream, false), into: rightSlot)
      }
    }
  }

  /// Maps every row `x` (along the last axis) to `weight · x + bias`.
  ///
  /// - Parameters:
  ///   - weight: `[out, in]` with `in` the size of this tensor's last axis.
  ///   - bias: `[out]`, or nil for none.
  /// - Returns: this tensor's shape with `out` as the last axis.
  public func linear(weight: Tensor, bias: Tensor? = nil) -> Tensor {
    if weight.shape.rank != 2 { stop(ShapeMessages.rank("linear", expected: 2, received: weight.shape)) }
    let (rows, inner, columns) = (shape.rowCount, weight.shape[1], weight.shape[0])
    if shape.rank < 1 || shape.last != inner { stop(ShapeMessages.inner("linear", shape, weight.shape)) }
    if let received = bias?.shape, received.rank != 1 || received.count != columns {
      stop(ShapeMessages.mismatch("linear bias", expected: [columns], received: received))
    }
    let storage = TensorStorage(count: rows * columns)
    MatrixProduct.multiply(
      self.storage.pointer, weight.panels(transposed: true, rows: rows), into: storage.pointer, rows: rows,
      bias: bias.map { UnsafePointer($0.storage.pointer) })
    withExtendedLifetime(self.storage) {}
    withExtendedLifetime(bias) {}
    let resultShape = shape.replacing(axis: shape.rank - 1, with: columns)
    guard let tape = Tape.recording(self, weight, bias) else { return Tensor(storage: storage, shape: resultShape) }
    let (inputSlot, weightSlot, biasSlot) = (slot, weight.slot, bias?.slot)
    let input = self.storage
    let weight = weight.detached()
    let backward: Tape.Backward = { upstream, sink in
      let upstream = upstream.reshapedStorage(to: [rows, columns])
      sink.write(into: inputSlot) { gradient, accumulating in
        upstream.withUnsafePointer {
          MatrixProduct.multiply(
            $0, weight.panels(transposed: false, rows: rows), into: gradient, rows: rows, accumulating: accumulating)
        }
      }
      sink.addPairs(upstream, Tensor(storage: input, shape: [rows, inner]), into: weightSlot)
      sink.addColumnSums(of: upstream, into: biasSlot)
    }
    return tape.record(storage, resultShape, .one(backward))
  }
}

extension Tensor {
  /// This matrix, or its transpose, packed as the right side of a product with so many rows.
  ///
  /// Where rows are few, packing takes as long as the product: the same weights in every step of a loop stay packed.
  fileprivate func panels(transposed: Bool, rows: Int) -> PackedMatrix {
    func pack() -> PackedMatrix {
      withUnsafePointer {
        PackedMatrix(
          $0, transposed: transposed, inner: shape[transposed ? 1 : 0], columns: shape[transposed ? 0 : 1])
      }
    }
    return rows < 256 ? storage.packed(transposed: transposed, pack) : pack()
  }
}

extension GradientSink {
  /// Adds the product of two matrices, each used transposed where marked, to a gradient.
  mutating func addProduct(_ left: (Tensor, Bool), _ right: (Tensor, Bool), into slot: TapeSlot?) {
    let (rows, inner) =
      left.1 ? (left.0.shape[1], left.0.shape[0]) : (left.0.shape[0], left.0.shape[1])
    let columns = right.0.shape[right.1 ? 0 : 1]
    write(into: slot) { gradient, accumulating in
      left.0.withUnsafePointer { a in
        right.0.withUnsafePointer { b in
          MatrixProduct.multiply(
            a, transposed: left.1, b, transposed: right.1, into: gradient, rows: rows, columns: columns, inner: inner,
            accumulating: accumulating)
        }
      }
    }
  }
}
