import RecurrentKernels

extension Tensor {
  /// The part of the tensor with indices in `range` along `axis`: `x[0..<3, axis: 1]`.
  public subscript(range: Range<Int>, axis axis: Int) -> Tensor {
    part(range, axis: axis, shape: shape.replacing(axis: axis, with: range.count))
  }

  /// The part of the tensor at one index along `axis`, which leaves the shape: `x[at: step, axis: 1]`.
  public subscript(at index: Int, axis axis: Int) -> Tensor {
    part(index..<index + 1, axis: axis, shape: shape.removing(axis: axis))
  }

  /// The scalars with indices in `range` along `axis`, in this shape.
  private func part(_ range: Range<Int>, axis: Int, shape part: Shape) -> Tensor {
    let view = shape.view(around: axis)
    if range.lowerBound < 0 || range.upperBound > view.size {
      stop(ShapeMessages.range("Tensor[range, axis:]", range, axis: axis, shape))
    }
    let (offset, length) = (range.lowerBound * view.inner, range.count * view.inner)
    let stride = view.size * view.inner
    let result = storage.columns(from: offset, of: stride, length: length, rows: view.outer)
    guard let tape = Tape.recording(self) else { return Tensor(storage: result, shape: part) }
    return tape.record(result, part, .columns(offset, of: stride, slot))
  }

  /// Tensors joined along an axis on which alone their sizes may differ.
  public static func concatenate(_ tensors: [Tensor], axis: Int) -> Tensor {
    require(!tensors.isEmpty, ShapeMessages.nothingToJoin("concatenate"))
    let first = tensors[0].shape
    var total = 0
    for tensor in tensors {
      require(
        tensor.shape.rank == first.rank && tensor.shape.replacing(axis: axis, with: first[axis]) == first,
        ShapeMessages.mismatch("concatenate(axis: \(axis))", expected: first, received: tensor.shape))
      total += tensor.shape[axis]
    }
    return joined(tensors, into: first.replacing(axis: axis, with: total), axis: axis)
  }

  /// Tensors of equal shape laid side by side along a new axis.
  public static func stack(_ tensors: [Tensor], axis: Int) -> Tensor {
    require(!tensors.isEmpty, ShapeMessages.nothingToJoin("stack"))
    let first = tensors[0].shape
    for tensor in tensors {
      require(
        tensor.shape == first, ShapeMessages.mismatch("stack", expected: first, received: tensor.shape))
    }
    return joined(tensors, into: first.inserting(tensors.count, axis: axis), axis: axis)
  }

  /// Copies blocks of the inputs, which together have `shape.view(around: axis)`, behind each other.
  private static func joined(_ tensors: [Tensor], into shape: Shape, axis: Int) -> Tensor {
    let view = shape.view(around: axis)
    let stride = view.size * view.inner
    let result = Tensor(shape: shape) { result in
      guard view.outer > 0 else { return }
      var offset = 0
      for tensor in tensors {
        let length = tensor.count / view.outer
        tensor.withUnsafePointer { input in
          Elementwise.applyRows(
            .copy, (input, length), into: (result + offset, stride), rows: view.outer, count: length)
        }
        offset += length
      }
    }
    guard let tape = Tape.recording(tensors) else { return result }
    let inputs = tensors.map { (slot: $0.slot, length: $0.count / Swift.max(1, view.outer)) }
    return tape.record(result) { upstream, sink in
      upstream.withUnsafePointer { upstream in
        var offset = 0
        for input in inputs {
          sink.write(into: input.slot) { gradient, accumulating in
            Elementwise.applyRows(
              .copy, (upstream + offset, stride), into: (gradient, input.length), rows: view.outer, count: input.length,
              mode: accumulating ? .adding : .startingSum)
          }
          offset += input.length
        }
      }
    }
  }
}
