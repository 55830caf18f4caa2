public import RecurrentTensor

/// What a clockwork network carries from step to step.
public struct ClockworkState: RecurrentState {
  /// The hidden state h, `[batch, hidden]`.
  public var hidden: Tensor
  /// The steps since all groups ran together, `[batch, 1]`.
  public var clock: Tensor

  /// A state of these parts.
  public init(hidden: Tensor, clock: Tensor) { (self.hidden, self.clock) = (hidden, clock) }

  /// Shows `hidden`, then `clock`.
  public mutating func visitTensors(_ body: (inout Tensor) -> Void) {
    body(&hidden)
    body(&clock)
  }
}

/// Units that run at clock rates of their own: Koutník et al., "A clockwork RNN", 2014.
///
///     group k, if t is a multiple of its period:  h'_k = tanh(W_ik x + b_k + Σ_(j ≥ k) W_kj h_j)
///     else:                                       h'_k = h_k
///
/// Groups lie in the order of rising periods, and each sees itself and the slower ones. The steps t count from 0, so that
/// all groups run in the first step of a walk; groups that do not run take no product. Parameters: `weight_ih`
/// `[hidden, input]`, `bias_ih` `[hidden]`, and for group k `weight_hh_k`, `[units of k, units of k and all slower ones]`.
/// The state is h and the clock, `[batch, 1]`; the output is h. Defaults: periods 1, 2, 4, 8 (as many as there are units),
/// units in equal shares, all weights uniform within ±1/√hidden.
public struct ClockworkCell: InputFirstCell, NamedCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "clockwork", title: "Clockwork RNN", source: "Koutník et al. 2014",
    equations: """
      groups k = 0, 1, 2, 3 of units, with the periods 1, 2, 4, 8
      h' = tanh(W_ik x + b_k + Σ_(j ≥ k) W_kj h_j) in group k, if t is a multiple of its period
      h' = h in group k, else
      """)

  /// The periods of the groups, rising.
  public let periods: [Int]
  /// `weight_ih`, `[hidden, input]`.
  public var inputWeight: Tensor
  /// `bias_ih`, `[hidden]`.
  public var bias: Tensor
  /// `weight_hh_k` of each group k: `[units of k, units of k and all slower ones]`.
  public var recurrentWeights: [Tensor]

  /// A cell with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input; 0 for none.
  ///   - hiddenSize: The units of all groups together.
  ///   - periods: The periods of the groups, rising, of which the first ones get the units that no equal share takes; nil
  ///     for 1, 2, 4, 8.
  ///   - initialization: How the weights start.
  ///   - random: The randomness of the start.
  public init(
    inputSize: Int, hiddenSize: Int, periods: [Int]? = nil, initialization: CellInitialization = .uniformAsPyTorch,
    random: RandomSource = .unseeded()
  ) {
    let name = Self.layerName
    require(
      inputSize >= 0 && hiddenSize > 0,
      LayerMessages.option(
        name, "inputSize and hiddenSize", expected: "at least 0 and 1", received: "\(inputSize) and \(hiddenSize)"))
    let periods = periods ?? Array([1, 2, 4, 8].prefix(hiddenSize))
    require(
      !periods.isEmpty && periods.count <= hiddenSize && periods[0] > 0
        && zip(periods, periods.dropFirst()).allSatisfy { $0 < $1 } && Self.cycle(of: periods) != nil,
      LayerMessages.option(
        name, "periods", expected: "1 to \(hiddenSize) rising numbers with a common multiple below 2^20",
        received: periods))
    self.periods = periods
    inputWeight = initialization.inputWeight.weights(
      outputs: hiddenSize, inputs: inputSize, fan: hiddenSize, random: random.stream("weight_ih"))
    bias = initialization.bias.bias(count: hiddenSize, fan: hiddenSize, random: random.stream("bias_ih"))
    let (share, rest) = hiddenSize.quotientAndRemainder(dividingBy: periods.count)
    var seen = hiddenSize
    recurrentWeights = []
    for group in periods.indices {
      let units = share + (group < rest ? 1 : 0)
      recurrentWeights.append(
        initialization.recurrentWeight.weights(
          outputs: units, inputs: seen, fan: hiddenSize, random: random.stream("weight_hh_\(group)")))
      seen -= units
    }
  }

  /// A cell with fresh weights and the defaults of its initialiser.
  public static func fresh(inputSize: Int, hiddenSize: Int, random: RandomSource) -> Self {
    Self(inputSize: inputSize, hiddenSize: hiddenSize, random: random)
  }

  /// The features of the input.
  public var inputSize: Int { inputWeight.shape[1] }
  /// The units of all groups.
  public var outputSize: Int { inputWeight.shape[0] }
  /// `ClockworkRNN`.
  public static var layerName: String { "ClockworkRNN" }

  /// The clock.
  public static let bookkeeping: Set<Int> = [1]
  /// Those of all groups.
  public var recurrentWeightNames: [String] { recurrentWeights.indices.map { "weight_hh_\($0)" } }

  /// The mean over all steps: a group's recurrent product is taken once a period.
  public var multiplyAdds: Int {
    let recurrent = zip(recurrentWeights, periods).reduce(0.0) { $0 + Double($1.0.count) / Double($1.1) }
    return inputWeight.count + Int(recurrent.rounded())
  }

  /// The units of each group.
  private var groups: [Range<Int>] {
    recurrentWeights.map { outputSize - $0.shape[1]..<outputSize - $0.shape[1] + $0.shape[0] }
  }

  /// The least common multiple of the periods; nil beyond what the clock is meant for.
  private static func cycle(of periods: [Int]) -> Int? {
    periods.reduce(1) { multiple, period -> Int? in
      guard let multiple, period < 1 << 20 else { return nil }
      var (a, b) = (multiple, period)
      while b != 0 { (a, b) = (b, a % b) }
      let next = multiple / a * period
      return next < 1 << 20 ? next : nil
    }
  }

  /// Zeros: h `[batch, hidden]`, and the clock `[batch, 1]`.
  public func initialState(batchSize: Int) -> ClockworkState {
    ClockworkState(hidden: Tensor(zeros: [batchSize, outputSize]), clock: Tensor(zeros: [batchSize, 1]))
  }

  /// The product of the input, `[..., hidden]`.
  public func inputPart(_ input: Tensor) -> Tensor { input.linear(weight: inputWeight, bias: bias) }

  /// One step of the equations.
  public func step(inputPart: Tensor, from state: ClockworkState) -> (output: Tensor, state: ClockworkState) {
    step(inputPart: inputPart, from: state, seenAs: state.hidden)
  }

  /// A step whose recurrent products see the hidden state through a mask.
  public func step(
    _ input: Tensor, from state: ClockworkState, recurrentMask: Tensor
  ) -> (output: Tensor, state: ClockworkState) {
    step(inputPart: inputPart(input), from: state, seenAs: state.hidden * recurrentMask)
  }

  private func step(
    inputPart: Tensor, from state: ClockworkState, seenAs hidden: Tensor
  ) -> (output: Tensor, state: ClockworkState) {
    let clocks = state.clock.scalars.map { clock in
      require(
        clock > -1 && clock < 0x1p20,
        LayerMessages.option(Self.layerName, "the clock of a state", expected: "a number of steps", received: clock))
      return Int(clock.rounded())
    }
    let parts = zip(groups, zip(periods, recurrentWeights)).map { units, group in
      let (period, weight) = group
      let before = state.hidden[units, axis: 1]
      let runs = clocks.map { $0.isMultiple(of: period) }
      guard runs.contains(true) else { return before }
      let seen = hidden[units.lowerBound..<outputSize, axis: 1]
      let after = (inputPart[units, axis: 1] + seen.linear(weight: weight)).tanh()
      guard runs.contains(false) else { return after }
      return Tensor.select(where: Tensor(runs.map { $0 ? 1 : 0 }, shape: [runs.count]), after, otherwise: before)
    }
    let next = Tensor.concatenate(parts, axis: 1)
    let cycle = Self.cycle(of: periods) ?? 1
    let moves = clocks.map { Scalar(($0 + 1) % cycle - $0) }
    return (next, ClockworkState(hidden: next, clock: state.clock + Tensor(moves, shape: [moves.count, 1])))
  }

  /// Shows `weight_ih`, `bias_ih`, then `weight_hh_0`, `weight_hh_1` and so on.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&inputWeight, "weight_ih")
    visitor.visit(&bias, "bias_ih")
    for group in recurrentWeights.indices { visitor.visit(&recurrentWeights[group], "weight_hh_\(group)") }
  }
}
