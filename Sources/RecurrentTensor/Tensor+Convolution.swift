import RecurrentKernels

extension Tensor {
  /// The convolution of channels over one or two axes, padded with zeros so that sizes stay ("same"); as elsewhere, the
  /// kernel is not mirrored.
  ///
  ///     y[b, o, p] = bias[o] + Σ over c, q of weight[o, c, q] x[b, c, p + q - centre]
  ///
  /// Each image is gathered into columns, one for each place, and multiplied; the way back gathers again instead of keeping
  /// what is as many times larger than the image as the kernel has places.
  ///
  /// - Parameters:
  ///   - weight: `[out, in, size]` or `[out, in, height, width]`, with odd sizes.
  ///   - bias: `[out]`, or nil for none.
  /// - Returns: `[batch, out, length]` of `[batch, in, length]`, or `[batch, out, height, width]` of
  ///   `[batch, in, height, width]`.
  public func convolved(with weight: Tensor, bias: Tensor? = nil) -> Tensor {
    let plan = ConvolutionPlan(self, weight)
    require(
      bias.map { $0.shape == [plan.outputs] } ?? true,
      ShapeMessages.mismatch("convolved bias", expected: [plan.outputs], received: bias?.shape ?? []))
    let result = Tensor(shape: shape.replacing(axis: 1, with: plan.outputs)) { result in
      withUnsafePointer { input in
        weight.withUnsafePointer { weight in
          plan.forward(input, weight: weight, bias: bias, into: result)
        }
      }
      withExtendedLifetime(bias) {}
    }
    let biases = bias.map { [$0] } ?? []
    guard let tape = Tape.recording([self, weight] + biases) else { return result }
    let (inputSlot, weightSlot, biasSlot) = (slot, weight.slot, bias?.slot)
    let (input, kernel) = (detached(), weight.detached())
    return tape.record(result) { upstream, sink in
      upstream.withUnsafePointer { upstream in
        kernel.withUnsafePointer { kernel in
          sink.add(into: inputSlot) { plan.addInputGradient(of: upstream, weight: kernel, to: $0) }
        }
        input.withUnsafePointer { input in
          sink.write(into: weightSlot) { gradient, accumulating in
            plan.weightGradient(of: upstream, input: input, into: gradient, accumulating: accumulating)
          }
        }
        sink.add(into: biasSlot) { plan.addBiasGradient(of: upstream, to: $0) }
      }
    }
  }
}

/// The sizes of a convolution, and its products for one image after the other.
private struct ConvolutionPlan {
  let batch, inputs, outputs: Int
  /// Rows and columns of an image; a line is an image of one row.
  let height, width: Int
  let kernelHeight, kernelWidth: Int

  private var places: Int { height * width }
  /// The rows of an image's columns: one for each input channel and place of the kernel.
  private var inner: Int { inputs * kernelHeight * kernelWidth }

  init(_ input: Tensor, _ weight: Tensor) {
    let (sizes, kernel) = (input.shape.sizes, weight.shape.sizes)
    require(sizes.count == 3 || sizes.count == 4, ShapeMessages.rank("convolved", expected: 4, received: input.shape))
    require(
      kernel.count == sizes.count,
      ShapeMessages.rank("convolved weight", expected: sizes.count, received: weight.shape))
    require(kernel[1] == sizes[1], ShapeMessages.inner("convolved", input.shape, weight.shape))
    let odd = Shape(kernel.enumerated().map { $0 < 2 ? $1 : $1 | 1 })
    require(
      odd == weight.shape,
      ShapeMessages.mismatch("convolved weight, of odd sizes,", expected: odd, received: weight.shape))
    (batch, inputs, outputs) = (sizes[0], sizes[1], kernel[0])
    (height, width) = sizes.count == 4 ? (sizes[2], sizes[3]) : (1, sizes[2])
    (kernelHeight, kernelWidth) = sizes.count == 4 ? (kernel[2], kernel[3]) : (1, kernel[2])
  }

  func forward(
    _ input: UnsafePointer<Scalar>, weight: UnsafePointer<Scalar>, bias: Tensor?,
    into result: UnsafeMutablePointer<Scalar>
  ) {
    withColumns { columns in
      for image in 0..<batch {
        gather(input + image * inputs * places, into: columns)
        let target = result + image * outputs * places
        if let bias {
          for output in 0..<outputs { (target + output * places).update(repeating: bias[output], count: places) }
        }
        MatrixProduct.multiply(
          weight, columns, into: target, rows: outputs, columns: places, inner: inner, accumulating: bias != nil)
      }
    }
  }

  func addInputGradient(
    of upstream: UnsafePointer<Scalar>, weight: UnsafePointer<Scalar>, to gradient: UnsafeMutablePointer<Scalar>
  ) {
    withColumns { columns in
      for image in 0..<batch {
        MatrixProduct.multiply(
          weight, transposed: true, upstream + image * outputs * places, into: columns, rows: inner, columns: places,
          inner: outputs)
        scatter(columns, addingTo: gradient + image * inputs * places)
      }
    }
  }

  func weightGradient(
    of upstream: UnsafePointer<Scalar>, input: UnsafePointer<Scalar>, into gradient: UnsafeMutablePointer<Scalar>,
    accumulating: Bool
  ) {
    if batch == 0 && !accumulating { gradient.update(repeating: 0, count: outputs * inner) }
    withColumns { columns in
      for image in 0..<batch {
        gather(input + image * inputs * places, into: columns)
        MatrixProduct.multiply(
          upstream + image * outputs * places, transposed: false, columns, transposed: true, into: gradient,
          rows: outputs, columns: inner, inner: places, accumulating: accumulating || image > 0)
      }
    }
  }

  func addBiasGradient(of upstream: UnsafePointer<Scalar>, to gradient: UnsafeMutablePointer<Scalar>) {
    for image in 0..<batch {
      for output in 0..<outputs {
        gradient[output] += VectorMath.sum(upstream + (image * outputs + output) * places, count: places)
      }
    }
  }

  /// Memory for the columns of one image, `[inner, places]`.
  private func withColumns(_ body: (UnsafeMutablePointer<Scalar>) -> Void) {
    let columns = TensorStorage(count: inner * places)
    body(columns.pointer)
    withExtendedLifetime(columns) {}
  }

  /// Calls `copy(row of the columns' memory, row of the image's memory, scalars)` for each run of scalars that both share;
  /// `blank` gets the runs of columns that lie outside the image.
  @inline(__always)
  private func runs(
    copy: (_ column: Int, _ image: Int, _ count: Int) -> Void, blank: (_ column: Int, _ count: Int) -> Void
  ) {
    var row = 0
    for channel in 0..<inputs {
      for y in 0..<kernelHeight {
        for x in 0..<kernelWidth {
          let (down, right) = (y - kernelHeight / 2, x - kernelWidth / 2)
          let (left, count) = (max(0, -right), max(0, width - abs(right)))
          for line in 0..<height {
            let target = row * places + line * width
            guard (0..<height).contains(line + down), count > 0 else {
              blank(target, width)
              continue
            }
            if left > 0 { blank(target, left) }
            copy(target + left, channel * places + (line + down) * width + left + right, count)
            if left + count < width { blank(target + left + count, width - left - count) }
          }
          row += 1
        }
      }
    }
  }

  private func gather(_ image: UnsafePointer<Scalar>, into columns: UnsafeMutablePointer<Scalar>) {
    runs(
      copy: { (columns + $0).update(from: image + $1, count: $2) },
      blank: { (columns + $0).update(repeating: 0, count: $1) })
  }

  private func scatter(_ columns: UnsafePointer<Scalar>, addingTo image: UnsafeMutablePointer<Scalar>) {
    runs(
      copy: { Elementwise.apply(.copy, columns + $0, into: image + $1, count: $2, mode: .adding) }, blank: { _, _ in })
  }
}
