import CRecurrentKernels

/// The cells that the sequence driver runs, and where each keeps its gate values.
///
/// A unit keeps `slots` values a step. Input products fill `inputSlots`, the recurrent product of each phase fills one
/// of `phases`; weight gate g goes to `inputSlots[g]` and `recurrentSlots[g]`.
package enum SequenceCell: Sendable, CaseIterable {
  case elmanTanh, elmanReLU, elmanSigmoid, elmanLinear
  case lstm
  /// r ⊙ (W h + b), as PyTorch.
  case gruResetAfterProduct
  /// W (r ⊙ h) + b, as the paper of 2014.
  case gruResetBeforeProduct

  var index: rk_cell {
    switch self {
    case .elmanTanh: RK_ELMAN_TANH
    case .elmanReLU: RK_ELMAN_RELU
    case .elmanSigmoid: RK_ELMAN_SIGMOID
    case .elmanLinear: RK_ELMAN_LINEAR
    case .lstm: RK_LSTM
    case .gruResetAfterProduct: RK_GRU_RESET_AFTER
    case .gruResetBeforeProduct: RK_GRU_RESET_BEFORE
    }
  }

  /// A number of its own.
  package var number: UInt64 { UInt64(index.rawValue) }

  var slots: Int { isGated ? (self == .gruResetBeforeProduct ? 3 : 4) : 1 }

  var isGated: Bool { self == .lstm || self == .gruResetAfterProduct || self == .gruResetBeforeProduct }

  /// Gates of the weights: the first dimension of each is `gates * hiddenSize`.
  package var gates: Int { self == .lstm ? 4 : isGated ? 3 : 1 }

  /// Whether a second state (LSTM's cell state) is carried beside h.
  package var hasMemory: Bool { self == .lstm }

  var inputSlots: [Int] {
    switch self {
    case .lstm: [0, 1, 2, 3]
    case .gruResetAfterProduct: [1, 2, 0]
    case .gruResetBeforeProduct: [0, 1, 2]
    default: [0]
    }
  }

  var recurrentSlots: [Int] {
    self == .gruResetAfterProduct ? [1, 2, 3] : inputSlots
  }

  /// The slots of each phase's recurrent product; the operand of phase 0 is h, of phase 1 r ⊙ h.
  var phases: [Range<Int>] {
    switch self {
    case .lstm: [0..<4]
    case .gruResetAfterProduct: [1..<4]
    case .gruResetBeforeProduct: [0..<2, 2..<3]
    default: [0..<1]
    }
  }

  var inputRange: Range<Int> { self == .gruResetAfterProduct ? 0..<3 : 0..<slots }
}

/// The weights of one layer and direction, PyTorch's shapes and gate order.
package struct SequenceWeights {
  /// `[gates * hidden, input]` and `[gates * hidden, hidden]`.
  package var input, hidden: UnsafePointer<KernelScalar>
  /// `[gates * hidden]`, or nil.
  package var inputBias, hiddenBias: UnsafePointer<KernelScalar>?

  package init(
    input: UnsafePointer<KernelScalar>, hidden: UnsafePointer<KernelScalar>,
    inputBias: UnsafePointer<KernelScalar>?, hiddenBias: UnsafePointer<KernelScalar>?
  ) {
    (self.input, self.hidden, self.inputBias, self.hiddenBias) = (input, hidden, inputBias, hiddenBias)
  }
}

/// Sizes of a sequence computation.
package struct SequenceSize: Sendable {
  package var batch, time, input, hidden: Int

  package init(batch: Int, time: Int, input: Int, hidden: Int) {
    (self.batch, self.time, self.input, self.hidden) = (batch, time, input, hidden)
  }

  var blocks: Int { MatrixProduct.panels(hidden) }
  var paddedHidden: Int { blocks * MatrixProduct.lanes }
}
