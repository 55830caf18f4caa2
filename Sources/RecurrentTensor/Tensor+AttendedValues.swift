import RecurrentKernels

extension Tensor {
  /// For each query (of this tensor) the mean of the values, weighted by the softmax of its products with the keys:
  ///
  ///     y[..., i, :] = Σ over j of softmax over j of (queries[..., i, :] · keys[..., j, :]) values[..., j, :]
  ///
  /// The weights are made for 128 queries at a time, and again on the way back: they are never all in memory. Keys behind
  /// a length (even NaN) have no influence and cost nothing; a query that has none gives zeros. Where `isCausal`, later keys and
  /// values must be finite: they are multiplied by zero.
  ///
  /// - Parameters:
  ///   - values: `[batch, ..., keys, size]`.
  ///   - keys: `[batch, ..., keys, width]`; this tensor is `[batch, ..., queries, width]`.
  ///   - lengths: how many keys of each row of the batch count, each in `0...keys`; nil if all do.
  ///   - isCausal: whether query i sees the keys 0 to i alone.
  /// - Returns: `[batch, ..., queries, size]`.
  public func attendedValues(
    _ values: Tensor, keys: Tensor, lengths: [Int]? = nil, isCausal: Bool = false
  ) -> Tensor {
    let (operation, rank) = ("attendedValues", shape.rank)
    require(rank >= 3, ShapeMessages.rank(operation, expected: 3, received: shape))
    require(keys.shape.rank == rank, ShapeMessages.rank("\(operation) keys", expected: rank, received: keys.shape))
    require(
      values.shape.rank == rank, ShapeMessages.rank("\(operation) values", expected: rank, received: values.shape))
    let keyShape = shape.replacing(axis: rank - 2, with: keys.shape[rank - 2])
    require(
      keys.shape == keyShape, ShapeMessages.mismatch("\(operation) keys", expected: keyShape, received: keys.shape))
    let valueShape = keyShape.replacing(axis: rank - 1, with: values.shape[rank - 1])
    require(
      values.shape == valueShape,
      ShapeMessages.mismatch("\(operation) values", expected: valueShape, received: values.shape))
    let scores = shape.replacing(axis: rank - 1, with: keyShape[rank - 2])
    let work = AttendedValues(
      reach: SoftmaxReach(operation, scores, lengths: lengths, isCausal: isCausal),
      queries: detached(), keys: keys.detached(), values: values.detached())
    let result = Tensor(shape: shape.replacing(axis: rank - 1, with: values.shape.last)) { work.forward(into: $0) }
    guard let tape = Tape.recording(self, keys, values) else { return result }
    let (querySlot, keySlot, valueSlot) = (slot, keys.slot, values.slot)
    return tape.record(result) { upstream, sink in
      let gradients = work.gradients(of: upstream)
      sink.accumulate(gradients.queries, into: querySlot)
      sink.accumulate(gradients.keys, into: keySlot)
      sink.accumulate(gradients.values, into: valueSlot)
    }
  }
}

/// The means of one list of queries after the other, a block of queries at a time.
private struct AttendedValues {
  private static let queriesTogether = 128

  let reach: SoftmaxReach
  let queries, keys, values: Tensor

  private var queryCount: Int { queries.shape[queries.shape.rank - 2] }
  private var keyCount: Int { keys.shape[keys.shape.rank - 2] }
  private var width: Int { queries.shape.last }
  private var size: Int { values.shape.last }

  /// A block of queries of one list, the keys that any of them sees, and the weights, `[queries, keys]`.
  private struct Block {
    let group: Int
    let queries: Range<Int>
    let keys: Int
    let weights: UnsafeMutablePointer<Scalar>
  }

  func forward(into result: UnsafeMutablePointer<Scalar>) {
    // What nobody attends to stays zero.
    result.update(repeating: 0, count: queries.shape.rowCount * size)
    values.withUnsafePointer { values in
      eachBlock(products: 2) { block in
        MatrixProduct.multiply(
          block.weights, values + block.group * keyCount * size,
          into: result + (block.group * queryCount + block.queries.lowerBound) * size, rows: block.queries.count,
          columns: size, inner: block.keys)
      }
    }
  }

  /// With P the weights and U the gradient of the result: Pᵀ U for the values, and with S = P (U Vᵀ - row sums of P U Vᵀ), the
  /// gradient of the scores, S K for the queries and Sᵀ Q for the keys.
  func gradients(of upstream: Tensor) -> (queries: Tensor, keys: Tensor, values: Tensor) {
    let gradients = (
      Tensor(repeating: 0, shape: queries.shape), Tensor(repeating: 0, shape: keys.shape),
      Tensor(repeating: 0, shape: values.shape)
    )
    let (toQueries, toKeys, toValues) = (
      gradients.0.storage.pointer, gradients.1.storage.pointer, gradients.2.storage.pointer
    )
    withPointers(upstream) { queries, keys, values, upstream in
      eachBlock(products: 5) { block in
        let (count, seen) = (block.queries.count, block.keys)
        let (query, key) = (block.group * queryCount + block.queries.lowerBound, block.group * keyCount)
        let given = upstream + query * size
        MatrixProduct.multiply(
          block.weights, transposed: true, given, into: toValues + key * size, rows: seen, columns: size, inner: count,
          accumulating: true)
        let slopes = Workspace(count: count * seen)
        MatrixProduct.multiply(
          given, transposed: false, values + key * size, transposed: true, into: slopes.pointer, rows: count,
          columns: seen, inner: size)
        for row in 0..<count {
          let (slopes, weights) = (slopes.pointer + row * seen, block.weights + row * seen)
          let mean = Loops.dot(slopes, weights, count: seen)
          for key in 0..<seen { slopes[key] = weights[key] * (slopes[key] - mean) }
        }
        MatrixProduct.multiply(
          slopes.pointer, keys + key * width, into: toQueries + query * width, rows: count, columns: width, inner: seen)
        MatrixProduct.multiply(
          slopes.pointer, transposed: true, queries + query * width, into: toKeys + key * width, rows: seen,
          columns: width, inner: count, accumulating: true)
        withExtendedLifetime(slopes) {}
      }
    }
    return gradients
  }

  /// Calls `body` with the weights of every block that sees anything, those of a list in order; lists are shared between
  /// threads. `products` counts those of queries and keys in all.
  private func eachBlock(products: Int, _ body: (Block) -> Void) {
    let groups = queries.shape.view(around: queries.shape.rank - 2).outer
    let operations = 2 * products * groups * queryCount * keyCount * max(width, size)
    let together = Self.queriesTogether
    queries.withUnsafePointer { queries in
      keys.withUnsafePointer { keys in
        WorkerPool.tasks(groups, operations: operations) { group in
          let weights = Workspace(count: min(together, queryCount) * keyCount)
          for start in stride(from: 0, to: queryCount, by: together) {
            let rows = start..<min(queryCount, start + together)
            // Later queries see no fewer keys.
            let seen = reach.count(ofRow: group * queryCount + rows.upperBound - 1)
            guard seen > 0 else { continue }
            let (asking, asked) = (queries + (group * queryCount + start) * width, keys + group * keyCount * width)
            MatrixProduct.multiply(
              asking, transposed: false, asked, transposed: true, into: weights.pointer, rows: rows.count,
              columns: seen, inner: width)
            for row in rows {
              let own = weights.pointer + (row - start) * seen
              let count = reach.count(ofRow: group * queryCount + row)
              _ = VectorMath.softmax(own, into: own, count: count)
              (own + count).update(repeating: 0, count: seen - count)
            }
            body(Block(group: group, queries: rows, keys: seen, weights: weights.pointer))
          }
          withExtendedLifetime(weights) {}
        }
      }
    }
  }

  private func withPointers(
    _ upstream: Tensor,
    _ body: (
      _ queries: UnsafePointer<Scalar>, _ keys: UnsafePointer<Scalar>, _ values: UnsafePointer<Scalar>,
      _ upstream: UnsafePointer<Scalar>
    ) -> Void
  ) {
    queries.withUnsafePointer { queries in
      keys.withUnsafePointer { keys in
        values.withUnsafePointer { values in upstream.withUnsafePointer { body(queries, keys, values, $0) } }
      }
    }
  }
}
