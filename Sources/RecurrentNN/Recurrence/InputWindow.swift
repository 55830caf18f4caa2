import RecurrentKernels
import RecurrentTensor

/// The inputs of every step beside those of the steps before it, in the order of a walk: what a convolution over time sees.
struct InputWindow {
  /// `[batch, time, steps * inputSize]`, the oldest input first; zero at steps that are not valid.
  let inputs: Tensor
  /// What the step after the last one sees again, `[batch, (steps - 1) * inputSize]`.
  let past: Tensor

  /// - Parameters:
  ///   - layer: The name of the layer in messages.
  ///   - inputs: `[batch, time, inputSize]`.
  ///   - past: The inputs before the first step of the walk, `[batch, (steps - 1) * inputSize]`, the oldest first.
  ///   - steps: The inputs that a step sees.
  ///   - lengths: The valid steps of each row; nil if all are valid.
  ///   - reversed: Whether each row is walked from its own last valid step to its first.
  init(_ layer: String, _ inputs: Tensor, after past: Tensor, steps: Int, lengths: [Int]?, reversed: Bool) {
    let valid = StepLengths(layer, lengths, inputs: inputs)
    let width = inputs.shape.rank == 3 ? inputs.shape[2] : 0
    require(
      past.shape == [valid.rows, (steps - 1) * width],
      LayerMessages.shape(
        layer, "past inputs", expected: "[\(valid.rows), \((steps - 1) * width)]", received: past.shape))
    let walk = WindowWalk(width: width, steps: steps, valid: valid, isReversed: reversed)
    let tensors = [inputs.detached(), past.detached()]
    let window = Tensor(shape: [valid.rows, valid.steps, steps * width]) { window in
      walk.forward(tensors[0].storage.pointer, tensors[1].storage.pointer, into: window)
    }
    let last = Tensor(shape: past.shape) { last in
      walk.past(tensors[0].storage.pointer, tensors[1].storage.pointer, into: last)
    }
    withExtendedLifetime(tensors) {}
    guard let tape = Tape.recording([inputs, past]) else {
      (self.inputs, self.past) = (window, last)
      return
    }
    let (inputSlot, pastSlot) = (inputs.slot, past.slot)
    let recorded = tape.record([window, last]) { upstreams, sink in
      let gradients = upstreams.map { $0.map { UnsafePointer($0.storage.pointer) } }
      sink.add(into: inputSlot) { walk.backward(gradients[0], gradients[1], toInputs: $0) }
      sink.add(into: pastSlot) { walk.backward(gradients[0], gradients[1], toPast: $0) }
      withExtendedLifetime(upstreams) {}
    }
    (self.inputs, self.past) = (recorded[0], recorded[1])
  }
}

/// Where the inputs of a walk lie. Place i of a row's walk is its i-th step, or of the past if it is negative.
private struct WindowWalk: Sendable {
  let width, steps: Int
  let valid: StepLengths
  let isReversed: Bool

  typealias Scalars = UnsafePointer<Scalar>
  typealias Target = UnsafeMutablePointer<Scalar>

  private func time(of place: Int, _ length: Int) -> Int { isReversed ? length - 1 - place : place }

  private func offset(_ row: Int, _ time: Int) -> Int { row * valid.steps + time }

  /// The input at a place.
  private func input(_ inputs: Target, _ past: Target, _ row: Int, _ place: Int) -> Target {
    guard place >= 0 else { return past + ((row + 1) * (steps - 1) + place) * width }
    return inputs + offset(row, time(of: place, valid.length(ofRow: row))) * width
  }

  func forward(_ inputs: Target, _ past: Target, into window: Target) {
    eachRange { row, places in
      let length = valid.length(ofRow: row)
      for place in places {
        let to = window + offset(row, place < length ? time(of: place, length) : place) * steps * width
        guard place < length else {
          to.update(repeating: 0, count: steps * width)
          continue
        }
        for part in 0..<steps {
          (to + part * width).update(from: input(inputs, past, row, place + part + 1 - steps), count: width)
        }
      }
    }
  }

  func past(_ inputs: Target, _ past: Target, into last: Target) {
    for row in 0..<valid.rows {
      let length = valid.length(ofRow: row)
      for part in 0..<steps - 1 {
        (last + (row * (steps - 1) + part) * width)
          .update(from: input(inputs, past, row, length + part + 1 - steps), count: width)
      }
    }
  }

  /// Adds what the gradients of the windows and of the last past mean for the inputs.
  func backward(_ window: Scalars?, _ last: Scalars?, toInputs target: Target) {
    eachRange { row, places in
      let length = valid.length(ofRow: row)
      for place in places where place < length {
        add(window, last, row, place, to: target + offset(row, time(of: place, length)) * width)
      }
    }
  }

  /// The same for the past before the walk.
  func backward(_ window: Scalars?, _ last: Scalars?, toPast target: Target) {
    for row in 0..<valid.rows {
      for part in 0..<steps - 1 {
        add(window, last, row, part + 1 - steps, to: target + (row * (steps - 1) + part) * width)
      }
    }
  }

  /// The input at a place is the newest of its own window, and an older one of those that follow.
  private func add(_ window: Scalars?, _ last: Scalars?, _ row: Int, _ place: Int, to target: Target) {
    let length = valid.length(ofRow: row)
    for age in 0..<steps {
      let (seenAt, part) = (place + age, steps - 1 - age)
      if seenAt >= 0, seenAt < length {
        guard let window else { continue }
        add(window + (offset(row, time(of: seenAt, length)) * steps + part) * width, to: target)
      } else if seenAt >= length, let last, place - length + steps - 1 >= 0 {
        // What the walk hands on holds the input once.
        return add(last + (row * (steps - 1) + place - length + steps - 1) * width, to: target)
      }
    }
  }

  private func add(_ gradient: Scalars, to target: Target) {
    Elementwise.apply(.copy, gradient, into: target, count: width, mode: .adding)
  }

  /// Calls `body` with every row and all its places, on several threads where there is much to copy.
  private func eachRange(_ body: (_ row: Int, _ places: Range<Int>) -> Void) {
    let (rows, length) = (valid.rows, valid.steps)
    let parts = rows * length * steps * width < MatrixProduct.parallelPacking ? 1 : WorkerPool.threadCount
    WorkerPool.run(parts: parts) { part in
      let share = MatrixProduct.share(of: rows * length, member: part, of: parts)
      var next = share.lowerBound
      while next < share.upperBound {
        let row = next / length
        let end = min(share.upperBound, (row + 1) * length)
        body(row, next - row * length..<end - row * length)
        next = end
      }
    }
  }
}
