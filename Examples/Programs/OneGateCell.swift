import Recurrent

/// Write your own cell: one with a single gate, the forget gate.
///
///     f_t = σ(x_t W_f + h_{t-1} U_f + b_f)       how much of the cell is kept
///     g_t = tanh(x_t W_g + h_{t-1} U_g + b_g)    candidate
///     c_t = c_{t-1} f_t + g_t                    cell
///     h_t = σ(c_t V + b_h)                       hidden state, and output
///
/// What had to be repaired in the formula as textbooks sketch it:
///
/// - A hidden state that comes out of a sigmoid is never 0, so starting it with zeros starts the cell in a state that it
///   can never reach again. Here it starts as what an empty cell shows: h_0 = σ(b_h).
/// - Without biases a forget gate starts at ½: after ten steps a thousandth is left. b_f starts at 2 (f ≈ 0.88).
/// - "A matrix on the cell" has to be written c V, and V has to be [hidden, hidden]: cell and hidden state are not the
///   same thing, and the sizes do not say so if only one of them is given.
///
/// Why an LSTM has more gates: here the candidate is always added. The cell can throw away everything (f = 0) or add to
/// what it has, but it cannot let a step pass and keep what it has: that is what an input gate is for. The output gate
/// lets it keep something without showing it. The second task below needs the first of the two.
enum OneGateCell: ExampleProgram {
  static let name = "one-gate-cell"
  static let summary = "A cell of one's own with one gate: what it can do, and what an LSTM's other gates are for."

  private struct ForgetCell: RecurrentCell {
    struct State: RecurrentState {
      var hidden: Tensor  // h, [batch, hidden]
      var cell: Tensor  // c, [batch, hidden]

      mutating func visitTensors(_ body: (inout Tensor) -> Void) {
        body(&hidden)
        body(&cell)
      }
    }

    var forgetInput: Tensor  // W_f, [input, hidden]
    var forgetHidden: Tensor  // U_f, [hidden, hidden]
    var forgetBias: Tensor  // b_f, [hidden]
    var candidateInput: Tensor  // W_g, [input, hidden]
    var candidateHidden: Tensor  // U_g, [hidden, hidden]
    var candidateBias: Tensor  // b_g, [hidden]
    var outputMatrix: Tensor  // V, [hidden, hidden]
    var outputBias: Tensor  // b_h, [hidden]

    init(inputSize: Int, hiddenSize: Int, random: RandomSource) {
      func matrix(_ name: String, _ rows: Int) -> Tensor {
        Initializer.glorotUniform.weights(outputs: rows, inputs: hiddenSize, random: random.stream(name))
      }
      forgetInput = matrix("W_f", inputSize)
      forgetHidden = matrix("U_f", hiddenSize)
      forgetBias = Tensor(repeating: 2, shape: [hiddenSize])
      candidateInput = matrix("W_g", inputSize)
      candidateHidden = matrix("U_g", hiddenSize)
      candidateBias = Tensor(zeros: [hiddenSize])
      outputMatrix = matrix("V", hiddenSize)
      outputBias = Tensor(zeros: [hiddenSize])
    }

    var inputSize: Int { forgetInput.shape[0] }
    var outputSize: Int { forgetInput.shape[1] }

    func initialState(batchSize: Int) -> State {
      let empty = Tensor(zeros: [batchSize, outputSize])
      return State(hidden: shown(empty), cell: empty)
    }

    func step(_ input: Tensor, from state: State) -> (output: Tensor, state: State) {
      let forget = sum(input, forgetInput, state.hidden, forgetHidden, forgetBias).sigmoid()
      let candidate = sum(input, candidateInput, state.hidden, candidateHidden, candidateBias).tanh()
      let cell = state.cell * forget + candidate
      let hidden = shown(cell)
      return (hidden, State(hidden: hidden, cell: cell))
    }

    /// σ(c V + b_h)
    private func shown(_ cell: Tensor) -> Tensor {
      cell.matrixProduct(outputMatrix).adding(rowVector: outputBias).sigmoid()
    }

    /// x W + h U + b
    private func sum(_ x: Tensor, _ w: Tensor, _ h: Tensor, _ u: Tensor, _ b: Tensor) -> Tensor {
      (x.matrixProduct(w) + h.matrixProduct(u)).adding(rowVector: b)
    }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit(&forgetInput, "W_f")
      visitor.visit(&forgetHidden, "U_f")
      visitor.visit(&forgetBias, "b_f")
      visitor.visit(&candidateInput, "W_g")
      visitor.visit(&candidateHidden, "U_g")
      visitor.visit(&candidateBias, "b_g")
      visitor.visit(&outputMatrix, "V")
      visitor.visit(&outputBias, "b_h")
    }
  }

  /// Any cell over time with an affine map of its outputs.
  private struct Reader<Cell: RecurrentCell>: Module {
    var layer: RecurrentLayer<Cell>
    var head: Linear

    init(_ cell: Cell, random: RandomSource) {
      layer = RecurrentLayer(inputSize: cell.inputSize) { _ in cell }
      head = Linear(inputSize: cell.outputSize, outputSize: 1, random: random)
    }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit(&layer, "layer")
      visitor.visit(&head, "head")
    }
  }

  static func run(seed: UInt64, page: inout ExamplePage) {
    let random = RandomSource(seed: seed)
    checkGradients(random.stream("check"), &page)
    addSinceReset(random.stream("sums"), &page)
    recallMarked(random.stream("recall"), &page)
  }

  /// The gradients of back-propagation, and central differences (L(w + d) - L(w - d)) / 2d of every single weight.
  private static func checkGradients(_ random: RandomSource, _ page: inout ExamplePage) {
    let cell = ForgetCell(inputSize: 2, hiddenSize: 3, random: random)
    let inputs = random.stream("inputs").normal([4, 5, 2])
    let targets = random.stream("targets").normal([4, 5, 3])
    func loss(_ cell: ForgetCell) -> Tensor {
      // Rows of unequal length: the gradients have to respect them.
      let layer = RecurrentLayer(inputSize: 2) { _ in cell }
      return MeanSquaredError(reduction: .sum)(layer(inputs, lengths: [5, 3, 4, 1]).outputs, targets)
    }
    let gradients = valueAndGradients(of: cell, loss).gradients
    let tensors: [(name: String, path: WritableKeyPath<ForgetCell, Tensor>)] = [
      ("W_f", \.forgetInput), ("U_f", \.forgetHidden), ("b_f", \.forgetBias), ("W_g", \.candidateInput),
      ("U_g", \.candidateHidden), ("b_g", \.candidateBias), ("V", \.outputMatrix), ("b_h", \.outputBias),
    ]
    var (largest, error) = (0.0, 0.0)
    for (name, path) in tensors {
      let weights = cell[keyPath: path]
      for index in 0..<weights.count {
        func moved(_ distance: Scalar) -> Double {
          var (scalars, moved) = (weights.scalars, cell)
          scalars[index] += distance
          moved[keyPath: path] = Tensor(scalars, shape: weights.shape)
          return Double(loss(moved).scalar)
        }
        let difference = (moved(0.02) - moved(-0.02)) / 0.04
        largest = max(largest, abs(difference))
        error = max(error, abs(difference - Double(gradients[name]!.scalars[index])))
      }
    }
    page.claim("gradients and central differences differ, relative to the largest, by", error / largest, atMost: 0.005)
  }

  /// What the cell is made for: the sum of the values since the last reset, at every step.
  private static func addSinceReset(_ random: RandomSource, _ page: inout ExamplePage) {
    func sequences(_ count: Int, _ random: RandomSource) -> (inputs: Tensor, sums: Tensor) {
      let values = random.stream("values").uniform([count, 20, 1], in: -1...1)
      let resets = random.stream("resets").uniform([count, 20, 1]).mask(above: 0.85)
      var sums = values
      for row in 0..<count {
        for step in 1..<20 where resets[row, step, 0] == 0 { sums[row, step, 0] += sums[row, step - 1, 0] }
      }
      return (Tensor.concatenate([values, resets], axis: 2), sums)
    }
    let cell = ForgetCell(inputSize: 2, hiddenSize: 10, random: random.stream("weights"))
    var model = Reader(cell, random: random.stream("head"))
    func loss(_ model: Reader<ForgetCell>, _ data: (inputs: Tensor, sums: Tensor)) -> Tensor {
      MeanSquaredError()(model.head(model.layer(data.inputs).outputs), data.sums)
    }
    var optimizer = Adam(learningRate: 0.01)
    for update in 1...800 {
      let batch = sequences(32, random.stream("training").stream(update))
      optimizer.update(&model, with: valueAndGradients(of: model) { loss($0, batch) }.gradients)
    }
    let fresh = sequences(500, random.stream("fresh"))
    let variance = (fresh.sums - fresh.sums.mean().scalar).squared().mean().scalar
    page.claim(
      "sum since the last reset: error as a share of the variance", Double(loss(model, fresh).scalar / variance),
      atMost: 0.05)
  }

  /// What it cannot do well: keep a marked value while others go by.
  private static func recallMarked(_ random: RandomSource, _ page: inout ExamplePage) {
    func sequences(_ count: Int, _ random: RandomSource) -> (inputs: Tensor, marked: Tensor) {
      let values = random.stream("values").uniform([count, 20, 1], in: -1...1)
      var (marks, marked) = (Tensor(zeros: [count, 20, 1]), Tensor(zeros: [count, 1]))
      for row in 0..<count {
        let step = random.stream("steps").integer(below: 15, at: row)
        marks[row, step, 0] = 1
        marked[row, 0] = values[row, step, 0]
      }
      return (Tensor.concatenate([values, marks], axis: 2), marked)
    }
    let fresh = sequences(500, random.stream("fresh"))
    func error(of cell: some RecurrentCell) -> Double {
      var model = Reader(cell, random: random.stream("head"))
      var optimizer = Adam(learningRate: 0.01)
      for update in 1...800 {
        let batch = sequences(32, random.stream("training").stream(update))
        let (_, gradients) = valueAndGradients(of: model) { model in
          MeanSquaredError()(model.head(model.layer(batch.inputs).lastOutputs), batch.marked)
        }
        optimizer.update(&model, with: gradients)
      }
      return Double(MeanSquaredError()(model.head(model.layer(fresh.inputs).lastOutputs), fresh.marked).scalar)
    }
    let oneGate = error(of: ForgetCell(inputSize: 2, hiddenSize: 10, random: random.stream("weights")))
    let lstm = error(of: LSTMCell(inputSize: 2, hiddenSize: 10, forgetBias: 2, random: random.stream("weights")))
    page.say(
      "keep a marked value: error \(oneGate) with one gate, \(lstm) with an LSTM's three (1/3 by always saying 0)")
    page.claim("share of the one-gate cell's error that an LSTM leaves", lstm / oneGate, atMost: 0.5)
  }
}
