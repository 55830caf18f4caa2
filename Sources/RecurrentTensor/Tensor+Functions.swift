import RecurrentKernels

extension Tensor {
  /// e raised to every element.
  public func exp() -> Tensor {
    let result = storage.mapped(VectorMath.exp, count: shape.count)
    guard let tape = Tape.recording(self) else { return Tensor(storage: result, shape: shape) }
    return tape.record(result, shape, GradientTerm(.multiply, result, for: slot))
  }

  /// The natural logarithm of every element.
  public func log() -> Tensor {
    let result = mapped { naturalLogarithm($0) }
    guard let tape = Tape.recording(self) else { return result }
    return tape.record(result.storage, shape, GradientTerm(.divide, storage, for: slot))
  }

  /// The hyperbolic tangent of every element.
  public func tanh() -> Tensor {
    let result = storage.mapped(VectorMath.tanh, count: shape.count)
    guard let tape = Tape.recording(self) else { return Tensor(storage: result, shape: shape) }
    return tape.record(result, shape, GradientTerm(.multiplyTanhSlope, result, for: slot))
  }

  /// 1 / (1 + exp(-x)) of every element x.
  public func sigmoid() -> Tensor {
    let result = storage.mapped(VectorMath.sigmoid, count: shape.count)
    guard let tape = Tape.recording(self) else { return Tensor(storage: result, shape: shape) }
    return tape.record(result, shape, GradientTerm(.multiplySigmoidSlope, result, for: slot))
  }

  /// log(1 + exp(x)) of every element x, without overflow.
  public func softplus() -> Tensor {
    let result = mapped { Swift.max($0, 0) + logarithmOfOnePlus(exponential(-Swift.abs($0))) }
    guard let tape = Tape.recording(self) else { return result }
    let (slot, input) = (slot, detached())
    return tape.record(result) { upstream, sink in
      sink.accumulate(into: slot, upstream, input.sigmoid()) { $0 * $1 }
    }
  }

  /// The cosine of every element.
  public func cosine() -> Tensor {
    let result = mapped { cosineOf($0) }
    guard let tape = Tape.recording(self) else { return result }
    let (slot, input) = (slot, detached())
    return tape.record(result) { upstream, sink in
      sink.accumulate(into: slot, upstream, input) { -$0 * sineOf($1) }
    }
  }

  /// The sine of every element.
  public func sine() -> Tensor {
    let result = mapped { sineOf($0) }
    guard let tape = Tape.recording(self) else { return result }
    let (slot, input) = (slot, detached())
    return tape.record(result) { upstream, sink in sink.accumulate(into: slot, upstream, input) { $0 * cosineOf($1) } }
  }

  /// Every element below 0 replaced by 0; NaN stays.
  public func relu() -> Tensor {
    let result = mapped { $0 < 0 ? 0 : $0 }
    guard let tape = Tape.recording(self) else { return result }
    let slot = slot
    return tape.record(result) { upstream, sink in
      sink.accumulate(into: slot, upstream, result) { $1 == 0 ? 0 : $0 }
    }
  }

  /// Every element times itself.
  public func squared() -> Tensor {
    let result = mapped { $0 * $0 }
    guard let tape = Tape.recording(self) else { return result }
    let (slot, input) = (slot, detached())
    return tape.record(result) { upstream, sink in sink.accumulate(into: slot, upstream, input) { 2 * $0 * $1 } }
  }

  /// The square root of every element.
  public func squareRoot() -> Tensor {
    let result = mapped { $0.squareRoot() }
    guard let tape = Tape.recording(self) else { return result }
    let slot = slot
    return tape.record(result) { upstream, sink in sink.accumulate(into: slot, upstream, result) { $0 / (2 * $1) } }
  }

  /// The absolute value of every element; its derivative at 0 is taken as 0.
  public func absolute() -> Tensor {
    let result = mapped { Swift.abs($0) }
    guard let tape = Tape.recording(self) else { return result }
    let (slot, input) = (slot, detached())
    return tape.record(result) { upstream, sink in
      sink.accumulate(into: slot, upstream, input) { $1 > 0 ? $0 : $1 < 0 ? -$0 : 0 * $1 }
    }
  }

  /// Every element moved to the nearest value inside `range`; NaN stays. The derivative is 1 inside, 0 outside.
  public func clamped(to range: ClosedRange<Scalar>) -> Tensor {
    let (lower, upper) = (range.lowerBound, range.upperBound)
    let result = mapped { $0 < lower ? lower : $0 > upper ? upper : $0 }
    guard let tape = Tape.recording(self) else { return result }
    let (slot, input) = (slot, detached())
    return tape.record(result) { upstream, sink in
      sink.accumulate(into: slot, upstream, input) { $1 < lower || $1 > upper ? 0 : $0 }
    }
  }

  /// This tensor itself; what flows back through it is moved to the nearest value inside `range`, NaN stays.
  ///
  /// On the state between two steps it keeps the gradient from growing on its way back through time (Graves, "Generating
  /// sequences with recurrent neural networks", 2013).
  public func clampingGradient(to range: ClosedRange<Scalar>) -> Tensor {
    guard let tape = Tape.recording(self) else { return self }
    let slot = slot
    return tape.record(detached()) { upstream, sink in sink.accumulate(upstream.clamped(to: range), into: slot) }
  }
}
