public import RecurrentTensor

/// What a dilated cell carries: the states that the next steps go on from, the next one first.
public struct DilatedState<State: RecurrentState>: RecurrentState {
  /// As many as the dilation.
  public var states: [State]

  /// A state of these parts.
  public init(_ states: [State]) { self.states = states }

  /// Shows the tensors of every state.
  public mutating func visitTensors(_ body: (inout Tensor) -> Void) {
    for index in states.indices { states[index].visitTensors(body) }
  }
}

/// Any cell with a longer stride: each step goes on from the state d steps before. Chang et al., "Dilated recurrent neural
/// networks", 2017.
///
///     h_t = cell(x_t, h_(t-d))
///
/// A sequence is d interleaved ones that share the weights, and is run as d times as many rows with a d-th of the steps: by
/// the driver, if the cell has one. The paper stacks layers with dilations 1, 2, 4, ...:
///
/// ```swift
/// let stack = RecurrentLayer(inputSize: 3, layers: 4) { place in
///   DilatedCell(GRUCell(inputSize: place.inputSize, hiddenSize: 8), dilation: 1 << place.layer)
/// }
/// ```
///
/// Parameters have the names of the cell's own. The state is that of the cell d times, the oldest first; the final one goes
/// on where the sequence has ended, whatever its length.
public struct DilatedCell<Cell: RecurrentCell>: RecurrentCell {
  /// The cell of every step.
  public var cell: Cell
  /// How many steps before the present one its state lies.
  public let dilation: Int

  /// A cell that goes on from the state `dilation` steps before.
  public init(_ cell: Cell, dilation: Int) {
    require(dilation > 0, LayerMessages.option("DilatedCell", "dilation", expected: "at least 1", received: dilation))
    (self.cell, self.dilation) = (cell, dilation)
  }

  /// The features of the input.
  public var inputSize: Int { cell.inputSize }
  /// The features of the output.
  public var outputSize: Int { cell.outputSize }
  /// `Dilated` and the name of the cell's layer.
  public static var layerName: String { "Dilated\(Cell.layerName)" }

  /// No: the states move up at each step.
  public static var takesStepRegularization: Bool { false }
  /// The dilation.
  public var stepDistance: Int { dilation }
  /// As many chunks of the cell as there are interleaved sequences.
  public var chunkLength: Int { cell.chunkLength == 1 ? 1 : cell.chunkLength * dilation }
  /// Each of the states as the cell starts it.
  public func starting(at hidden: Tensor, from state: DilatedState<Cell.State>) -> DilatedState<Cell.State> {
    DilatedState(state.states.map { cell.starting(at: hidden, from: $0) })
  }
  /// Those of the cell.
  public var recurrentWeightNames: [String] { cell.recurrentWeightNames }
  /// Those of the cell.
  public var multiplyAdds: Int { cell.multiplyAdds }
  /// Whether the cell does, of as many steps: layers of one stack, each with another dilation, are of one mind.
  public func recomputes(rows: Int, steps: Int) -> Bool { cell.recomputes(rows: rows, steps: steps) }
  /// Those of the cell, in each of the states.
  public var pastInputPlaces: Set<Int> { inAllStates(cell.pastInputPlaces) }

  /// The cell's own, `dilation` times.
  public func initialState(batchSize: Int) -> DilatedState<Cell.State> {
    DilatedState([Cell.State](repeating: cell.initialState(batchSize: batchSize), count: dilation))
  }

  /// That of the cell, `dilation` times.
  public func trainableState() -> DilatedState<Cell.State> {
    DilatedState([Cell.State](repeating: cell.trainableState(), count: dilation))
  }

  /// Those of the cell, in each of the states.
  public var fixedStartPlaces: Set<Int> { inAllStates(cell.fixedStartPlaces) }
  /// Whether the cell has any.
  public var hasRecurrentProducts: Bool { cell.hasRecurrentProducts }

  private func inAllStates(_ places: Set<Int>) -> Set<Int> {
    guard !places.isEmpty else { return [] }
    let count = cell.initialState(batchSize: 1).tensors.count
    return Set((0..<dilation).flatMap { number in places.map { number * count + $0 } })
  }

  /// One step from the oldest state.
  public func step(
    _ input: Tensor, from state: DilatedState<Cell.State>
  ) -> (output: Tensor, state: DilatedState<Cell.State>) {
    let next = cell.step(input, from: state.states[0])
    return (next.output, DilatedState(Array(state.states.dropFirst()) + [next.state]))
  }

  /// All steps: the interleaved sequences side by side, by the cell's own `scan`.
  public func scan(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: DilatedState<Cell.State>
  ) -> SequenceResult<DilatedState<Cell.State>> {
    scan(inputs, lengths: lengths, reversed: reversed, from: state, recomputation: .automatic)
  }

  /// All steps: the interleaved sequences side by side, by the cell's own `scan`.
  public func scan(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: DilatedState<Cell.State>,
    recomputation: Recomputation
  ) -> SequenceResult<DilatedState<Cell.State>> {
    let steps = StepLengths(Self.layerName, lengths, inputs: inputs, inputSize: inputSize)
    guard dilation > 1, steps.validCount > 0 else {
      guard dilation == 1 else {
        let outputs = Tensor(zeros: [steps.rows, steps.steps, outputSize])
        return SequenceResult(outputs: outputs, finalState: state)
      }
      let result = cell.scan(
        inputs, lengths: lengths, reversed: reversed, from: state.states[0], recomputation: recomputation)
      return SequenceResult(outputs: result.outputs, finalState: DilatedState([result.finalState]))
    }
    let plan = Interleaving(steps, dilation: dilation, reversed: reversed)
    let rows = inputs.reshaped(to: [steps.rows * steps.steps, inputSize]).rows(at: plan.sources)
    let result = cell.scan(
      rows.reshaped(to: [plan.lengths.count, plan.steps, inputSize]), lengths: plan.lengths, reversed: false,
      from: plan.joined(state.states.prefix(plan.parts)),
      recomputation: recomputation == .automatic ? automatic(rows: steps.rows, steps.longest, plan) : recomputation)
    let outputs = result.outputs.reshaped(to: [plan.sources.count, outputSize]).rows(at: plan.places)
    return SequenceResult(
      outputs: steps.masked(outputs.reshaped(to: [steps.rows, steps.steps, outputSize])),
      finalState: plan.parted(plan.joined([result.finalState] + state.states.dropFirst(plan.parts))))
  }

  private func automatic(rows: Int, _ steps: Int, _ plan: Interleaving) -> Recomputation {
    recomputes(rows: rows, steps: steps) ? .rootBlocks(of: plan.steps) : .never
  }

  /// Shows what the cell shows.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) { cell.visitParameters(&visitor) }
}

extension DilatedCell where Cell == GRUCell {
  /// The name, the source and the equations.
  public static var about: CellDescription {
    CellDescription(
      name: "dilated", title: "Dilated recurrent network of GRUs", source: "Chang et al. 2017",
      equations: """
        h_t = GRU(x_t, h_(t-d))    d = 1, 2, 4, ... from layer to layer, x the h of the layer below
        """)
  }
}

/// Where the steps of some rows lie in interleaved sequences: sequence `part * rows + row` has the steps `part`,
/// `part + dilation`, ... of the row's walk. Parts without any step in any row are left out.
private struct Interleaving {
  let dilation: Int
  let parts: Int
  /// The valid steps of each sequence, and the most of any.
  let lengths: [Int]
  let steps: Int
  /// For each step of each sequence the (row, time) it is taken from; any where it has no more steps.
  let sources: [Int]
  /// For each (row, time) its step among all of the sequences; any where it is not valid.
  let places: [Int]
  private let rowLengths: [Int]

  init(_ valid: StepLengths, dilation: Int, reversed: Bool) {
    self.dilation = dilation
    let rowLengths = (0..<valid.rows).map { valid.length(ofRow: $0) }
    let parts = min(dilation, rowLengths.max() ?? 0)
    self.parts = parts
    let lengths = (0..<parts).flatMap { part in
      rowLengths.map { $0 > part ? ($0 - part - 1) / dilation + 1 : 0 }
    }
    let steps = lengths.max() ?? 0
    var sources = [Int](repeating: 0, count: lengths.count * steps)
    var places = [Int](repeating: 0, count: valid.rows * valid.steps)
    for (row, length) in rowLengths.enumerated() {
      for walked in 0..<length {
        let source = row * valid.steps + (reversed ? length - 1 - walked : walked)
        let place = (walked % dilation * valid.rows + row) * steps + walked / dilation
        (sources[place], places[source]) = (source, place)
      }
    }
    (self.lengths, self.steps, self.sources, self.places) = (lengths, steps, sources, places)
    self.rowLengths = rowLengths
  }

  /// The states of all sequences below each other.
  func joined<State: RecurrentState>(_ states: some Sequence<State>) -> State {
    let states = Array(states)
    let parts = states.map(\.tensors)
    let joined = parts[0].indices.map { place in Tensor.concatenate(parts.map { $0[place] }, axis: 0) }
    return states[0].replacingAll(joined)
  }

  /// The final states of the sequences in the order in which the steps to come take them up.
  func parted<State: RecurrentState>(_ state: State) -> DilatedState<State> {
    let rows = rowLengths.count
    return DilatedState(
      (0..<dilation).map { next in
        state.rows(at: rowLengths.enumerated().map { ($1 + next) % dilation * rows + $0 })
      })
  }
}

extension RecurrentState {
  /// The state with these tensors in the order of the visit, which may have another number of rows.
  fileprivate func replacingAll(_ tensors: [Tensor]) -> Self {
    var replacements = tensors.makeIterator()
    return mapTensors { _ in replacements.next()! }
  }
}
