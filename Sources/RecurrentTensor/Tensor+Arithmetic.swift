extension Tensor {
  /// The elementwise sum of two tensors of equal shape.
  public static func + (left: Tensor, right: Tensor) -> Tensor {
    let result = left.zipped(.add, right, "+")
    guard let tape = Tape.recording(left, right) else { return Tensor(storage: result, shape: left.shape) }
    return tape.record(result, left.shape, GradientTerm(.copy, for: left.slot), GradientTerm(.copy, for: right.slot))
  }

  /// The elementwise difference of two tensors of equal shape.
  public static func - (left: Tensor, right: Tensor) -> Tensor {
    let result = left.zipped(.subtract, right, "-")
    guard let tape = Tape.recording(left, right) else { return Tensor(storage: result, shape: left.shape) }
    return tape.record(result, left.shape, GradientTerm(.copy, for: left.slot), GradientTerm(.negate, for: right.slot))
  }

  /// The elementwise product of two tensors of equal shape.
  public static func * (left: Tensor, right: Tensor) -> Tensor {
    let result = left.zipped(.multiply, right, "*")
    guard let tape = Tape.recording(left, right) else { return Tensor(storage: result, shape: left.shape) }
    return tape.record(
      result, left.shape, GradientTerm(.multiply, right.storage, for: left.slot),
      GradientTerm(.multiply, left.storage, for: right.slot))
  }

  /// The elementwise quotient of two tensors of equal shape.
  public static func / (left: Tensor, right: Tensor) -> Tensor {
    let result = Tensor(storage: left.zipped(.divide, right, "/"), shape: left.shape)
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
    return tape.record(result.storage, result.shape, GradientTerm(.negate, for: tensor.slot))
  }

  /// Adds a scalar to every element.
  public static func + (left: Tensor, right: Scalar) -> Tensor {
    let result = left.mapped { $0 + right }
    guard let tape = Tape.recording(left) else { return result }
    return tape.record(result.storage, result.shape, GradientTerm(.copy, for: left.slot))
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
    return tape.record(result.storage, result.shape, GradientTerm(.negate, for: right.slot))
  }

  /// Multiplies every element by a scalar.
  public static func * (left: Scalar, right: Tensor) -> Tensor { right * left }

  /// Divides every element by a scalar.
  public static func / (left: Tensor, right: Scalar) -> Tensor { left * (1 / right) }
}
