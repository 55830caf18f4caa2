public import RecurrentTensor

/// What a cell carries from step to step: one or several tensors whose first axis is the batch.
///
/// One method shows all tensors, always in the same order. With it any state can be masked, detached, saved and moved
/// between rows. A cell whose state is one tensor uses `Tensor` itself.
public protocol RecurrentState: Sendable {
  /// Shows every tensor to `body`, which may replace it.
  mutating func visitTensors(_ body: (inout Tensor) -> Void)
}

extension Tensor: RecurrentState {
  /// Shows this tensor.
  public mutating func visitTensors(_ body: (inout Tensor) -> Void) { body(&self) }
}

extension RecurrentState {
  /// All tensors of the state, in the order of the visit.
  public var tensors: [Tensor] {
    var tensors: [Tensor] = []
    var state = self
    state.visitTensors { tensors.append($0) }
    return tensors
  }

  /// The state with every tensor replaced by what `transform` makes of it.
  public func mapTensors(_ transform: (Tensor) -> Tensor) -> Self {
    var state = self
    state.visitTensors { $0 = transform($0) }
    return state
  }

  /// The state with the tensor of this place, in the order of the visit, replaced.
  func replacing(at place: Int, by tensor: Tensor) -> Self {
    var index = -1
    return mapTensors { old in
      index += 1
      return index == place ? tensor : old
    }
  }

  /// A state with these tensors, in the order of the visit and of the same shapes: `tensors` taken back, after saving or
  /// sending them.
  public func replacingTensors(_ tensors: [Tensor]) -> Self {
    let present = self.tensors
    require(
      tensors.count == present.count,
      LayerMessages.count("RecurrentState", "tensors", expected: present.count, received: tensors.count))
    for (tensor, old) in zip(tensors, present) where tensor.shape != old.shape {
      stop(LayerMessages.shape("RecurrentState", "a tensor", expected: "\(old.shape)", received: tensor.shape))
    }
    var replacements = tensors.makeIterator()
    return mapTensors { _ in replacements.next()! }
  }

  /// The same state, through which no gradient flows: the cut of truncated back-propagation through time.
  public func detached() -> Self {
    mapTensors { $0.detached() }
  }

  /// The state with every scalar zero.
  public func zeros() -> Self {
    mapTensors { Tensor(zeros: $0.shape) }
  }

  /// The states of these rows of the batch, in this order; a row may be taken several times.
  public func rows(at indices: [Int]) -> Self {
    mapTensors { $0.rows(at: indices) }
  }

  /// This state in the rows whose mask is not 0, `other` in the rest.
  ///
  /// - Parameters:
  ///   - mask: One number a row, `[batch]`.
  ///   - other: A state of the same shapes.
  /// - Returns: A state of the same shapes.
  public func selected(where mask: Tensor, otherwise other: Self) -> Self {
    var others = other.tensors.makeIterator()
    return mapTensors { Tensor.select(where: mask, $0, otherwise: others.next()!) }
  }
}
