extension Tensor {
  /// The elementwise sum of two tensors of equal shape.
  public static func + (left: Tensor, right: Tensor) -> Tensor {
    let result = left.zipped(right, "+") { $0 + $1 }
    guard let tape = Tape.recording(left, right) else { return result }
    let (leftSlot, rightSlot) = (left.slot, right.slot)
    return tape.record(result) { upstream, sink in
      sink.accumulate(upstream, into: leftSlot)
      sink.accumulate(upstream, into: rightSlot)
    }
  }

  /// The elementwise difference of two tensors of equal shape.
  public static func - (left: Tensor, right: Tensor) -> Tensor {
    let result = left.zipped(right, "-") { $0 - $1 }
    guard let tape = Tape.recording(left, right) else { return result }
    let (leftSlot, rightSlot) = (left.slot, right.slot)
    return tape.record(result) { upstream, sink in
      sink.accumulate(upstream, into: leftSlot)
      sink.accumulate(into: rightSlot, upstream) { -$0 }
    }
  }

  /// The elementwise product of two tensors of equal shape.
  public static func * (left: Tensor, right: Tensor) -> Tensor {
    let result = left.zipped(right, "*") { $0 * $1 }
    guard let tape = Tape.recording(left, right) else { return result }
    let (leftSlot, rightSlot) = (left.slot, right.slot)
    let (left, right) = (left.detached(), right.detached())
    return tape.record(result) { upstream, sink in
      sink.accumulate(into: leftSlot, upstream, right) { $0 * $1 }
      sink.accumulate(into: rightSlot, upstream, left) { $0 * $1 }
    }
  }

  /// The elementwise quotient of two tensors of equal shape.
  public static func / (left: Tensor, right: Tensor) -> Tensor {
    let result = left.zipped(right, "/") { $0 / $1 }
    guard let tape = Tape.recording(left, right) else { return result }
    let (leftSlot, rightSlot) = (left.slot, right.slot)
    let (quotient, right) = (result, right.detached())
    return tape.record(result) { upstream, sink in
      sink.accumulate(into: leftSlot, upstream, right) { $0 / $1 }
      sink.accumulate(into: rightSlot, upstream, quotient, right) { -$0 * $1 / $2 }
    }
  }

  /// Every element negated.
  public static prefix func - (tensor: Tensor) -> Tensor {
    let result = tensor.mapped { -$0 }
    guard let tape = Tape.recording(tensor) else { return result }
    let slot = tensor.slot
    return tape.record(result) { upstream, sink in sink.accumulate(into: slot, upstream) { -$0 } }
  }

  /// Adds a scalar to every element.
  public static func + (left: Tensor, right: Scalar) -> Tensor {
    let result = left.mapped { $0 + right }
    guard let tape = Tape.recording(left) else { return result }
    let slot = left.slot
    return tape.record(result) { upstream, sink in sink.accumulate(upstream, into: slot) }
  }

  /// Multiplies every element by a scalar.
  public static func * (left: Tensor, right: Scalar) -> Tensor {
    let result = left.mapped { $0 * right }
    guard let tape = Tape.recording(left) else { return result }
    let slot = left.slot
    return tape.record(result) { upstream, sink in sink.accumulate(into: slot, upstream) { $0 * right } }
  }

  /// A scalar divided by every element.
  public static func / (left: Scalar, right: Tensor) -> Tensor {
    let result = right.mapped { left / $0 }
    guard let tape = Tape.recording(right) else { return result }
    let (slot, quotient, divisor) = (right.slot, result, right.detached())
    return tape.record(result) { upstream, sink in
      sink.accumulate(into: slot, upstream, quotient, divisor) { -$0 * $1 / $2 }
    }
  }

  /// Adds a scalar to every element.
  public static func + (left: Scalar, right: Tensor) -> Tensor { right + left }

  /// Subtracts a scalar from every element.
  public static func - (left: Tensor, right: Scalar) -> Tensor { left + (-right) }

  /// A scalar minus every element.
  public static func - (left: Scalar, right: Tensor) -> Tensor {
    let result = right.mapped { left - $0 }
    guard let tape = Tape.recording(right) else { return result }
    let slot = right.slot
    return tape.record(result) { upstream, sink in sink.accumulate(into: slot, upstream) { -$0 } }
  }

  /// Multiplies every element by a scalar.
  public static func * (left: Scalar, right: Tensor) -> Tensor { right * left }

  /// Divides every element by a scalar.
  public static func / (left: Tensor, right: Scalar) -> Tensor { left * (1 / right) }
}
