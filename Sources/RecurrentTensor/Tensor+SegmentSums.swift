extension Tensor {
  /// The sums of neighbours along the last axis, from every start to every end.
  ///
  ///     y[..., 0, t] = x[0] + ... + x[t]
  ///     y[..., s + 1, t] = x[s + 1] + ... + x[t]     0 for s = t, -∞ for s > t
  ///
  /// What a quantity that decays by x at every step has lost from step s to step t; an exponential of it is 0 where t comes
  /// before s. Every sum is one chain of its own numbers, so that large ones elsewhere cost it no precision (Dao and Gu,
  /// "Transformers are SSMs", 2024).
  ///
  /// - Parameter reversed: Whether the walk goes from the last element to the first: y[..., 0, t] = x[last] + ... + x[t], and
  ///   before and after change places.
  /// - Returns: `[..., steps + 1, steps]` of `[..., steps]`. Takes steps² additions for each row.
  public func segmentSums(reversed: Bool = false) -> Tensor {
    require(shape.rank >= 1, ShapeMessages.rank("segmentSums", expected: 1, received: shape))
    let (steps, rows) = (shape.last, shape.count / Swift.max(1, shape.last))
    func place(_ step: Int) -> Int { reversed ? steps - 1 - step : step }
    let result = Tensor(shape: Shape(shape.sizes.dropLast() + [steps + 1, steps])) { result in
      withUnsafePointer { input in
        for row in 0..<rows {
          let (x, y) = (input + row * steps, result + row * (steps + 1) * steps)
          for start in -1..<steps {
            let sums = y + (start < 0 ? 0 : place(start) + 1) * steps
            for step in 0..<Swift.max(0, start) { sums[place(step)] = -.infinity }
            var sum: Scalar = 0
            if start >= 0 { sums[place(start)] = 0 }
            for step in start + 1..<steps {
              sum += x[place(step)]
              sums[place(step)] = sum
            }
          }
        }
      }
    }
    guard let tape = Tape.recording(self) else { return result }
    let slot = slot
    return tape.record(result) { upstream, sink in
      sink.add(into: slot) { gradient in
        upstream.withUnsafePointer { upstream in
          for row in 0..<rows {
            let (dx, dy) = (gradient + row * steps, upstream + row * (steps + 1) * steps)
            for start in -1..<steps {
              let sums = dy + (start < 0 ? 0 : place(start) + 1) * steps
              var sum: Scalar = 0
              for step in (start + 1..<steps).reversed() {
                sum += sums[place(step)]
                dx[place(step)] += sum
              }
            }
          }
        }
      }
    }
  }
}
