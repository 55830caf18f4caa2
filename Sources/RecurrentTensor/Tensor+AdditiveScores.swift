import RecurrentKernels

extension Tensor {
  /// One number for each pair of a query (of this tensor) and a key: the scores of Bahdanau, Cho and Bengio 2015.
  ///
  ///     score[b, i, j] = Σ over u of weight[u] tanh(queries[b, i, u] + keys[b, j, u])
  ///
  /// The hyperbolic tangents are computed again on the way back: they are as many times larger than the scores as there are
  /// units.
  ///
  /// - Parameters:
  ///   - keys: `[batch, keys, units]`; this tensor is `[batch, queries, units]`.
  ///   - weight: `[units]`.
  /// - Returns: `[batch, queries, keys]`.
  public func additiveScores(with keys: Tensor, weight: Tensor) -> Tensor {
    let operation = "additiveScores"
    require(shape.rank == 3, ShapeMessages.rank(operation, expected: 3, received: shape))
    let expected = keys.shape.rank == 3 ? shape.replacing(axis: 1, with: keys.shape[1]) : shape
    require(
      keys.shape == expected, ShapeMessages.mismatch("\(operation) keys", expected: expected, received: keys.shape))
    require(
      weight.shape == [shape[2]],
      ShapeMessages.mismatch("\(operation) weight", expected: [shape[2]], received: weight.shape))
    let scores = AdditiveScores(
      batch: shape[0], queryCount: shape[1], keyCount: keys.shape[1], units: shape[2], queries: detached(),
      keys: keys.detached(), weight: weight.detached())
    let result = Tensor(shape: [shape[0], shape[1], keys.shape[1]]) { scores.forward(into: $0) }
    guard let tape = Tape.recording(self, keys, weight) else { return result }
    let (querySlot, keySlot, weightSlot) = (slot, keys.slot, weight.slot)
    return tape.record(result) { upstream, sink in
      let gradients = scores.gradients(of: upstream)
      sink.accumulate(gradients.queries, into: querySlot)
      sink.accumulate(gradients.keys, into: keySlot)
      sink.accumulate(gradients.weight, into: weightSlot)
    }
  }
}

/// The scores, query after query: each is added to all keys of its row at once.
private struct AdditiveScores {
  let batch, queryCount, keyCount, units: Int
  let queries, keys, weight: Tensor

  /// Those of a hyperbolic tangent count for about twenty.
  private var operations: Int { 20 * batch * queryCount * keyCount * units }

  func forward(into result: UnsafeMutablePointer<Scalar>) {
    weight.withUnsafePointer { weight in
      eachRow { row, query, tangents in
        let target = result + (row * queryCount + query) * keyCount
        for key in 0..<keyCount { target[key] = Loops.dot(tangents + key * units, weight, count: units) }
      }
    }
  }

  /// The gradients of queries, keys and weight; each row of the batch has its own part of the weight's, which are added in
  /// order.
  func gradients(of upstream: Tensor) -> (queries: Tensor, keys: Tensor, weight: Tensor) {
    let (toQueries, toKeys, toWeight) = (
      Tensor(repeating: 0, shape: queries.shape), Tensor(repeating: 0, shape: keys.shape),
      Tensor(repeating: 0, shape: [batch, units])
    )
    weight.withUnsafePointer { weight in
      upstream.withUnsafePointer { upstream in
        eachRow { row, query, tangents in
          let given = upstream + (row * queryCount + query) * keyCount
          MatrixProduct.multiply(
            given, tangents, into: toWeight.storage.pointer + row * units, rows: 1, columns: units, inner: keyCount,
            accumulating: true)
          let slopes = Workspace(count: keyCount * units)
          MatrixProduct.multiply(given, weight, into: slopes.pointer, rows: keyCount, columns: units, inner: 1)
          Elementwise.apply(
            .multiplyTanhSlope, slopes.pointer, tangents, into: slopes.pointer, count: keyCount * units)
          Elementwise.applyRows(
            .copy, (UnsafePointer(slopes.pointer), units),
            into: (toQueries.storage.pointer + (row * queryCount + query) * units, 0),
            rows: keyCount, count: units, mode: .adding)
          Elementwise.apply(
            .copy, slopes.pointer, into: toKeys.storage.pointer + row * keyCount * units, count: keyCount * units,
            mode: .adding)
          withExtendedLifetime(slopes) {}
        }
      }
    }
    return (toQueries, toKeys, toWeight.sum(axis: 0))
  }

  /// Calls `body` with tanh(query + key) of all keys, `[keys, units]`, for every query; rows of the batch are shared between
  /// threads.
  private func eachRow(_ body: (_ row: Int, _ query: Int, _ tangents: UnsafeMutablePointer<Scalar>) -> Void) {
    guard keyCount > 0, units > 0 else { return }
    queries.withUnsafePointer { queries in
      keys.withUnsafePointer { keys in
        WorkerPool.tasks(batch, operations: operations) { row in
          let tangents = Workspace(count: keyCount * units)
          for query in 0..<queryCount {
            Elementwise.applyRows(
              .add, (keys + row * keyCount * units, units), (queries + (row * queryCount + query) * units, 0),
              into: (tangents.pointer, units), rows: keyCount, count: units)
            VectorMath.tanh(tangents.pointer, into: tangents.pointer, count: keyCount * units)
            body(row, query, tangents.pointer)
          }
          withExtendedLifetime(tangents) {}
        }
      }
    }
  }
}
