import RecurrentKernels

extension Tensor {
  /// The sum of all elements, of shape `[]`, in an order that does not depend on threads.
  public func sum() -> Tensor {
    let result = Tensor(withUnsafePointer { VectorMath.sum($0, count: count) })
    guard let tape = Tape.recording(self) else { return result }
    let slot = slot
    return tape.record(result) { upstream, sink in
      let scalar = upstream.scalar
      sink.accumulateElements(into: slot) { _ in scalar }
    }
  }

  /// The mean of all elements, of shape `[]`.
  public func mean() -> Tensor { sum() / Scalar(count) }

  /// The sum over one axis, which leaves the shape.
  public func sum(axis: Int) -> Tensor {
    let view = shape.view(around: axis)
    let result = Tensor(shape: shape.removing(axis: axis)) { result in
      withUnsafePointer { input in
        if view.inner == 1 {
          for row in 0..<view.outer { result[row] = VectorMath.sum(input + row * view.size, count: view.size) }
          return
        }
        result.update(repeating: 0, count: view.outer * view.inner)
        for outer in 0..<view.outer {
          Elementwise.applyRows(
            .copy, (input + outer * view.size * view.inner, view.inner), into: (result + outer * view.inner, 0),
            rows: view.size, count: view.inner, mode: .adding)
        }
      }
    }
    guard let tape = Tape.recording(self) else { return result }
    let slot = slot
    return tape.record(result) { upstream, sink in
      sink.add(into: slot) { gradient in
        upstream.withUnsafePointer { upstream in
          for outer in 0..<view.outer {
            Elementwise.applyRows(
              .copy, (upstream + outer * view.inner, 0),
              into: (gradient + outer * view.size * view.inner, view.inner), rows: view.size, count: view.inner,
              mode: .adding)
          }
        }
      }
    }
  }

  /// The mean over one axis, which leaves the shape.
  public func mean(axis: Int) -> Tensor { sum(axis: axis) / Scalar(shape[axis]) }

  /// The largest element along one axis, which leaves the shape; its gradient goes to the first of equal elements.
  public func max(axis: Int) -> Tensor {
    let view = shape.view(around: axis)
    require(view.size > 0, ShapeMessages.nothingToJoin("max(axis:)"))
    let result = Tensor(shape: shape.removing(axis: axis)) { result in
      withUnsafePointer { input in
        for outer in 0..<view.outer {
          let (block, target) = (input + outer * view.size * view.inner, result + outer * view.inner)
          target.update(from: block, count: view.inner)
          for index in 1..<Swift.max(1, view.size) {
            Loops.zip(target, block + index * view.inner, into: target, count: view.inner) { $1 > $0 ? $1 : $0 }
          }
        }
      }
    }
    guard let tape = Tape.recording(self) else { return result }
    let (slot, input) = (slot, detached())
    return tape.record(result) { upstream, sink in
      sink.add(into: slot) { gradient in
        input.withUnsafePointer { input in
          result.withUnsafePointer { result in
            upstream.withUnsafePointer { addAtMaxima(view, input, result, $0, gradient) }
          }
        }
      }
    }
  }
}

private func addAtMaxima(
  _ view: Shape.AxisView, _ input: UnsafePointer<Scalar>, _ result: UnsafePointer<Scalar>,
  _ upstream: UnsafePointer<Scalar>, _ gradient: UnsafeMutablePointer<Scalar>
) {
  for outer in 0..<view.outer {
    for inner in 0..<view.inner {
      let (start, target) = (outer * view.size * view.inner + inner, outer * view.inner + inner)
      var index = 0
      while index < view.size - 1, input[start + index * view.inner] != result[target] { index += 1 }
      gradient[start + index * view.inner] += upstream[target]
    }
  }
}
