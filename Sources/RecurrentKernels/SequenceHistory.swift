import CRecurrentKernels

/// What a run keeps for the way back.
package enum SequenceHistory: Sendable {
  /// Nothing: an inference run.
  case none
  /// h and the memories, as LSTM's c. The way back computes the gate values that it reads again, one span of steps after another.
  case states
  /// The gate values of every step too.
  case everything
}

/// Values of a part's step rows: of all steps, or of a window of steps that moves on with the walk.
struct StepStore {
  private let memory: Workspace
  private let width: Int
  private let window: Int?
  private let places: Int

  /// Not initialised rows of `width` scalars; windows of `window` steps are held at a time, each for as long as the next ones
  /// are not `places` windows further, all steps if it is nil.
  init(_ layout: SequenceLayout, size: SequenceSize, width: Int, window: Int?, places: Int) {
    (self.width, self.places) = (width, places)
    self.window = window.map { min($0, max(1, size.time)) }
    memory = Workspace(count: max(1, (self.window.map { size.batch * $0 * places } ?? layout.stepRows) * width))
  }

  /// The rows of a step; those of later steps of the same window follow.
  func rows(_ part: SequencePart, _ step: Int) -> rk_rows {
    rk_rows(base: pointer(part, step), offset: nil, stride: Int64(width), shift: 0)
  }

  /// The first step of the block of `length` steps that holds a step. A division of 64 bits takes as long as a small step.
  static func start(of step: Int, by length: Int) -> Int {
    Int(UInt32(truncatingIfNeeded: step) / UInt32(truncatingIfNeeded: length)) * length
  }

  func pointer(_ part: SequencePart, _ step: Int) -> UnsafeMutablePointer<KernelScalar> {
    guard let window else { return memory.pointer + part.start(of: step) * width }
    let start = StepStore.start(of: step, by: window)
    // A place of its own for each of those who take windows in turn, however few rows the windows before it have.
    let place = places == 1 ? 0 : start / window % places * part.rows.count
    let row = (part.firstRow * places + place) * window + part.start(of: step) - part.start(of: start)
    return memory.pointer + row * width
  }
}

/// What the steps of a run work on.
struct StepValues {
  /// Gate values `[step row][block][slot][16]`, overwritten by their gradients on the way back.
  let gates: StepStore
  /// The operands of a second phase, as r ⊙ h of the reset-before GRU.
  let operand: StepStore?

  func operandRows(_ part: SequencePart, _ step: Int) -> rk_rows { operand?.rows(part, step) ?? rk_rows() }
}
