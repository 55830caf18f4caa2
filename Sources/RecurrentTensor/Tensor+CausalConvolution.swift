import RecurrentKernels

extension Tensor {
  /// The causal convolution of sequences over time: an output sees its own step and steps before it, zeros before the first.
  ///
  ///     y[b, t, o] = bias[o] + Σ over k, c of weight[o, c, k] x[b, t - (size - 1 - k) dilation, c]
  ///
  /// Every output is one chain: the bias, then the taps from the oldest step on. A tap is one product over all steps that it
  /// reaches, so nothing is gathered.
  ///
  /// - Parameters:
  ///   - weight: `[out, in, size]`; the last tap meets the step itself.
  ///   - bias: `[out]`, or nil for none.
  ///   - dilation: the steps between two taps, at least 1.
  /// - Returns: `[batch, time, out]` of `[batch, time, in]`.
  public func causallyConvolved(with weight: Tensor, bias: Tensor? = nil, dilation: Int = 1) -> Tensor {
    let plan = CausalConvolutionPlan(self, weight, dilation: dilation)
    require(
      bias.map { $0.shape == [plan.outputs] } ?? true,
      ShapeMessages.mismatch("causallyConvolved bias", expected: [plan.outputs], received: bias?.shape ?? []))
    let (input, kernel) = (detached(), weight.detached())
    let result = Tensor(shape: shape.replacing(axis: 2, with: plan.outputs)) { result in
      plan.forward(input, weight: kernel, bias: bias, into: result)
    }
    guard let tape = Tape.recording(self, weight, bias) else { return result }
    let (inputSlot, weightSlot, biasSlot) = (slot, weight.slot, bias?.slot)
    return tape.record(result) { upstream, sink in
      sink.add(into: inputSlot) { plan.addInputGradient(of: upstream, weight: kernel, to: $0) }
      sink.add(into: weightSlot) { plan.addWeightGradient(of: upstream, input: input, to: $0) }
      sink.addColumnSums(of: upstream, into: biasSlot)
    }
  }
}

/// The sizes of a causal convolution, and its products.
private struct CausalConvolutionPlan {
  let batch, time, inputs, outputs, size, dilation: Int

  init(_ input: Tensor, _ weight: Tensor, dilation: Int) {
    let operation = "causallyConvolved"
    require(input.shape.rank == 3, ShapeMessages.rank(operation, expected: 3, received: input.shape))
    require(weight.shape.rank == 3, ShapeMessages.rank("\(operation) weight", expected: 3, received: weight.shape))
    require(weight.shape[1] == input.shape[2], ShapeMessages.inner(operation, input.shape, weight.shape))
    // Sizes and the dilation fit into 32 bits, and so their product into a whole number.
    require(
      dilation >= 1 && dilation <= Int(Int32.max),
      ShapeMessages.index("\(operation) dilation - 1", dilation - 1, count: Int(Int32.max)))
    (batch, time, inputs) = (input.shape[0], input.shape[1], input.shape[2])
    (outputs, size, self.dilation) = (weight.shape[0], weight.shape[2], dilation)
  }

  /// How many steps back a tap looks.
  private func shift(of tap: Int) -> Int { (size - 1 - tap) * dilation }

  /// The taps that reach a step at all, the oldest first.
  private var taps: [Int] { (0..<size).filter { shift(of: $0) < time } }

  private var operations: Int { 2 * batch * time * inputs * outputs * size }

  func forward(_ input: Tensor, weight: Tensor, bias: Tensor?, into result: UnsafeMutablePointer<Scalar>) {
    let packed = packs(weight, inner: inputs, columns: outputs, strides: (inner: size, columns: inputs * size))
    input.withUnsafePointer { input in
      WorkerPool.tasks(batch, operations: operations) { row in
        let target = result + row * time * outputs
        if let bias {
          bias.withUnsafePointer {
            Elementwise.applyRows(.copy, ($0, 0), into: (target, outputs), rows: time, count: outputs)
          }
        } else {
          target.update(repeating: 0, count: time * outputs)
        }
        for (tap, packed) in packed {
          MatrixProduct.multiply(
            input + row * time * inputs, packed, into: target + shift(of: tap) * outputs, rows: time - shift(of: tap),
            accumulating: true)
        }
      }
    }
  }

  func addInputGradient(of upstream: Tensor, weight: Tensor, to gradient: UnsafeMutablePointer<Scalar>) {
    let packed = packs(weight, inner: outputs, columns: inputs, strides: (inner: inputs * size, columns: size))
    upstream.withUnsafePointer { upstream in
      WorkerPool.tasks(batch, operations: operations) { row in
        for (tap, packed) in packed {
          MatrixProduct.multiply(
            upstream + (row * time + shift(of: tap)) * outputs, packed, into: gradient + row * time * inputs,
            rows: time - shift(of: tap), accumulating: true)
        }
      }
    }
  }

  func addWeightGradient(of upstream: Tensor, input: Tensor, to gradient: UnsafeMutablePointer<Scalar>) {
    let sums = Workspace(count: outputs * inputs)
    upstream.withUnsafePointer { upstream in
      input.withUnsafePointer { input in
        for tap in taps where batch > 0 {
          let steps = time - shift(of: tap)
          var left = RowTable(width: outputs, capacity: batch * steps)
          var right = RowTable(width: inputs, capacity: batch * steps)
          for row in 0..<batch {
            left.append(upstream + (row * time + shift(of: tap)) * outputs, count: steps)
            right.append(input + row * time * inputs, count: steps)
          }
          MatrixProduct.multiplyRows(left, right, into: sums.pointer, accumulating: false)
          for place in 0..<outputs * inputs { gradient[place * size + tap] += sums.pointer[place] }
        }
      }
    }
    withExtendedLifetime(sums) {}
  }

  /// The matrix of every tap, packed as the right side of a product.
  private func packs(
    _ weight: Tensor, inner: Int, columns: Int, strides: (inner: Int, columns: Int)
  ) -> [(tap: Int, packed: PackedMatrix)] {
    weight.withUnsafePointer { weight in
      taps.map { ($0, PackedMatrix(weight + $0, inner: inner, columns: columns, strides: strides)) }
    }
  }
}
