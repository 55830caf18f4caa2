import CRecurrentKernels
import Synchronization

/// What an instruction of a pointwise program does with its operands a, b, c.
package enum PointwiseOperation: Sendable, Hashable {
  case copy
  case add, subtract, multiply, divide
  /// a b + c, and c - a b, rounded once.
  case multiplyAdd, negatedMultiplyAdd
  case negate, maximum, minimum
  /// a where b >= c, or b < c; else 0.
  case whereAtLeast, whereBelow
  case exp, tanh, sigmoid, relu, softplus
  /// a times the derivative of the function whose value is b.
  case multiplyTanhSlope, multiplySigmoidSlope, multiplyReLUSlope
  /// a + b, zero where that has vanished.
  case settledSum

  var index: rk_operation {
    switch self {
    case .copy: RK_COPY
    case .add: RK_ADD
    case .subtract: RK_SUBTRACT
    case .multiply: RK_MULTIPLY
    case .divide: RK_DIVIDE
    case .multiplyAdd: RK_MULTIPLY_ADD
    case .negatedMultiplyAdd: RK_NEGATED_MULTIPLY_ADD
    case .negate: RK_NEGATE
    case .maximum: RK_MAXIMUM
    case .minimum: RK_MINIMUM
    case .whereAtLeast: RK_WHERE_AT_LEAST
    case .whereBelow: RK_WHERE_BELOW
    case .exp: RK_EXP
    case .tanh: RK_TANH
    case .sigmoid: RK_SIGMOID
    case .relu: RK_RELU
    case .softplus: RK_SOFTPLUS
    case .multiplyTanhSlope: RK_MULTIPLY_TANH_SLOPE
    case .multiplySigmoidSlope: RK_MULTIPLY_SIGMOID_SLOPE
    case .multiplyReLUSlope: RK_MULTIPLY_RELU_SLOPE
    case .settledSum: RK_SETTLED_SUM
    }
  }
}

/// Where an operand or a result of an instruction lies.
package enum PointwisePlace: Sendable, Hashable {
  case register(Int), slot(Int), constant(Int), unitWeight(Int)
  case hiddenBefore, hidden, operand(Int), memoryBefore(Int), memory(Int)
  /// dL/d output of the step; dL/dh as it is carried; dL/d operand; dL/d memory.
  case upstream, hiddenGradient, operandGradient(Int), memoryGradient(Int)
  /// What one part of a phase makes for another.
  case waiting(Int)

  fileprivate var place: rk_place {
    let (kind, index): (rk_place_kind, Int) =
      switch self {
      case .register(let index): (RK_REGISTER, index)
      case .slot(let index): (RK_SLOT, index)
      case .constant(let index): (RK_CONSTANT, index)
      case .unitWeight(let index): (RK_UNIT_WEIGHT, index)
      case .hiddenBefore: (RK_HIDDEN_BEFORE, 0)
      case .hidden: (RK_HIDDEN, 0)
      case .operand(let index): (RK_OPERAND, index)
      case .memoryBefore(let index): (RK_MEMORY_BEFORE, index)
      case .memory(let index): (RK_MEMORY, index)
      case .upstream: (RK_UPSTREAM, 0)
      case .hiddenGradient: (RK_HIDDEN_GRADIENT, 0)
      case .operandGradient(let index): (RK_OPERAND_GRADIENT, index)
      case .memoryGradient(let index): (RK_MEMORY_GRADIENT, index)
      case .waiting(let index): (RK_WAITING, index)
      }
    return rk_place(kind: UInt8(kind.rawValue), index: UInt8(index))
  }
}

package struct PointwiseInstruction: Sendable, Equatable {
  package var operation: PointwiseOperation
  package var operands: [PointwisePlace]
  package var result: PointwisePlace
  /// Whether a result that has vanished becomes zero.
  package var settles: Bool

  package init(
    _ operation: PointwiseOperation, _ operands: [PointwisePlace], into result: PointwisePlace, settles: Bool = false
  ) {
    (self.operation, self.operands, self.result, self.settles) = (operation, operands, result, settles)
  }

  fileprivate var instruction: rk_instruction {
    precondition((1...3).contains(operands.count))
    var instruction = rk_instruction()
    instruction.operation = UInt8(operation.index.rawValue)
    instruction.settles = settles ? 1 : 0
    instruction.result = result.place
    instruction.a = operands[0].place
    if operands.count > 1 { instruction.b = operands[1].place }
    if operands.count > 2 { instruction.c = operands[2].place }
    return instruction
  }
}

/// The instructions of a phase in their order.
package struct PointwiseCode: Sendable, Equatable {
  package var instructions: [PointwiseInstruction]
  /// Those that take over from the step before or hand on: what stands before them needs no other step, and no step waits for
  /// what stands behind them. Values go from one part to the next in slots, memories and waiting places, never in registers.
  package var carried: Range<Int>

  package init(_ instructions: [PointwiseInstruction], carried: Range<Int>) {
    (self.instructions, self.carried) = (instructions, carried)
  }
}

/// The slots of a cell with a program: input weights go to `input`, recurrent ones to `recurrent`, each in the order of the
/// gates; `unit` are those of the gradients of weights of one number a unit.
package struct PointwiseSlots: Sendable {
  package var count: Int
  /// Slots that products reach; those of units lie behind them, then those that only the way back uses.
  package var gates: Int
  package var input, recurrent, unit: [Int]
  package var phases: [Range<Int>]
  package var inputRange: Range<Int>
  /// The values of a unit that the second phase's product meets.
  package var operands = 1
  /// Whether the second phase only reads the states out.
  package var isReadOut = false
  /// The inputs that a step sees: its own and those before it.
  package var inputSteps = 1

  package init(
    count: Int, gates: Int, input: [Int], recurrent: [Int], unit: [Int], phases: [Range<Int>], inputRange: Range<Int>
  ) {
    self.gates = gates
    (self.count, self.input, self.recurrent, self.unit) = (count, input, recurrent, unit)
    (self.phases, self.inputRange) = (phases, inputRange)
  }
}

/// A pointwise pair as straight code: what a cell makes of its gate values, and of the gradients of its results.
package final class PointwiseProgram: @unchecked Sendable {
  /// The slots, memories or constants that a program may have.
  package static let places = Int(UInt8.max)
  /// The operands that a second phase may have.
  package static let operands = Int(RK_MOST_OPERANDS)
  /// The registers that a program may use.
  package static let registers = Int(RK_REGISTERS)
  /// The values that may wait for another part of a phase.
  package static let waiting = Int(RK_MOST_WAITING)
  private static let made = Atomic<UInt64>(0)

  /// A number of its own.
  let number: UInt64
  let memories: Int
  /// Whether the way back reads what the way forward has left in slots.
  let readsSlots: Bool
  let pair: UnsafeMutablePointer<rk_pointwise>
  private let constants: UnsafeMutablePointer<KernelScalar>
  private var code: [UnsafeMutablePointer<rk_instruction>] = []

  /// A program of this code by phase; constants are numbered as they stand in `constants`.
  package init(memories: Int, constants: [KernelScalar], forward: [PointwiseCode], backward: [PointwiseCode]) {
    precondition((1...2).contains(forward.count) && forward.count == backward.count)
    number = Self.made.wrappingAdd(1, ordering: .relaxed).newValue
    self.memories = memories
    readsSlots = Self.readsSlots(backward)
    let lanes = MatrixProduct.lanes
    self.constants = .allocate(capacity: max(1, constants.count * lanes))
    for (index, value) in constants.enumerated() {
      (self.constants + index * lanes).initialize(repeating: value, count: lanes)
    }
    pair = .allocate(capacity: 1)
    pair.initialize(to: rk_pointwise())
    pair.pointee.memories = Int64(memories)
    pair.pointee.constants = UnsafePointer(self.constants)
    pair.pointee.forward = (copied(forward[0]), copied(forward[forward.count - 1]))
    pair.pointee.backward = (copied(backward[0]), copied(backward[backward.count - 1]))
  }

  private static func readsSlots(_ backward: [PointwiseCode]) -> Bool {
    var written: Set<PointwisePlace> = []
    for instruction in backward.reversed().flatMap(\.instructions) {
      let isFound = instruction.operands.contains { place in
        if case .slot = place { !written.contains(place) } else { false }
      }
      if isFound { return true }
      written.insert(instruction.result)
    }
    return false
  }

  private func copied(_ phase: PointwiseCode) -> rk_pointwise_phase {
    let memory = UnsafeMutablePointer<rk_instruction>.allocate(capacity: max(1, phase.instructions.count))
    for (index, instruction) in phase.instructions.enumerated() {
      (memory + index).initialize(to: instruction.instruction)
    }
    code.append(memory)
    func part(_ range: Range<Int>) -> rk_pointwise_code {
      let instructions = phase.instructions[range]
      func kinds(_ places: [PointwisePlace]) -> UInt32 { places.reduce(0) { $0 | 1 << UInt32($1.place.kind) } }
      return rk_pointwise_code(
        instructions: UnsafePointer(memory + range.lowerBound), count: Int64(range.count),
        reads: kinds(instructions.flatMap(\.operands)), writes: kinds(instructions.map(\.result)))
    }
    let all = phase.instructions.indices
    return rk_pointwise_phase(
      whole: part(all), before: part(0..<phase.carried.lowerBound), carried: part(phase.carried),
      after: part(phase.carried.upperBound..<all.upperBound))
  }

  deinit {
    for memory in code { memory.deallocate() }
    pair.deallocate()
    constants.deallocate()
  }
}
