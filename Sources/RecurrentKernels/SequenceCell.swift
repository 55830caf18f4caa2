import CRecurrentKernels

/// A cell that the sequence driver runs, and where it keeps its gate values.
///
/// A unit has room for `slots` values a step. Input products fill `inputSlots`, the recurrent product of each phase fills one
/// of `phases`; weight gate g goes to `inputSlots[g]` and `recurrentSlots[g]`.
package struct SequenceCell: Sendable, Equatable {
  /// A number of its own.
  package let number: UInt64
  let index: rk_cell
  let slots: Int
  package let inputSlots, recurrentSlots: [Int]
  /// Slots of the gradients of weights that are one number a unit.
  package let unitSlots: [Int]
  /// Whether the way back reads gate values of the way forward: else the outputs and memories tell it all.
  package let readsGates: Bool
  /// The slots of each phase's recurrent product; the operand of phase 0 is h, of phase 1 what phase 0 has made.
  let phases: [Range<Int>]
  /// The slots that the input reaches, from the first one without gaps, and those that the recurrent product alone reaches.
  let inputRange, recurrentRange: Range<Int>
  /// States that a unit carries beside h, as LSTM's c.
  package let memories: Int
  /// The values of a unit, side by side, that the second phase's product meets.
  package let operands: Int
  /// Whether the second phase only reads the states out: no later step sees what it makes, so that it takes a block of steps
  /// at once.
  package let isReadOut: Bool
  /// The inputs that a step sees, the oldest first: its own and those before it.
  package let inputSteps: Int
  /// The pointwise pair of a cell that the kernels do not know by name.
  let program: PointwiseProgram?

  private init(
    _ index: rk_cell, slots: Int, inputSlots: [Int], recurrentSlots: [Int], phases: [Range<Int>], memories: Int = 0,
    readsGates: Bool = true
  ) {
    (number, self.index, self.slots) = (UInt64(index.rawValue), index, slots)
    (self.inputSlots, self.recurrentSlots, unitSlots) = (inputSlots, recurrentSlots, [])
    (self.phases, self.memories, program) = (phases, memories, nil)
    (operands, isReadOut, inputSteps) = (1, false, 1)
    self.readsGates = readsGates
    inputRange = 0..<inputSlots.count
    recurrentRange = inputSlots.count..<slots
  }

  /// A cell of this pointwise pair.
  package init(_ program: PointwiseProgram, _ slots: PointwiseSlots) {
    (number, index) = (UInt64(RK_CELL_COUNT.rawValue) + program.number, RK_POINTWISE)
    (self.slots, inputSlots, recurrentSlots) = (slots.count, slots.input, slots.recurrent)
    (unitSlots, phases, inputRange) = (slots.unit, slots.phases, slots.inputRange)
    recurrentRange = slots.inputRange.count..<slots.gates
    readsGates = slots.phases.count > 1 || program.readsSlots
    (memories, self.program) = (program.memories, program)
    (operands, isReadOut, inputSteps) = (slots.operands, slots.isReadOut, slots.inputSteps)
    precondition(inputRange.lowerBound == 0 && slots.gates <= slots.count, "slots of gates come first")
  }

  package static func == (a: SequenceCell, b: SequenceCell) -> Bool { a.number == b.number }

  /// Gates that meet the input: the first dimension of the input weights is `gates * hiddenSize`.
  package var gates: Int { inputSlots.count }

  package var hasMemory: Bool { memories > 0 }

  /// The instructions of the first phase of a program, and those of them that go step by step.
  package var carriedInstructions: (carried: PhaseInstructions, all: PhaseInstructions) {
    guard let pair = program?.pair.pointee else { return (.init(), .init()) }
    return (
      PhaseInstructions(forward: Int(pair.forward.0.carried.count), backward: Int(pair.backward.0.carried.count)),
      PhaseInstructions(forward: Int(pair.forward.0.whole.count), backward: Int(pair.backward.0.whole.count))
    )
  }

  /// Whether a unit of a step needs others of the step before. Without recurrent products shares of units do not wait for
  /// each other at every step.
  package var joinsUnits: Bool { !isReadOut && !recurrentSlots.isEmpty }

  /// Bytes of the recurrent weights of so many units.
  func recurrentBytes(_ size: SequenceSize, units: Int) -> Int {
    recurrentSlots.count * units * operands * size.hidden * MemoryLayout<KernelScalar>.stride
  }

  /// The scalars of a row that the product of a phase meets.
  func operandWidth(_ size: SequenceSize, phase: Int) -> Int { phase == 0 ? size.hidden : operands * size.hidden }

  /// Multiply-adds of one row and step.
  func products(_ size: SequenceSize) -> Int {
    (inputSlots.count * size.input + recurrentSlots.count * operands * size.hidden) * size.hidden
  }
}

/// How many instructions a phase has.
package struct PhaseInstructions: Sendable, Equatable {
  package var forward = 0, backward = 0
}

extension SequenceCell: CaseIterable {
  private static func elman(_ index: rk_cell) -> SequenceCell {
    SequenceCell(index, slots: 1, inputSlots: [0], recurrentSlots: [0], phases: [0..<1], readsGates: false)
  }

  package static let elmanTanh = elman(RK_ELMAN_TANH)
  package static let elmanReLU = elman(RK_ELMAN_RELU)
  package static let elmanSigmoid = elman(RK_ELMAN_SIGMOID)
  package static let elmanLinear = elman(RK_ELMAN_LINEAR)
  package static let lstm = SequenceCell(
    RK_LSTM, slots: 4, inputSlots: [0, 1, 2, 3], recurrentSlots: [0, 1, 2, 3], phases: [0..<4], memories: 1)
  /// r ⊙ (W h + b), as PyTorch.
  package static let gruResetAfterProduct = SequenceCell(
    RK_GRU_RESET_AFTER, slots: 4, inputSlots: [1, 2, 0], recurrentSlots: [1, 2, 3], phases: [1..<4])
  /// W (r ⊙ h) + b, as the paper of 2014.
  package static let gruResetBeforeProduct = SequenceCell(
    RK_GRU_RESET_BEFORE, slots: 3, inputSlots: [0, 1, 2], recurrentSlots: [0, 1, 2], phases: [0..<2, 2..<3])

  /// The cells that the kernels know by name.
  package static let allCases: [SequenceCell] = [
    elmanTanh, elmanReLU, elmanSigmoid, elmanLinear, lstm, gruResetAfterProduct, gruResetBeforeProduct,
  ]
}

/// The weights of one layer and direction, PyTorch's shapes and gate order.
package struct SequenceWeights {
  /// `[gates * hidden, input]` and `[gates * hidden, hidden]`.
  package var input, hidden: UnsafePointer<KernelScalar>
  /// `[gates * hidden]`, or nil.
  package var inputBias, hiddenBias: UnsafePointer<KernelScalar>?
  /// `[hidden]` each: weights that are one number a unit.
  package var units: [UnsafePointer<KernelScalar>]

  package init(
    input: UnsafePointer<KernelScalar>, hidden: UnsafePointer<KernelScalar>,
    inputBias: UnsafePointer<KernelScalar>?, hiddenBias: UnsafePointer<KernelScalar>?,
    units: [UnsafePointer<KernelScalar>] = []
  ) {
    (self.input, self.hidden, self.inputBias, self.hiddenBias) = (input, hidden, inputBias, hiddenBias)
    self.units = units
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
