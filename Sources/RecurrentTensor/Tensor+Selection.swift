import RecurrentKernels

extension Tensor {
  /// The elements of `chosen` where the mask is not 0, those of `other` elsewhere.
  ///
  /// - Parameters:
  ///   - mask: a constant of the tensors' shape, or of the sizes of their first axes: one decision for each row.
  ///   - chosen: the tensor taken where the mask is not 0.
  ///   - other: the tensor of the same shape taken where the mask is 0. Scalars not taken (even NaN) have no influence.
  /// - Returns: a tensor of the shape of `chosen`.
  public static func select(where mask: Tensor, _ chosen: Tensor, otherwise other: Tensor) -> Tensor {
    require(
      chosen.shape == other.shape, ShapeMessages.mismatch("select", expected: chosen.shape, received: other.shape))
    let leading = Shape(chosen.shape.sizes.prefix(mask.shape.rank))
    require(mask.shape == leading, ShapeMessages.mismatch("select mask", expected: leading, received: mask.shape))
    let (rows, length) = (mask.count, chosen.count / Swift.max(1, mask.count))
    let mask = mask.detached()
    let result = Tensor(shape: chosen.shape) { result in
      mask.withUnsafePointer { mask in
        chosen.withUnsafePointer { a in
          other.withUnsafePointer { b in
            if length == 1 {
              for index in 0..<rows { result[index] = mask[index] != 0 ? a[index] : b[index] }
              return
            }
            for row in 0..<rows {
              (result + row * length).update(from: (mask[row] != 0 ? a : b) + row * length, count: length)
            }
          }
        }
      }
    }
    guard let tape = Tape.recording(chosen, other) else { return result }
    let (chosenSlot, otherSlot) = (chosen.slot, other.slot)
    return tape.record(result) { upstream, sink in
      sink.addRows(of: upstream, where: mask, isSet: true, into: chosenSlot)
      sink.addRows(of: upstream, where: mask, isSet: false, into: otherSlot)
    }
  }

  /// 1 where an element is greater than `threshold`, else 0: a constant for `select`, without gradient.
  public func mask(above threshold: Scalar) -> Tensor {
    mapped { $0 > threshold ? 1 : 0 }
  }
}

extension GradientSink {
  /// Adds the rows of `upstream` whose mask is set (or not set) to a gradient.
  fileprivate mutating func addRows(of upstream: Tensor, where mask: Tensor, isSet: Bool, into slot: TapeSlot?) {
    let (rows, length) = (mask.count, upstream.count / Swift.max(1, mask.count))
    add(into: slot) { gradient in
      mask.withUnsafePointer { mask in
        upstream.withUnsafePointer { upstream in
          for row in 0..<rows where (mask[row] != 0) == isSet {
            let target = gradient + row * length
            Elementwise.apply(.copy, upstream + row * length, into: target, count: length, mode: .adding)
          }
        }
      }
    }
  }
}
