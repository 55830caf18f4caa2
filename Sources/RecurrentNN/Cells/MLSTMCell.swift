import RecurrentKernels
public import RecurrentTensor

/// Long short-term memory whose memory is a matrix: mLSTM of Beck et al., "xLSTM: Extended long short-term memory", 2024,
/// with one head.
///
///     query q = W_q x + b_q,  key k = (W_k x + b_k) / √hidden,  value v = W_v x + b_v
///     inputGate  i = w_i x + b_i
///     forgetGate f = log σ(w_f x + b_f)
///     outputGate o = σ(W_o x + b_o)
///     stabiliser m' = max(f + m, i)
///     C' = exp(f + m - m') C + exp(i - m') v kᵀ
///     n' = exp(f + m - m') n + exp(i - m') k
///     h' = o ⊙ C' q / max(|n' · q|, exp(-m'))
///
/// Both gates are one number for all units. The state is C, `[batch, hidden * hidden]` row by row, n, `[batch, hidden]`, and
/// m, `[batch]`; the output is h. m only keeps the exponentials within what a number holds: h' does not depend on it. No step
/// reads the output of the one before, but a step takes hidden² multiply-adds three times beside its products; where gradients
/// are recorded, 64 steps are taken together, which differs from the loop by rounding. Weights lie in one matrix: the rows of
/// q, k, v and o, then w_i and w_f. Defaults: weights uniform within ±1/√hidden, no bias but that of the forget gate, which
/// is 3.
public struct MLSTMCell: NamedCell {
  /// What the cell carries from step to step.
  public struct State: RecurrentState {
    /// C, `[batch, hidden * hidden]`: for each number of a value what it has with every number of a key.
    public var memory: Tensor
    /// n, `[batch, hidden]`.
    public var normalizer: Tensor
    /// m, `[batch]`.
    public var stabilizer: Tensor

    /// Shows `memory`, `normalizer`, `stabilizer`.
    public mutating func visitTensors(_ body: (inout Tensor) -> Void) {
      body(&memory)
      body(&normalizer)
      body(&stabilizer)
    }
  }

  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "mlstm", title: "LSTM with a matrix memory (mLSTM)", source: "Beck et al. 2024",
    equations: """
      q = W_q x + b_q
      k = (W_k x + b_k) / √hidden
      v = W_v x + b_v
      i = w_i x + b_i
      f = log σ(w_f x + b_f)
      o = σ(W_o x + b_o)
      m' = max(f + m, i)
      C' = exp(f + m - m') C + exp(i - m') v kᵀ
      n' = exp(f + m - m') n + exp(i - m') k
      h' = o ⊙ C' q / max(|n' · q|, exp(-m'))
      """)

  /// None: the gates see the input alone.
  public static var hiddenPlace: Int? { nil }
  /// None.
  public var recurrentWeightNames: [String] { [] }

  /// `weight_ih`, `[4 * hidden + 2, input]`: the rows of q, k, v, o, then one of i and one of f.
  public var weight: Tensor
  /// `bias_ih`, `[4 * hidden + 2]`.
  public var bias: Tensor

  /// A cell with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input; 0 for none.
  ///   - hiddenSize: The units of the output.
  ///   - random: The randomness of the start.
  public init(inputSize: Int, hiddenSize: Int, random: RandomSource = .unseeded()) {
    require(
      inputSize >= 0, LayerMessages.option("MLSTMCell", "inputSize", expected: "at least 0", received: inputSize))
    require(
      hiddenSize > 0, LayerMessages.option("MLSTMCell", "hiddenSize", expected: "at least 1", received: hiddenSize))
    weight = Initializer.uniformAsPyTorch.weights(
      outputs: 4 * hiddenSize + 2, inputs: inputSize, fan: hiddenSize, random: random.stream("weight_ih"))
    bias = Tensor(zeros: [4 * hiddenSize + 2])
    bias[4 * hiddenSize + 1] = 3
  }

  /// A cell with fresh weights.
  public static func fresh(inputSize: Int, hiddenSize: Int, random: RandomSource) -> MLSTMCell {
    MLSTMCell(inputSize: inputSize, hiddenSize: hiddenSize, random: random)
  }

  /// Those of the weights and biases.
  public static func mostScalars(inputSize: Double, hiddenSize: Double) -> Double {
    (4 * hiddenSize + 2) * (inputSize + 1)
  }

  /// A matrix of the units, a vector and a number.
  public static func mostStateScalars(hiddenSize: Double) -> Double { hiddenSize * (hiddenSize + 1) + 1 }

  /// The features of the input.
  public var inputSize: Int { weight.shape[1] }
  /// The units of the output.
  public var outputSize: Int { (weight.shape[0] - 2) / 4 }

  /// Zeros.
  public func initialState(batchSize: Int) -> State {
    State(
      memory: Tensor(zeros: [batchSize, outputSize * outputSize]), normalizer: Tensor(zeros: [batchSize, outputSize]),
      stabilizer: Tensor(zeros: [batchSize]))
  }

  /// A memory that has each number given once, where a query asks for its own unit.
  public func starting(at hidden: Tensor, from state: State) -> State {
    let (rows, size) = (hidden.shape[0], outputSize)
    let diagonal = Tensor(
      (0..<rows * size * size).map { $0 / size % size == $0 % size ? 1 : 0 }, shape: [rows, size, size])
    var state = state
    state.memory = (diagonal * repeated(hidden)).reshaped(to: [rows, size * size])
    return state
  }

  /// A row of a vector for every number of another, `[batch, hidden, hidden]`.
  private func repeated(_ vector: Tensor) -> Tensor {
    let (rows, size) = (vector.shape[0], vector.shape[1])
    return vector.rows(at: (0..<rows).flatMap { [Int](repeating: $0, count: size) }).reshaped(to: [rows, size, size])
  }

  /// One time step.
  public func step(_ input: Tensor, from state: State) -> (output: Tensor, state: State) {
    let size = outputSize
    let gates = input.linear(weight: weight, bias: bias)
    func part(_ index: Int) -> Tensor { gates[index * size..<(index + 1) * size, axis: 1] }
    let (query, key) = (part(0), part(1) * (1 / Scalar(size).squareRoot()))
    let inputGate = gates[at: 4 * size, axis: 1]
    let forgetGate = state.stabilizer - (-gates[at: 4 * size + 1, axis: 1]).softplus()
    let stabilizer = Self.maximum(forgetGate, inputGate)
    let (kept, written) = ((forgetGate - stabilizer).exp(), (inputGate - stabilizer).exp())
    let (memory, found) = remembered(
      state.memory, keeping: kept, writing: part(2).multiplying(perRow: written), at: key, for: query)
    let normalizer = state.normalizer.multiplying(perRow: kept) + key.multiplying(perRow: written)
    let divisor = Self.divisor((normalizer * query).sum(axis: 1), stabilizer: stabilizer)
    let output = part(3).sigmoid() * found.multiplying(perRow: 1 / divisor)
    return (output, State(memory: memory, normalizer: normalizer, stabilizer: stabilizer))
  }

  /// C' and C' q: where no gradients are recorded in one walk through the memory, which differs by rounding in the sums.
  private func remembered(
    _ memory: Tensor, keeping kept: Tensor, writing value: Tensor, at key: Tensor, for query: Tensor
  ) -> (memory: Tensor, found: Tensor) {
    let (rows, size) = (key.shape[0], key.shape[1])
    require(
      memory.shape == [rows, size * size],
      LayerMessages.shape(
        "MLSTMCell", "memory", expected: "\(Shape([rows, size * size]))", received: memory.shape))
    guard Tape.recording([memory, kept, value, key, query]) == nil else {
      let outer = repeated(key).multiplying(perRow: value).reshaped(to: [rows, size * size])
      let next = memory.multiplying(perRow: kept) + outer
      return (next, (next.reshaped(to: [rows, size, size]) * repeated(query)).sum(axis: 2))
    }
    let (next, found) = (Tensor(shape: [rows, size * size]) { _ in }, Tensor(shape: [rows, size]) { _ in })
    let (before, after, met) = (memory.storage.pointer, next.storage.pointer, found.storage.pointer)
    let (share, written) = (kept.storage.pointer, value.storage.pointer)
    let (keys, queries) = (key.storage.pointer, query.storage.pointer)
    WorkerPool.tasks(rows, operations: 4 * rows * size * size) { row in
      for unit in row * size..<(row + 1) * size {
        met[unit] = Self.renew(
          before + unit * size, keeping: share[row], writing: written[unit], at: keys + row * size,
          for: queries + row * size, into: after + unit * size, count: size)
      }
    }
    withExtendedLifetime((memory, kept, value, key, query)) {}
    return (next, found)
  }

  /// A row of the memory after a step, and what a query finds in it: sixteen lanes, added up in a fixed order.
  private static func renew(
    _ row: UnsafePointer<Scalar>, keeping kept: Scalar, writing value: Scalar, at key: UnsafePointer<Scalar>,
    for query: UnsafePointer<Scalar>, into next: UnsafeMutablePointer<Scalar>, count: Int
  ) -> Scalar {
    func lanes(_ numbers: UnsafePointer<Scalar>, _ place: Int) -> SIMD16<Scalar> {
      UnsafeRawPointer(numbers + place).loadUnaligned(as: SIMD16<Scalar>.self)
    }
    var (found, place) = (SIMD16<Scalar>(repeating: 0), 0)
    while place + 16 <= count {
      let new = lanes(row, place) * kept + lanes(key, place) * value
      UnsafeMutableRawPointer(next + place).storeBytes(of: new, as: SIMD16<Scalar>.self)
      found += new * lanes(query, place)
      place += 16
    }
    var total = found.sum()
    while place < count {
      next[place] = row[place] * kept + key[place] * value
      total += next[place] * query[place]
      place += 1
    }
    return total
  }

  /// Beside the matrix of weights, the memory is written, an outer product, and read; so is the normaliser.
  public var multiplyAdds: Int { matrixScalars + 2 * outputSize * outputSize + outputSize }

  /// 64.
  public var chunkLength: Int { 64 }

  /// If what more than one chunk keeps would take more than 512 MiB: some six tensors of the memory's size each, and for each
  /// step a dozen of the outputs' size and six of the weights with which it sees the steps of its chunk.
  public func recomputes(rows: Int, steps: Int) -> Bool {
    guard steps > chunkLength else { return false }
    let size = Double(outputSize)
    let chunks = (Double(steps) / Double(chunkLength)).rounded(.up)
    let kept = chunks * 6 * size * size + Double(steps) * (12 * size + 6 * Double(chunkLength))
    return Double(rows) * kept * Double(MemoryLayout<Scalar>.stride) > Double(Recomputation.keptBytes)
  }

  /// All time steps, with automatic recomputation.
  public func scan(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: State
  ) -> SequenceResult<State> {
    scan(inputs, lengths: lengths, reversed: reversed, from: state, recomputation: .automatic)
  }

  /// All time steps. Where gradients are recorded they are taken in chunks, and `automatic` keeps what these compute up to
  /// 512 MiB, and blocks of √T steps beyond; blocks are whole chunks.
  public func scan(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: State, recomputation: Recomputation
  ) -> SequenceResult<State> {
    guard Tape.recording([inputs, weight, bias] + state.tensors) != nil else {
      return scanByLoop(inputs, lengths: lengths, reversed: reversed, from: state)
    }
    let steps = inputs.shape.rank == 3 ? inputs.shape[1] : 0
    let isLarge = recomputation == .automatic && steps > 0 && recomputes(rows: inputs.shape[0], steps: steps)
    guard case .blocks(let length) = isLarge ? .rootBlocks(of: steps) : recomputation else {
      return scanForGradients(inputs, lengths: lengths, reversed: reversed, from: state)
    }
    // What is below 1 is refused.
    let whole = (min(length, max(1, steps)) + chunkLength - 1) / chunkLength * chunkLength
    return scanInBlocks(
      of: length < 1 ? length : whole, inputs, lengths: lengths, reversed: reversed, from: state)
  }

  /// All time steps, chunk by chunk: within a chunk every query meets every key before it at once, with the weights that the
  /// gates between them leave, and only memories between chunks are matrices (Yang et al., "Gated linear attention
  /// transformers with hardware-efficient training", 2024, for gates of one number). The numbers are those of the loop but for
  /// rounding; one that is not finite reaches the steps of its chunk that come before it as well.
  public func scanForGradients(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: State
  ) -> SequenceResult<State> {
    let lengths = StepLengths(Self.layerName, lengths, inputs: inputs, inputSize: inputSize)
    let gates = Gates(lengths, lengths.masked(inputs).linear(weight: weight, bias: bias), size: outputSize)
    var chunks = stride(from: 0, to: lengths.longest, by: chunkLength).map {
      $0..<min(lengths.longest, $0 + chunkLength)
    }
    if reversed { chunks.reverse() }
    var (state, outputs) = (state, [Tensor]())
    for chunk in chunks {
      let next = gates.chunk(chunk, reversed: reversed, from: state)
      outputs.append(next.outputs)
      state = next.state
    }
    if reversed { outputs.reverse() }
    outputs.append(Tensor(zeros: [lengths.rows, lengths.steps - lengths.longest, outputSize]))
    return SequenceResult(outputs: lengths.masked(Tensor.concatenate(outputs, axis: 1)), finalState: state)
  }

  /// What all steps of a call read.
  private struct Gates {
    /// `[batch, time, hidden]`.
    private let queries, keys, values, openings: Tensor
    /// Logarithms of what is written and of what is kept, `[batch, time]`: steps that are not valid write nothing and keep all.
    private let written, kept: Tensor

    init(_ lengths: StepLengths, _ gates: Tensor, size: Int) {
      func part(_ index: Int) -> Tensor { gates[index * size..<(index + 1) * size, axis: 2] }
      (queries, keys) = (part(0), part(1) * (1 / Scalar(size).squareRoot()))
      (values, openings) = (part(2), part(3).sigmoid())
      let (inputGate, forgetGate) = (gates[at: 4 * size, axis: 2], -(-gates[at: 4 * size + 1, axis: 2]).softplus())
      guard let mask = lengths.mask else {
        (written, kept) = (inputGate, forgetGate)
        return
      }
      written = Tensor.select(
        where: mask, inputGate, otherwise: Tensor(repeating: MLSTMCell.nothing, shape: mask.shape))
      kept = Tensor.select(where: mask, forgetGate, otherwise: Tensor(zeros: mask.shape))
    }

    /// The steps of one chunk, and the state after the last one of the walk.
    func chunk(_ steps: Range<Int>, reversed: Bool, from state: State) -> (outputs: Tensor, state: State) {
      func of(_ tensor: Tensor) -> Tensor { tensor[steps, axis: 1] }
      let (query, key, value) = (of(queries), of(keys), of(values))
      let (rows, count, size) = (query.shape[0], query.shape[1], query.shape[2])
      // The logarithms of the weights with which a step sees what was there before the chunk, then what each step has written.
      let sources = Tensor.concatenate([state.stabilizer.reshaped(to: [rows, 1]), of(written)], axis: 1)
      let seen = of(kept).segmentSums(reversed: reversed).adding(perRow: sources).transposed(1, 2)
      // No output depends on it, so that no gradient goes through it.
      let scale = seen.detached().max(axis: 2)
      let weights = seen.adding(perRow: -scale).exp()
      let before = weights[at: 0, axis: 2]
      let met = query.batchedProduct(key, otherTransposed: true) * weights[1..<count + 1, axis: 2]
      let found =
        met.batchedProduct(value)
        + query.batchedProduct(state.memory.reshaped(to: [rows, size, size]), otherTransposed: true)
        .multiplying(perRow: before)
      let normalizer = state.normalizer.reshaped(to: [rows, 1, size])
      let known =
        met.sum(axis: 2)
        + query.batchedProduct(normalizer, otherTransposed: true).reshaped(to: [rows, count]) * before
      let outputs = of(openings) * found.multiplying(perRow: 1 / MLSTMCell.divisor(known, stabilizer: scale))
      return (outputs, after(seen[at: reversed ? 0 : count - 1, axis: 1], key, value, from: state))
    }

    /// The state after a chunk whose last step of the walk sees the sources with these logarithms of weights.
    private func after(_ seen: Tensor, _ key: Tensor, _ value: Tensor, from state: State) -> State {
      let (rows, count, size) = (key.shape[0], key.shape[1], key.shape[2])
      let stabilizer = seen.max(axis: 1)
      let weights = seen.adding(perRow: -stabilizer).exp()
      let (before, new) = (weights[at: 0, axis: 1], weights[1..<count + 1, axis: 1])
      let memory = value.multiplying(perRow: new).transposed(1, 2).batchedProduct(key)
      let normalizer = new.reshaped(to: [rows, 1, count]).batchedProduct(key)
      return State(
        memory: state.memory.multiplying(perRow: before) + memory.reshaped(to: [rows, size * size]),
        normalizer: state.normalizer.multiplying(perRow: before) + normalizer.reshaped(to: [rows, size]),
        stabilizer: stabilizer)
    }
  }

  /// The logarithm of what a step writes that is not valid.
  private static let nothing: Scalar = -1e30

  /// What is found is divided by. Where hardly anything was ever written, what is found is as good as nothing whatever it is
  /// divided by.
  private static func divisor(_ known: Tensor, stabilizer: Tensor) -> Tensor {
    maximum(known.absolute(), (-stabilizer).clamped(to: -80...80).exp())
  }

  /// The mean of what two states stand for: memory and normaliser count in units of exp(m), so both are brought to one m first.
  public func mean(of previous: State, and next: State, keepingHidden hidden: Scalar, memories: Scalar) -> State {
    guard memories > 0 else { return next }
    let stabilizer = Self.maximum(previous.stabilizer, next.stabilizer)
    let old = memories * (previous.stabilizer - stabilizer).exp()
    let new = (1 - memories) * (next.stabilizer - stabilizer).exp()
    return State(
      memory: previous.memory.multiplying(perRow: old) + next.memory.multiplying(perRow: new),
      normalizer: previous.normalizer.multiplying(perRow: old) + next.normalizer.multiplying(perRow: new),
      stabilizer: stabilizer)
  }

  private static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor {
    let mask = zip(a.scalars, b.scalars).map { Scalar($0 >= $1 || $0.isNaN ? 1 : 0) }
    return Tensor.select(where: Tensor(mask, shape: a.shape), a, otherwise: b)
  }

  /// Shows `weight_ih` and `bias_ih`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&weight, "weight_ih")
    visitor.visit(&bias, "bias_ih")
  }
}
