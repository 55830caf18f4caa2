package import RecurrentKernels

/// A cell that the kernels know: whole sequences by the fused driver, streams without allocation.
package protocol FusedCell: RecurrentCell {
  /// What the kernels call the cell.
  var sequenceCell: SequenceCell { get }
  /// The weights of all gates.
  var weights: CellWeights { get }
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

extension FusedCell {
  /// The weights in the kernels' order, kept with them until any of them changes.
  package func packedForStream() -> PackedCell {
    weights.packed(
      for: sequenceCell, SequenceSize(batch: 1, time: 1, input: weights.inputSize, hidden: weights.hiddenSize))
  }
}
