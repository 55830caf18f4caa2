import RecurrentKernels

extension Tensor {
  /// exp(x) divided by the sum of exp(x) over the last axis.
  public func softmax() -> Tensor { softmax(SoftmaxReach("softmax()", shape, lengths: nil, isCausal: false)) }

  /// The same over the entries that count, the first ones, and zero behind them: the weights with which queries see keys.
  /// What stands behind (even NaN) has no influence; where no entry counts all weights are zero.
  ///
  /// - Parameters:
  ///   - lengths: how many keys of each row of the batch count, each in `0...keys`; nil if all do.
  ///   - isCausal: whether query i sees the keys 0 to i alone.
  /// - Returns: the shape of this tensor, `[batch, ..., queries, keys]`.
  public func softmax(lengths: [Int]?, isCausal: Bool = false) -> Tensor {
    let operation = "softmax(lengths:isCausal:)"
    require(shape.rank >= 2, ShapeMessages.rank(operation, expected: 2, received: shape))
    return softmax(SoftmaxReach(operation, shape, lengths: lengths, isCausal: isCausal))
  }

  private func softmax(_ reach: SoftmaxReach) -> Tensor {
    let columns = shape.last
    let result = Tensor(shape: shape) { result in
      withUnsafePointer { input in
        reach.eachRow { row, count in
          let (source, target) = (input + row * columns, result + row * columns)
          if count > 0 { _ = VectorMath.softmax(source, into: target, count: count) }
          (target + count).update(repeating: 0, count: columns - count)
        }
      }
    }
    guard let tape = Tape.recording(self) else { return result }
    let slot = slot
    return tape.record(result) { upstream, sink in
      sink.write(into: slot) { gradient, accumulating in
        upstream.withUnsafePointer { upstream in
          result.withUnsafePointer { output in
            reach.eachRow { row, count in
              let start = row * columns
              let (upstream, output, gradient) = (upstream + start, output + start, gradient + start)
              let mean = Loops.dot(upstream, output, count: count)
              if accumulating {
                for index in 0..<count { gradient[index] += output[index] * (upstream[index] - mean) }
              } else {
                for index in 0..<count { gradient[index] = output[index] * (upstream[index] - mean) }
                (gradient + count).update(repeating: 0, count: columns - count)
              }
            }
          }
        }
      }
    }
  }

  /// The natural logarithm of the softmax over the last axis, without overflow.
  public func logSoftmax() -> Tensor {
    let columns = shape.last
    let result = mappedRows { row, output in
      let (largest, sum) = VectorMath.softmax(row, into: output, count: columns)
      let offset = largest + naturalLogarithm(sum)
      Loops.map(row, into: output, count: columns) { $0 - offset }
    }
    guard let tape = Tape.recording(self) else { return result }
    let slot = slot
    return tape.record(result) { upstream, sink in
      let probabilities = result.exp()
      sink.accumulateRowwise(into: slot, upstream, probabilities) { upstream, output, gradient, accumulating in
        let total = VectorMath.sum(upstream, count: columns)
        if accumulating {
          for index in 0..<columns { gradient[index] += upstream[index] - output[index] * total }
        } else {
          for index in 0..<columns { gradient[index] = upstream[index] - output[index] * total }
        }
      }
    }
  }

  @inline(__always)
  private func mappedRows(_ body: (UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void) -> Tensor {
    let (rows, columns) = (shape.rowCount, shape.last)
    return Tensor(shape: shape) { result in
      guard columns > 0 else { return }
      withUnsafePointer { input in
        for row in 0..<rows { body(input + row * columns, result + row * columns) }
      }
    }
  }
}

/// How many entries of each row of `[batch, ..., queries, keys]` count.
struct SoftmaxReach {
  private let rows, keys, queries: Int
  private let lengths: [Int]?
  private let isCausal: Bool

  /// Stops, in the name of the operation, unless the lengths fit.
  init(_ operation: String, _ shape: Shape, lengths: [Int]?, isCausal: Bool) {
    if let lengths {
      require(
        lengths.count == shape[0],
        ShapeMessages.mismatch("\(operation) lengths", expected: [shape[0]], received: [lengths.count]))
      for length in lengths where length < 0 || length > shape.last {
        stop(ShapeMessages.index("\(operation) lengths", length, count: shape.last + 1))
      }
    }
    (rows, keys, queries) = (shape.rowCount, shape.last, shape.rank < 2 ? 1 : shape[shape.rank - 2])
    (self.lengths, self.isCausal) = (lengths, isCausal)
  }

  /// What counts of a row; no less than of the row before it with the same length.
  func count(ofRow row: Int) -> Int {
    let length = lengths.map { $0[row / (rows / $0.count)] } ?? keys
    return isCausal ? min(length, row % queries + 1) : length
  }

  /// Calls `body` with each row and what counts of it; rows are shared between threads where there is much to do.
  func eachRow(_ body: (_ row: Int, _ count: Int) -> Void) {
    guard keys > 0 else { return }
    WorkerPool.ranges(of: rows, atLeast: max(2, (1 << 15) / keys)) { range in
      for row in range { body(row, count(ofRow: row)) }
    }
  }
}

extension GradientSink {
  /// Calls `body` with each row of the upstream gradient, of the output, and of the gradient to add to.
  @inline(__always)
  fileprivate mutating func accumulateRowwise(
    into slot: TapeSlot?, _ upstream: Tensor, _ output: Tensor,
    _ body: (UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>, Bool) -> Void
  ) {
    let (rows, columns) = (output.shape.rowCount, output.shape.last)
    write(into: slot) { gradient, accumulating in
      upstream.withUnsafePointer { upstream in
        output.withUnsafePointer { output in
          for start in stride(from: 0, to: rows * columns, by: max(1, columns)) {
            body(upstream + start, output + start, gradient + start, accumulating)
          }
        }
      }
    }
  }
}
