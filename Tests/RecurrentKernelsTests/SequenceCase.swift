import Foundation
import RecurrentKernels

/// Numbers in [-1, 1) that anyone can rebuild: a linear congruence, high bits.
struct Numbers {
  private var state: UInt64
  init(_ seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
  mutating func next() -> KernelScalar {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return KernelScalar(Double(state >> 11) / Double(1 << 52) - 1)
  }
  mutating func array(_ count: Int, scale: KernelScalar = 1) -> [KernelScalar] {
    (0..<count).map { _ in scale * next() }
  }
}

/// Runs `body` with a number of threads and, if one is named, an instruction set.
func with<Result>(threads: Int, set: InstructionSet = .current, _ body: () -> Result) -> Result {
  WorkerPool.using(threads: threads) { InstructionSet.using(set, body) }
}

/// One sequence computation with every input and upstream gradient given.
struct SequenceCase {
  var cell: SequenceCell
  var size: SequenceSize
  var lengths: [Int]?
  var reversed = false
  var inputs, hidden0, memory0, inputWeight, hiddenWeight, inputBias, hiddenBias: [KernelScalar]
  var upstream, upstreamHidden, upstreamMemory: [KernelScalar]
  /// Whether the initial states are not there, which stand for zeros.
  var lacksStart = false

  init(
    _ cell: SequenceCell, batch: Int, time: Int, input: Int, hidden: Int, lengths: [Int]? = nil,
    reversed: Bool = false, seed: Int = 1
  ) {
    var numbers = Numbers(seed)
    self.cell = cell
    size = SequenceSize(batch: batch, time: time, input: input, hidden: hidden)
    self.lengths = lengths
    self.reversed = reversed
    let scale = 1 / KernelScalar(hidden).squareRoot()
    inputs = numbers.array(batch * time * input)
    hidden0 = numbers.array(batch * hidden)
    memory0 = numbers.array(batch * hidden)
    inputWeight = numbers.array(cell.gates * hidden * input, scale: scale)
    hiddenWeight = numbers.array(cell.gates * hidden * hidden, scale: scale)
    inputBias = numbers.array(cell.gates * hidden, scale: 0.5)
    hiddenBias = numbers.array(cell.gates * hidden, scale: 0.5)
    upstream = numbers.array(batch * time * hidden)
    upstreamHidden = numbers.array(batch * hidden)
    upstreamMemory = numbers.array(batch * hidden)
  }

  struct Result: Equatable {
    var outputs, finalHidden, finalMemory: [KernelScalar]
    var gradients: [[KernelScalar]] = []
  }

  /// Runs the driver, back too unless there is no history; gradients in the order inputs, hidden0, memory0, weights,
  /// biases, zero where they are not wanted. Fresh gradients of inputs and weights are written to memory that is not initialised.
  func run(_ history: SequenceHistory = .everything, fresh: Bool = false, wanted: Set<Int> = Set(0..<7)) -> Result {
    let run = SequenceRun(cell: cell, size: size, lengths: lengths, reversed: reversed, history: history)
    var result = Result(
      outputs: .init(repeating: .nan, count: upstream.count), finalHidden: .init(repeating: .nan, count: hidden0.count),
      finalMemory: .init(repeating: 0, count: memory0.count))
    let weights = SequenceWeights(
      input: pin(inputWeight), hidden: pin(hiddenWeight), inputBias: pin(inputBias), hiddenBias: pin(hiddenBias))
    let packed = PackedCell(cell: cell, size: size, weights: weights)
    let outputs = pin(result.outputs), finalHidden = pin(result.finalHidden), finalMemory = pin(result.finalMemory)
    let buffers = SequenceBuffers(
      inputs: pin(inputs), initialHidden: lacksStart ? nil : pin(hidden0),
      initialMemories: [lacksStart ? nil : pin(memory0)], outputs: outputs,
      outputStride: size.hidden, finalHidden: finalHidden, finalMemories: cell.hasMemory ? [finalMemory] : [])
    run.forward(buffers, weights: packed)
    result.outputs = Array(UnsafeBufferPointer(start: outputs, count: upstream.count))
    result.finalHidden = Array(UnsafeBufferPointer(start: finalHidden, count: hidden0.count))
    result.finalMemory = Array(UnsafeBufferPointer(start: finalMemory, count: memory0.count))
    guard history != .none else { return result }
    let shapes = [inputs, hidden0, memory0, inputWeight, hiddenWeight, inputBias, hiddenBias]
    let targets = shapes.enumerated().map { number, values in
      pin(
        [KernelScalar](
          repeating: fresh && wanted.contains(number) && [0, 3, 4].contains(number) ? .nan : 0, count: values.count))
    }
    var gradients = SequenceGradients()
    (gradients.inputsAreFresh, gradients.weightsAreFresh) = (fresh, (fresh, fresh))
    gradients.outputs = UnsafePointer(pin(upstream))
    gradients.finalHidden = UnsafePointer(pin(upstreamHidden))
    gradients.finalMemories = cell.hasMemory ? [UnsafePointer(pin(upstreamMemory))] : []
    func target(_ number: Int) -> UnsafeMutablePointer<KernelScalar>? {
      wanted.contains(number) ? targets[number] : nil
    }
    (gradients.inputs, gradients.initialHidden) = (target(0), target(1))
    gradients.initialMemories = cell.hasMemory ? [target(2)] : []
    (gradients.inputWeight, gradients.hiddenWeight) = (target(3), target(4))
    (gradients.inputBias, gradients.hiddenBias) = (target(5), target(6))
    run.backward(gradients, buffers, weights: weights, packed: packed)
    result.gradients = zip(shapes, targets).map { Array(UnsafeBufferPointer(start: $1, count: $0.count)) }
    return result
  }

  /// Sum of results times their upstream gradients.
  func loss(_ result: Result) -> Double {
    func dot(_ a: [KernelScalar], _ b: [KernelScalar]) -> Double {
      zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    return dot(result.outputs, upstream) + dot(result.finalHidden, upstreamHidden)
      + (cell.hasMemory ? dot(result.finalMemory, upstreamMemory) : 0)
  }
}

/// A copy that outlives the call; tests are short processes.
private func pin(_ values: [KernelScalar]) -> UnsafeMutablePointer<KernelScalar> {
  let memory = UnsafeMutablePointer<KernelScalar>.allocate(capacity: max(1, values.count))
  memory.initialize(from: values, count: values.count)
  return memory
}

/// The equations, in Double, one unit after another.
struct PlainCell {
  let problem: SequenceCase

  private func gate(_ gate: Int, _ unit: Int, _ weights: [KernelScalar], _ bias: [KernelScalar], _ values: [Double])
    -> Double
  {
    let row = (gate * problem.size.hidden + unit)
    var sum = Double(bias[row])
    for (index, value) in values.enumerated() { sum += Double(weights[row * values.count + index]) * value }
    return sum
  }

  func outputs() -> (outputs: [Double], hidden: [Double], memory: [Double]) {
    let (B, T, I, H) = (problem.size.batch, problem.size.time, problem.size.input, problem.size.hidden)
    var outputs = [Double](repeating: 0, count: B * T * H)
    var finalHidden: [Double] = [], finalMemory: [Double] = []
    for row in 0..<B {
      var h = problem.hidden0[row * H..<(row + 1) * H].map { Double($0) }
      var c = problem.memory0[row * H..<(row + 1) * H].map { Double($0) }
      let length = problem.lengths?[row] ?? T
      for step in 0..<length {
        let time = problem.reversed ? length - 1 - step : step
        let x = problem.inputs[(row * T + time) * I..<(row * T + time + 1) * I].map { Double($0) }
        (h, c) = self.step(x, h, c)
        outputs.replaceSubrange((row * T + time) * H..<(row * T + time + 1) * H, with: h)
      }
      finalHidden += h
      finalMemory += c
    }
    return (outputs, finalHidden, finalMemory)
  }

  private func step(_ x: [Double], _ h: [Double], _ c: [Double]) -> ([Double], [Double]) {
    let H = problem.size.hidden
    func wx(_ g: Int, _ u: Int) -> Double { gate(g, u, problem.inputWeight, problem.inputBias, x) }
    func wh(_ g: Int, _ u: Int, _ h: [Double]) -> Double { gate(g, u, problem.hiddenWeight, problem.hiddenBias, h) }
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    var next = h, memory = c
    let reset = problem.cell.gates == 3 ? (0..<H).map { sigmoid(wx(0, $0) + wh(0, $0, h)) } : []
    for u in 0..<H {
      switch problem.cell {
      case .elmanTanh: next[u] = tanh(wx(0, u) + wh(0, u, h))
      case .elmanReLU: next[u] = max(0, wx(0, u) + wh(0, u, h))
      case .elmanSigmoid: next[u] = sigmoid(wx(0, u) + wh(0, u, h))
      case .elmanLinear: next[u] = wx(0, u) + wh(0, u, h)
      case .lstm:
        memory[u] =
          sigmoid(wx(1, u) + wh(1, u, h)) * c[u] + sigmoid(wx(0, u) + wh(0, u, h)) * tanh(wx(2, u) + wh(2, u, h))
        next[u] = sigmoid(wx(3, u) + wh(3, u, h)) * tanh(memory[u])
      default:
        let z = sigmoid(wx(1, u) + wh(1, u, h))
        let recurrent = problem.cell == .gruResetAfterProduct ? reset[u] * wh(2, u, h) : wh(2, u, zip(reset, h).map(*))
        next[u] = (1 - z) * tanh(wx(2, u) + recurrent) + z * h[u]
      }
    }
    return (next, memory)
  }
}
