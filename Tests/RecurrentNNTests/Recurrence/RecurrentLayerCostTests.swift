import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct RecurrentLayerCostTests {
  private static let random = RandomSource(seed: 3)

  private func fresh(_ name: String, _ inputSize: Int, _ hiddenSize: Int) throws -> any NamedCell {
    try #require(RecurrentKind(named: name)).cell.fresh(
      inputSize: inputSize, hiddenSize: hiddenSize, random: Self.random)
  }

  /// With I = 3 features and H = 5 units, counted by hand from the equations.
  @Test(arguments: [
    ("elman", 5 * 3 + 5 * 5), ("lstm", 4 * (5 * 3 + 5 * 5)), ("gru", 3 * (5 * 3 + 5 * 5)), ("irnn", 5 * 3 + 5 * 5),
    ("indrnn", 5 * 3), ("lstm-peephole", 4 * (5 * 3 + 5 * 5)), ("mgu", 2 * (5 * 3 + 5 * 5)), ("mingru", 2 * 5 * 3),
    ("minlstm", 3 * 5 * 3), ("qrnn", 3 * 5 * (3 + 3)), ("echo-state", 5 * 3 + 5 * 5),
    ("lstm-layer-norm", 4 * (5 * 3 + 5 * 5)),
    // Ten memories and five outputs.
    ("lstm-projection", 4 * (10 * 3 + 10 * 5) + 5 * 10),
    // Groups of 2, 1, 1 and 1 units see 5, 3, 2 and 1 of them every 1, 2, 4 and 8 steps: 10 + 1.5 + 0.5 + 0.125.
    ("clockwork", 5 * 3 + 12),
    // Four vectors and two gates; a memory of 5 * 5 is written and read, and so is what norms it, by one product.
    ("mlstm", (4 * 5 + 2) * 3 + 2 * 5 * 5 + 5),
  ])
  func multiplyAddsAreThoseOfTheEquations(name: String, count: Int) throws {
    #expect(try fresh(name, 3, 5).multiplyAdds == count)
  }

  /// The closed forms of textbooks, with a bias for either product as PyTorch has them.
  @Test(arguments: [(3, 5), (1, 1), (0, 4), (128, 17)])
  func parametersAreThoseOfTheClosedForms(inputs: Int, hidden: Int) throws {
    for (name, gates) in [("elman", 1), ("lstm", 4), ("gru", 3)] {
      let cell = try fresh(name, inputs, hidden)
      #expect(cell.parameterCount == gates * (hidden * (inputs + hidden) + 2 * hidden), "\(name)")
      let bound = try #require(RecurrentKind(named: name)).cell.mostScalars(
        inputSize: Double(inputs), hiddenSize: Double(hidden))
      #expect(cell.parameterCount == Int(bound), "\(name)")
    }
  }

  @Test(arguments: RecurrentKind.all.map(\.name)) func noCellIsLargerThanItsBound(name: String) throws {
    let kind = try #require(RecurrentKind(named: name))
    for (inputs, hidden) in [(1, 1), (3, 5), (0, 4), (17, 2), (2, 33)] {
      let scalars = ParameterLayout(of: try fresh(name, inputs, hidden)).scalarCount
      let bound = kind.cell.mostScalars(inputSize: Double(inputs), hiddenSize: Double(hidden))
      #expect(Double(scalars) <= bound && bound < 40 * Double(scalars + 100), "\(inputs) \(hidden)")
    }
  }

  @Test func layersAddUp() {
    let lstm = LSTM(inputSize: 3, hiddenSize: 5, layers: 2, direction: .bidirectional)
    #expect(lstm.multiplyAdds == 2 * 4 * 5 * (3 + 5) + 2 * 4 * 5 * (10 + 5))
    let gru = GRU(inputSize: 3, hiddenSize: 5, layers: 3, connections: .highway)
    #expect(gru.multiplyAdds == 3 * 5 * (3 + 5) + 2 * 3 * 5 * (5 + 5) + 2 * 5 * 5)
    let dense = ElmanRNN(inputSize: 3, hiddenSize: 5, layers: 2, connections: .dense)
    #expect(dense.multiplyAdds == 5 * (3 + 5) + 5 * (8 + 5))
    let dilated = DilatedCell(GRUCell(inputSize: 3, hiddenSize: 5), dilation: 4)
    #expect(dilated.multiplyAdds == 3 * 5 * (3 + 5))
    let picture = ConvLSTMCell(inputChannels: 2, hiddenChannels: 3, frame: [4, 5], kernelSize: 3)
    #expect(picture.multiplyAdds == 4 * 5 * 9 * 4 * 3 * (2 + 3))
  }

  /// Gates and memories are kept in blocks of 16 units; outputs and final states are 5 numbers.
  @Test func anLSTMKeepsItsGates() {
    let lstm = LSTM(inputSize: 3, hiddenSize: 5)
    let stride = MemoryLayout<Scalar>.stride
    #expect(lstm.keptBytes(rows: 3, steps: 7) == 3 * (7 * (4 * 16 + 16 + 5) + 2 * 5 + 16) * stride)
    #expect(lstm.keptBytes(rows: 1, steps: 1) == (4 * 16 + 16 + 5 + 2 * 5 + 16) * stride)
    let gru = GRU(inputSize: 3, hiddenSize: 20, direction: .bidirectional)
    // Both directions keep four values a unit and put out 20 numbers, which are then laid side by side.
    #expect(gru.keptBytes(rows: 2, steps: 9) == 2 * (9 * (2 * (4 * 32 + 20) + 40) + 2 * 20) * stride)
  }

  /// Beyond 512 steps the gates of a cell whose slopes are told by its outputs are not kept, and never more than 512 MiB.
  @Test func anElmanNetworkKeepsItsOutputs() {
    let stride = MemoryLayout<Scalar>.stride
    func check<Cell: RecurrentCell>(_ layer: RecurrentLayer<Cell>, slots: Int) {
      #expect(!layer.cells[0].recomputes(rows: 1, steps: 512) && layer.cells[0].recomputes(rows: 1, steps: 513))
      #expect(layer.cells[0].recomputes(rows: 1 << 20, steps: 512))
      #expect(layer.keptBytes(rows: 3, steps: 512) == 3 * (512 * (16 * slots + 5) + 5) * stride)
      #expect(layer.keptBytes(rows: 3, steps: 513) == 3 * (513 * 5 + 5) * stride)
    }
    check(ElmanRNN(inputSize: 3, hiddenSize: 5), slots: 1)
    check(RecurrentLayer<IndRNNCell>(inputSize: 3, hiddenSize: 5), slots: 2)
  }

  /// A pass keeps what was counted, whether its gates are kept or not; steps that no row has are none.
  @Test(arguments: ["elman", "indrnn", "gru"], [1, 2])
  func longPassesKeepWhatIsCounted(name: String, dilation: Int) throws {
    var plan = RecurrentKind.Plan(inputSize: 3, hiddenSize: 5, layers: 2, random: Self.random)
    plan.dilation = dilation
    let layer = try #require(RecurrentKind(named: name)).make(plan)
    func kept(_ steps: Int, lengths: [Int]? = nil) -> Int {
      let tape = Tape()
      defer { tape.finish() }
      var context = ForwardContext.training(Self.random, step: 1)
      let x = tape.watch(Self.random.normal([2, steps, 3]))
      _ = layer.encode(x, lengths: lengths, initialHidden: nil, context: &context)
      return tape.keptScalars * MemoryLayout<Scalar>.stride
    }
    for steps in [512, 513, 1026] { #expect(layer.keptBytes(rows: 2, steps: steps) == kept(steps), "\(steps)") }
    guard dilation == 1, let slots = ["elman": 1, "indrnn": 2][name] else { return }
    let gates = kept(600, lengths: [300, 299]) - kept(600, lengths: [600, 299])
    #expect(gates == 2 * (300 + 299) * 16 * slots * MemoryLayout<Scalar>.stride)
  }

  /// Beyond 512 MiB of gates the outputs and memories alone.
  @Test func gatesThatAreComputedAgainAreNotKept() {
    var lstm = LSTM(inputSize: 3, hiddenSize: 64)
    let (rows, steps, stride) = (64, 20_000, MemoryLayout<Scalar>.stride)
    #expect(lstm.cells[0].recomputes(rows: rows, steps: steps) && !lstm.cells[0].recomputes(rows: 1, steps: steps))
    #expect(lstm.keptBytes(rows: rows, steps: steps) == rows * (steps * (64 + 64) + 2 * 64 + 64) * stride)
    lstm.recomputation = .never
    #expect(lstm.keptBytes(rows: rows, steps: steps) == rows * (steps * (4 * 64 + 64 + 64) + 2 * 64 + 64) * stride)
  }

  /// A walk over single steps computes nothing again unless it is told to.
  @Test func walksOverStepsKeepEverything() {
    var lstm = LSTM(inputSize: 3, hiddenSize: 64)
    lstm.regularization.memoryZoneout = 0.1
    let (rows, steps) = (64, 20_000)
    let automatic = lstm.keptBytes(rows: rows, steps: steps)
    lstm.recomputation = .never
    #expect(automatic == lstm.keptBytes(rows: rows, steps: steps))
    var gru = GRU(inputSize: 3, hiddenSize: 64)
    let plain = gru.keptBytes(rows: rows, steps: steps)
    // Without memories there are none to keep.
    gru.regularization.memoryZoneout = 0.1
    #expect(gru.keptBytes(rows: rows, steps: steps) == plain)
  }

  /// What every chunk keeps is counted for each, however many there are.
  @Test(arguments: [63, 64, 65, 128, 129, 300]) func chunksAreCountedWhole(steps: Int) throws {
    let plan = RecurrentKind.Plan(inputSize: 3, hiddenSize: 6, layers: 2, random: Self.random)
    let layer = try #require(RecurrentKind(named: "mlstm")).make(plan)
    let tape = Tape()
    defer { tape.finish() }
    var context = ForwardContext.training(Self.random, step: 1)
    let x = tape.watch(Self.random.normal([2, steps, 3]))
    _ = layer.encode(x, lengths: nil, initialHidden: nil, context: &context)
    #expect(layer.keptBytes(rows: 2, steps: steps) == tape.keptScalars * MemoryLayout<Scalar>.stride)
  }

  /// What a pass over all rows and steps leaves on its tape, of every cell, stack and regulariser.
  @Test(arguments: RecurrentKind.all.map(\.name).filter { $0 != "clockwork" })
  func keptBytesAreThoseOfAPass(name: String) throws {
    var plan = RecurrentKind.Plan(inputSize: 3, hiddenSize: 5, layers: 2, dropout: 0.2, random: Self.random)
    for (direction, connections, regularization, dilation) in [
      (Direction.forward, LayerConnections.none, RecurrentRegularization.none, 1), (.bidirectional, .dense, .none, 1),
      (.backward, .highway, .init(inputDropout: 0.1, recurrentDropout: 0.2), 1), (.bidirectional, .dense, .none, 2),
      (.forward, .none, .none, 3),
    ] {
      (plan.direction, plan.connections, plan.regularization) = (direction, connections, regularization)
      plan.dilation = dilation
      let layer = try #require(RecurrentKind(named: name)).make(plan)
      let tape = Tape()
      defer { tape.finish() }
      var context = ForwardContext.training(Self.random, step: 1)
      let x = tape.watch(Self.random.normal([4, 6, 3]))
      _ = layer.encode(x, lengths: nil, initialHidden: nil, context: &context)
      let kept = tape.keptScalars * MemoryLayout<Scalar>.stride
      #expect(layer.keptBytes(rows: 4, steps: 6) == kept, "\(direction.rawValue)")
    }
  }
}
