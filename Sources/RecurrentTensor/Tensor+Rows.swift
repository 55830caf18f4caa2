extension Tensor {
  /// The entries of the outermost axis at `indices`, in that order; an index may appear several times.
  ///
  /// - Returns: shape `[indices.count, ...]` with this tensor's further axes.
  public func rows(at indices: [Int]) -> Tensor {
    require(shape.rank >= 1, ShapeMessages.rank("rows(at:)", expected: 1, received: shape))
    let view = shape.view(around: 0)
    for index in indices where index < 0 || index >= view.size {
      stop(ShapeMessages.index("rows(at:)", index, count: view.size))
    }
    let length = view.inner
    let result = Tensor(shape: shape.replacing(axis: 0, with: indices.count)) { result in
      withUnsafePointer { input in
        for (row, index) in indices.enumerated() {
          (result + row * length).update(from: input + index * length, count: length)
        }
      }
    }
    guard let tape = Tape.recording(self) else { return result }
    let slot = slot
    return tape.record(result) { upstream, sink in sink.addRows(upstream, at: indices, into: slot) }
  }
}
