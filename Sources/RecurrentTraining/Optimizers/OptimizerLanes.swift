import RecurrentKernels
import RecurrentTensor

extension OptimizerState.Span {
  /// Eight scalars of a parameter, their gradients, and up to three remembered quantities of each.
  struct Lanes {
    var weights = SIMD8<Scalar>(), gradient = SIMD8<Scalar>()
    var first = SIMD8<Scalar>(), second = SIMD8<Scalar>(), third = SIMD8<Scalar>()
  }

  /// Hands all scalars to `body`, eight at a time, and keeps what it makes of weights and quantities.
  ///
  /// Updates are written in lanes because the square root of a single scalar is a call of the C library, that of lanes an
  /// instruction.
  @inline(__always)
  func advance(quantities: Int, _ body: (inout Lanes) -> Void) {
    WorkerPool.ranges(of: (count + 7) / 8, atLeast: 1 << 12) { groups in
      advance(groups.lowerBound * 8..<min(count, groups.upperBound * 8), quantities: quantities, body)
    }
  }

  @inline(__always)
  private func advance(_ range: Range<Int>, quantities: Int, _ body: (inout Lanes) -> Void) {
    let first = quantities > 0 ? memory[0] : weights
    let second = quantities > 1 ? memory[1] : weights
    let third = quantities > 2 ? memory[2] : weights
    let whole = range.upperBound - range.count % 8
    for index in stride(from: range.lowerBound, to: whole, by: 8) {
      var lanes = Lanes(weights: load(weights + index), gradient: load(gradient + index))
      if quantities > 0 { lanes.first = load(first + index) }
      if quantities > 1 { lanes.second = load(second + index) }
      if quantities > 2 { lanes.third = load(third + index) }
      body(&lanes)
      store(lanes.weights, weights + index)
      if quantities > 0 { store(lanes.first, first + index) }
      if quantities > 1 { store(lanes.second, second + index) }
      if quantities > 2 { store(lanes.third, third + index) }
    }
    guard whole < range.upperBound else { return }
    var lanes = Lanes()
    for (lane, index) in (whole..<range.upperBound).enumerated() {
      lanes.weights[lane] = weights[index]
      lanes.gradient[lane] = gradient[index]
      if quantities > 0 { lanes.first[lane] = first[index] }
      if quantities > 1 { lanes.second[lane] = second[index] }
      if quantities > 2 { lanes.third[lane] = third[index] }
    }
    body(&lanes)
    for (lane, index) in (whole..<range.upperBound).enumerated() {
      weights[index] = lanes.weights[lane]
      if quantities > 0 { first[index] = lanes.first[lane] }
      if quantities > 1 { second[index] = lanes.second[lane] }
      if quantities > 2 { third[index] = lanes.third[lane] }
    }
  }
}

@inline(__always)
private func load(_ pointer: UnsafePointer<Scalar>) -> SIMD8<Scalar> {
  UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Scalar>.self)
}

@inline(__always)
private func store(_ lanes: SIMD8<Scalar>, _ pointer: UnsafeMutablePointer<Scalar>) {
  UnsafeMutableRawPointer(pointer).storeBytes(of: lanes, as: SIMD8<Scalar>.self)
}
