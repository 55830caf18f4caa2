package import RecurrentKernels

/// A cell that the kernels know: whole sequences by the fused driver, streams without allocation.
package protocol FusedCell: RecurrentCell {
  /// What the kernels call the cell.
  var sequenceCell: SequenceCell { get }
  /// The weights of all gates.
  var weights: CellWeights { get }
}

extension FusedCell {
  /// If its gates would take more than 512 MiB, or there are more than 512 steps and the way back does not read them.
  public func recomputes(rows: Int, steps: Int) -> Bool {
    weights.recomputes(sequenceCell, rows: rows, steps: steps)
  }
}

extension ElmanCell: FusedCell {
  package var sequenceCell: SequenceCell {
    switch activation {
    case .tanh: .elmanTanh
    case .relu: .elmanReLU
    case .sigmoid: .elmanSigmoid
    case .linear: .elmanLinear
    }
  }
}

extension LSTMCell: FusedCell {
  package var sequenceCell: SequenceCell { .lstm }
}

extension GRUCell: FusedCell {
  package var sequenceCell: SequenceCell {
    reset == .afterProduct ? .gruResetAfterProduct : .gruResetBeforeProduct
  }
}

extension CellWeights {
  /// The weights in the kernels' order, kept with them until any of them changes.
  package func packedForStream(_ cell: SequenceCell) -> PackedCell {
    packed(for: cell, SequenceSize(batch: 1, time: 1, input: inputSize, hidden: hiddenSize))
  }
}

extension RecurrentCell {
  /// The weights in the kernels' order, if the kernels can step through a stream of this cell.
  package func packedForStream() -> PackedCell? {
    if let cell = self as? any FusedCell { return cell.weights.packedForStream(cell.sequenceCell) }
    guard let cell = self as? any PointwiseCell else { return nil }
    return cell.equationWeights.packedForStream(type(of: cell).equations.sequenceCell)
  }
}
