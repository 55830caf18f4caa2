import RecurrentKernels

extension Tensor {
  /// Adds a vector of shape `[last]` to every row (the rows run along the last axis).
  public func adding(rowVector vector: Tensor) -> Tensor {
    let result = mappedRows(.add, vector, "adding(rowVector:)")
    guard let tape = Tape.recording(self, vector) else { return result }
    let (slot, vectorSlot) = (slot, vector.slot)
    return tape.record(result) { upstream, sink in
      sink.accumulate(upstream, into: slot)
      sink.addColumnSums(of: upstream, into: vectorSlot)
    }
  }

  /// Multiplies every row elementwise by a vector of shape `[last]`.
  public func multiplying(rowVector vector: Tensor) -> Tensor {
    let result = mappedRows(.multiply, vector, "multiplying(rowVector:)")
    guard let tape = Tape.recording(self, vector) else { return result }
    let (slot, vectorSlot) = (slot, vector.slot)
    let (input, vector) = (detached(), vector.detached())
    return tape.record(result) { upstream, sink in
      if slot != nil { sink.accumulate(upstream.multiplying(rowVector: vector), into: slot) }
      if vectorSlot != nil { sink.addColumnSums(of: upstream * input, into: vectorSlot) }
    }
  }

  /// Adds to every row (along the last axis) its own scalar; `scalars` has this tensor's shape without the last axis.
  public func adding(perRow scalars: Tensor) -> Tensor {
    let result = mappedPerRow(scalars, "adding(perRow:)") { $0 + $1 }
    guard let tape = Tape.recording(self, scalars) else { return result }
    let (slot, scalarsSlot) = (slot, scalars.slot)
    return tape.record(result) { upstream, sink in
      sink.accumulate(upstream, into: slot)
      sink.accumulateRows(into: scalarsSlot, upstream) { row, count in VectorMath.sum(row, count: count) }
    }
  }

  /// Multiplies every row (along the last axis) by its own scalar; `scalars` has this tensor's shape without the
  /// last axis.
  public func multiplying(perRow scalars: Tensor) -> Tensor {
    let result = mappedPerRow(scalars, "multiplying(perRow:)") { $0 * $1 }
    guard let tape = Tape.recording(self, scalars) else { return result }
    let (slot, scalarsSlot) = (slot, scalars.slot)
    let (input, scalars) = (detached(), scalars.detached())
    return tape.record(result) { upstream, sink in
      if slot != nil { sink.accumulate(upstream.multiplying(perRow: scalars), into: slot) }
      guard scalarsSlot != nil else { return }
      input.withUnsafePointer { input in
        upstream.withUnsafePointer { upstreamPointer in
          sink.accumulateRows(into: scalarsSlot, upstream) { row, count in
            Loops.dot(row, input + (row - upstreamPointer), count: count)
          }
        }
      }
    }
  }

  private func mappedRows(_ operation: PointwiseOperation, _ vector: Tensor, _ name: String) -> Tensor {
    let columns = shape.last
    require(
      shape.rank >= 1 && vector.shape == [columns],
      ShapeMessages.mismatch(name, expected: [columns], received: vector.shape))
    return Tensor(shape: shape) { result in
      withUnsafePointer { input in
        vector.withUnsafePointer { vector in
          Elementwise.applyRows(
            operation, (input, columns), (vector, 0), into: (result, columns), rows: shape.rowCount, count: columns)
        }
      }
    }
  }

  @inline(__always)
  private func mappedPerRow(_ scalars: Tensor, _ operation: String, _ body: (Scalar, Scalar) -> Scalar) -> Tensor {
    require(shape.rank >= 1, ShapeMessages.rank(operation, expected: 1, received: shape))
    let expected = shape.removing(axis: shape.rank - 1)
    require(
      scalars.shape == expected, ShapeMessages.mismatch(operation, expected: expected, received: scalars.shape))
    let columns = shape.last
    return Tensor(shape: shape) { result in
      withUnsafePointer { input in
        scalars.withUnsafePointer { scalars in
          for row in 0..<shape.rowCount {
            let scalar = scalars[row]
            Loops.map(input + row * columns, into: result + row * columns, count: columns) { body($0, scalar) }
          }
        }
      }
    }
  }
}

extension GradientSink {
  /// Adds the sums over all rows of `upstream`, row after row, to the gradient of a vector.
  package mutating func addColumnSums(of upstream: Tensor, into slot: TapeSlot?) {
    let (rows, columns) = (upstream.shape.rowCount, upstream.shape.last)
    add(into: slot) { gradient in
      upstream.withUnsafePointer { source in
        // Threads take whole cache lines.
        let lines = (columns + 15) / 16
        WorkerPool.ranges(of: lines, atLeast: Swift.max(2, (1 << 12) / Swift.max(1, rows))) { range in
          let first = range.lowerBound * 16
          Elementwise.applyRows(
            .copy, (source + first, columns), into: (gradient + first, 0), rows: rows,
            count: Swift.min(columns, range.upperBound * 16) - first, mode: .adding)
        }
      }
    }
  }

  /// Adds `reduce(row, count)` for every row of `tensor` to a gradient that holds one scalar a row.
  @inline(__always)
  mutating func accumulateRows(
    into slot: TapeSlot?, _ tensor: Tensor, _ reduce: (UnsafePointer<Scalar>, Int) -> Scalar
  ) {
    let columns = tensor.shape.last
    tensor.withUnsafePointer { source in
      accumulateElements(into: slot) { reduce(source + $0 * columns, columns) }
    }
  }
}
