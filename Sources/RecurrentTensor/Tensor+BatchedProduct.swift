import RecurrentKernels

extension Tensor {
  /// The products of two lists of matrices, pair by pair.
  ///
  /// - Parameters:
  ///   - other: `[..., inner, columns]`, or `[..., columns, inner]` if `otherTransposed`; its leading axes are those of this
  ///     tensor, `[..., rows, inner]`.
  ///   - otherTransposed: whether the right matrices are used transposed.
  /// - Returns: `[..., rows, columns]`.
  public func batchedProduct(_ other: Tensor, otherTransposed: Bool = false) -> Tensor {
    let (operation, rank) = ("batchedProduct", shape.rank)
    require(rank >= 2, ShapeMessages.rank(operation, expected: 2, received: shape))
    require(other.shape.rank == rank, ShapeMessages.rank(operation, expected: rank, received: other.shape))
    let (rows, inner) = (shape[rank - 2], shape[rank - 1])
    let columns = other.shape[otherTransposed ? rank - 2 : rank - 1]
    let expected = shape.replacing(axis: rank - 2, with: otherTransposed ? columns : inner)
      .replacing(axis: rank - 1, with: otherTransposed ? inner : columns)
    require(other.shape == expected, ShapeMessages.inner(operation, shape, other.shape))
    let groups = shape.view(around: rank - 2).outer
    let product = ProductList(groups: groups, rows: rows, columns: columns, inner: inner)
    let result = Tensor(shape: shape.replacing(axis: rank - 1, with: columns)) { result in
      product.run((self, false), (other, otherTransposed), into: result, accumulating: false)
    }
    guard let tape = Tape.recording(self, other) else { return result }
    let (leftSlot, rightSlot) = (slot, other.slot)
    let (left, right) = (detached(), other.detached())
    return tape.record(result) { upstream, sink in
      sink.write(into: leftSlot) { gradient, accumulating in
        ProductList(groups: groups, rows: rows, columns: inner, inner: columns)
          .run((upstream, false), (right, !otherTransposed), into: gradient, accumulating: accumulating)
      }
      sink.write(into: rightSlot) { gradient, accumulating in
        if otherTransposed {
          ProductList(groups: groups, rows: columns, columns: inner, inner: rows)
            .run((upstream, true), (left, false), into: gradient, accumulating: accumulating)
        } else {
          ProductList(groups: groups, rows: inner, columns: columns, inner: rows)
            .run((left, true), (upstream, false), into: gradient, accumulating: accumulating)
        }
      }
    }
  }
}

/// Products of equal sizes whose matrices lie behind each other.
private struct ProductList {
  let groups, rows, columns, inner: Int

  func run(
    _ left: (Tensor, isTransposed: Bool), _ right: (Tensor, isTransposed: Bool),
    into result: UnsafeMutablePointer<Scalar>, accumulating: Bool
  ) {
    left.0.withUnsafePointer { a in
      right.0.withUnsafePointer { b in
        WorkerPool.tasks(groups, operations: 2 * groups * rows * columns * inner) { group in
          MatrixProduct.multiply(
            a + group * rows * inner, transposed: left.isTransposed, b + group * inner * columns,
            transposed: right.isTransposed, into: result + group * rows * columns, rows: rows, columns: columns,
            inner: inner, accumulating: accumulating)
        }
      }
    }
  }
}
