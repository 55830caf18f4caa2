extension Tensor {
  /// The same scalars in another shape of equal count; nothing is copied.
  public func reshaped(to shape: Shape) -> Tensor {
    let result = detached().reshapedStorage(to: shape)
    guard let tape = Tape.recording(self) else { return result }
    return tape.record(storage, shape, GradientTerm(.copy, for: slot))
  }

  func reshapedStorage(to shape: Shape) -> Tensor {
    require(
      shape.count == count, ShapeMessages.mismatch("reshaped(to:)", expected: self.shape, received: shape))
    return Tensor(storage: storage, shape: shape)
  }

  /// A matrix with rows and columns exchanged.
  public func transposed() -> Tensor {
    require(shape.rank == 2, ShapeMessages.rank("transposed()", expected: 2, received: shape))
    return transposed(0, 1)
  }

  /// The tensor with two axes exchanged: `transposed(0, 1)` turns `[batch, time, feature]` into
  /// `[time, batch, feature]`.
  public func transposed(_ first: Int, _ second: Int) -> Tensor {
    guard first != second else { return self }
    let (first, second) = (Swift.min(first, second), Swift.max(first, second))
    let result = exchanged(first, second)
    guard let tape = Tape.recording(self) else { return result }
    let slot = slot
    return tape.record(result) { upstream, sink in sink.accumulate(upstream.exchanged(first, second), into: slot) }
  }

  private func exchanged(_ first: Int, _ second: Int) -> Tensor {
    let (outerView, innerView) = (shape.view(around: first), shape.view(around: second))
    let (rows, columns, inner) = (outerView.size, innerView.size, innerView.inner)
    let middle = innerView.outer / Swift.max(1, outerView.outer * rows)
    let newShape = shape.replacing(axis: first, with: columns).replacing(axis: second, with: rows)
    return Tensor(shape: newShape) { result in
      guard count > 0 else { return }
      withUnsafePointer { input in
        for outer in 0..<outerView.outer {
          let start = outer * rows * middle * columns * inner
          for row in 0..<rows {
            for between in 0..<middle {
              let source = input + start + (row * middle + between) * columns * inner
              for column in 0..<columns {
                let target = result + start + ((column * middle + between) * rows + row) * inner
                if inner == 1 {
                  target.pointee = source[column]
                } else {
                  target.update(from: source + column * inner, count: inner)
                }
              }
            }
          }
        }
      }
    }
  }
}
