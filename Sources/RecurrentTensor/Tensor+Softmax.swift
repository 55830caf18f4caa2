import RecurrentKernels

extension Tensor {
  /// exp(x) divided by the sum of exp(x) over the last axis.
  public func softmax() -> Tensor {
    let columns = shape.last
    let result = mappedRows { row, output in
      _ = VectorMath.softmax(row, into: output, count: columns)
    }
    guard let tape = Tape.recording(self) else { return result }
    let slot = slot
    return tape.record(result) { upstream, sink in
      sink.accumulateRowwise(into: slot, upstream, result) { upstream, output, gradient, accumulating in
        let mean = Loops.dot(upstream, output, count: columns)
        if accumulating {
          for index in 0..<columns { gradient[index] += output[index] * (upstream[index] - mean) }
        } else {
          for index in 0..<columns { gradient[index] = output[index] * (upstream[index] - mean) }
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
