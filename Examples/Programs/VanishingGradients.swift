import Foundation
import Recurrent

/// Why gradients vanish and explode on their way back through time, and what each cure changes.
///
///     ∂L/∂h_t = ∂L/∂h_T · J_T J_{T-1} ... J_{t+1},    J_k = ∂h_k/∂h_{k-1}
///
///     linear   J = U                               norm g^(T-t) if U = g · orthogonal
///     tanh     J = diag(1 - h²) U                  smaller still: the slope of tanh is at most 1
///     LSTM     ∂c_k/∂c_{k-1} = f + ...             near 1 while the forget gate is open
///     GRU      J = diag(z) + ...                   near 1 while the update gate keeps
///
/// A product of forty factors below 1 vanishes, of forty above 1 explodes. The task needs one that does neither: the first
/// input of forty says 1 or -1, noise follows, and after the last step the answer is asked.
///
/// The optimizer is plain gradient descent with momentum. Adam divides each gradient by its own size, which can make up for
/// a vanished one as long as nothing else disturbs it: one line shows that. It is used for the GRU too, which lets in as
/// little (1 - z) as it lets go, and therefore learns slowly where it keeps much.
enum VanishingGradients: ExampleProgram {
  static let name = "vanishing-gradients"
  static let summary = "What vanishes, what explodes, and what each cure changes."

  private static let steps = 40
  private static let units = 16
  static func run(seed: UInt64, page: inout ExamplePage) {
    let random = RandomSource(seed: seed)
    measure(random, &page)
    train(random, &page)
  }

  // MARK: The gradient before training

  private static func measure(_ random: RandomSource, _ page: inout ExamplePage) {
    let data = Memories(100, random: random.stream("measured"))
    var shares: [String: [Double]] = [:]
    func measure(_ name: String, _ cell: some RecurrentCell, window: Int = steps) {
      let measured = gradientNorms(Net(cell, random: random), data, window: window)
      shares[name] = measured
      let shown = [10, 20, 39].map { NumberText.significant(measured[$0], 2) }
      page.say("\(padded(name)) \(shown.joined(separator: "  "))")
    }
    page.say("before training: norm of ∂L/∂h 10, 20 and 39 steps before the last, as a share of that at the last:")
    for gain in [0.8, 1.0, 1.2] {
      measure("linear, orthogonal times \(gain)", elman(.linear, .orthogonal(gain: gain), random))
    }
    measure("tanh, uniform as PyTorch", elman(.tanh, .uniformAsPyTorch, random))
    measure("tanh, orthogonal", elman(.tanh, .orthogonal(gain: 1), random))
    measure("tanh, orthogonal times 2", elman(.tanh, .orthogonal(gain: 2), random))
    measure(
      "the same, clipped at each step", StepClipped(cell: elman(.tanh, .orthogonal(gain: 2), random), limit: 1e-3))
    measure("LSTM, forget bias 0", lstm(0, random))
    measure("LSTM, forget bias 4", lstm(4, random))
    measure("LSTM, truncated after 10", lstm(4, random), window: 10)
    measure("GRU, update bias 0", gru(0, random))
    measure("GRU, update bias 4", gru(4, random))

    let linear = [0.8, 1.0, 1.2].map { abs(shares["linear, orthogonal times \($0)"]![39] / pow($0, 39) - 1) }
    page.claim("linear: the share after 39 steps differs from gain^39 by", linear.max()!, atMost: 0.01)
    page.claim("tanh with small weights: share after 39 steps", shares["tanh, uniform as PyTorch"]![39], atMost: 1e-4)
    page.claim("LSTM with half-open gates: share", shares["LSTM, forget bias 0"]![39], atMost: 1e-4)
    page.claim("GRU with half-open gates: share", shares["GRU, update bias 0"]![39], atMost: 1e-4)
    page.claim("LSTM with open forget gates: share", shares["LSTM, forget bias 4"]![39], atLeast: 0.05)
    page.claim("GRU with keeping update gates: share", shares["GRU, update bias 4"]![39], atLeast: 0.05)
    page.claim(
      "tanh with orthogonal weights times 2: share", shares["tanh, orthogonal times 2"]![39], atLeast: 10)
    page.claim(
      "the same, clipped at each step: share", shares["the same, clipped at each step"]![39], atMost: 10)
    page.claim("LSTM truncated after 10 steps: share", shares["LSTM, truncated after 10"]![39], atMost: 0)
    page.show(chart(shares), as: name)
  }

  /// The norm of the loss's gradient by the state after each step, the last step first, as shares of the last step's.
  ///
  /// A tensor of zeros is added to every state: the gradient by it is the gradient by the state.
  private static func gradientNorms<Cell: RecurrentCell>(
    _ net: Net<Cell>, _ data: Memories, window: Int
  ) -> [Double] {
    let start = net.cell.initialState(batchSize: data.classes.count)
    let zeros = (0..<steps).flatMap { _ in start.zeros().tensors }
    let run = valueAndGradients(of: net, inputs: zeros) { net, zeros in
      var (state, zeros) = (start, zeros[...])
      for step in 0..<steps {
        let before = step.isMultiple(of: window) ? state.detached() : state
        let next = net.cell.step(data.inputs[at: step, axis: 1], from: before).state
        state = next.mapTensors { $0 + zeros.removeFirst() }
      }
      return SoftmaxCrossEntropy()(net.head(state.tensors[0]), classes: data.classes)
    }
    let parts = start.tensors.count
    let squares = (0..<steps).map { step in
      run.inputGradients[step * parts..<(step + 1) * parts].reduce(0) { $0 + Double($1.squared().sum().scalar) }
    }
    return squares.reversed().map { ($0 / squares[steps - 1]).squareRoot() }
  }

  // MARK: Training

  /// What a training came to: the accuracy on fresh sequences, and the largest norm of a gradient before clipping.
  private struct Outcome {
    let accuracy: Double
    let largestNorm: Double
  }

  private static func train(_ random: RandomSource, _ page: inout ExamplePage) {
    let test = Memories(1000, random: random.stream("test"))
    var groups: [BarChart.Group] = []
    func train(
      _ name: String, _ cell: some RecurrentCell, with start: any Optimizer, clipping: GradientClipping? = nil,
      window: Int = steps
    ) -> Outcome {
      var net = Net(cell, random: random)
      var (optimizer, largest) = (start, 0.0)
      for update in 1...400 {
        let batch = Memories(32, random: random.stream("training").stream(update))
        var gradients = valueAndGradients(of: net) { net in
          SoftmaxCrossEntropy()(net(batch.inputs, window: window), classes: batch.classes)
        }.gradients
        let norm = gradients.norm
        largest = max(largest, norm)
        clipping?.clip(&gradients, norm: norm)
        optimizer.update(&net, with: gradients)
      }
      let right = zip(net(test.inputs).argmax(), test.classes).count { $0 == $1 }
      let accuracy = Double(right) / Double(test.classes.count)
      let text = NumberText.percent(accuracy)
      page.say("  \(padded(name)) \(text), largest norm of a gradient \(NumberText.significant(largest, 2))")
      groups[groups.count - 1].bars.append(
        BarChart.Bar(name, value: accuracy, text: text, role: accuracy > 0.9 ? .model : .muted))
      return Outcome(accuracy: accuracy, largestNorm: largest)
    }
    func begin(_ group: String) {
      page.say("accuracy after 400 updates, \(group):")
      groups.append(BarChart.Group(group, []))
    }
    func descent(_ learningRate: Double, decay: Double = 0) -> SGD {
      SGD(learningRate: learningRate, momentum: 0.9, weightDecay: decay)
    }

    begin("tanh with small weights: the gradient vanishes")
    let small = elman(.tanh, .uniformAsPyTorch, random)
    let untreated = train("as it is", small, with: descent(0.03))
    let clipped = train("clipped by norm", small, with: descent(0.03), clipping: .globalNorm(1))
    _ = train("learning rate times 10", small, with: descent(0.3))
    _ = train("L2", small, with: descent(0.03, decay: 0.01))
    _ = train(
      "identity weights", elman(.tanh, .identity(gain: 1), random), with: descent(0.03), clipping: .globalNorm(1))
    let orthogonal = train(
      "orthogonal weights", elman(.tanh, .orthogonal(gain: 1), random), with: descent(0.03), clipping: .globalNorm(1))
    _ = train("as it is, Adam", small, with: Adam(learningRate: 0.01))

    begin("tanh with orthogonal weights times 2: it explodes")
    let large = elman(.tanh, .orthogonal(gain: 2), random)
    let unclipped = train("as it is", large, with: descent(0.03))
    _ = train("L2", large, with: descent(0.03, decay: 0.01))
    _ = train("learning rate by 100", large, with: descent(0.0003))
    let byNorm = train("clipped by norm", large, with: descent(0.03), clipping: .globalNorm(0.3))
    let byValue = train("clipped by value", large, with: descent(0.03), clipping: .value(0.03))
    let byStep = train("clipped at each step", StepClipped(cell: large, limit: 1e-3), with: descent(0.03))

    begin("gates: it passes where they are open")
    let half = train("LSTM, forget bias 0", lstm(0, random), with: descent(0.03), clipping: .globalNorm(1))
    let open = train("LSTM, forget bias 4", lstm(4, random), with: descent(0.03), clipping: .globalNorm(1))
    _ = train(
      "the same, truncated after 10", lstm(4, random), with: descent(0.03), clipping: .globalNorm(1), window: 10)
    _ = train("GRU, update bias 0, Adam", gru(0, random), with: Adam(learningRate: 0.01), clipping: .globalNorm(1))
    let keeping = train(
      "GRU, update bias 4, Adam", gru(4, random), with: Adam(learningRate: 0.01), clipping: .globalNorm(1))

    page.claim("vanishing: accuracy as it is", untreated.accuracy, atMost: 0.6)
    page.claim("vanishing: accuracy if clipped, which makes nothing larger", clipped.accuracy, atMost: 0.6)
    page.claim("vanishing: accuracy with orthogonal weights", orthogonal.accuracy, atLeast: 0.95)
    page.claim("exploding: largest norm of a gradient before it is clipped", byNorm.largestNorm, atLeast: 20)
    page.claim("exploding: accuracy as it is", unclipped.accuracy, atMost: 0.6)
    let worst = min(byNorm.accuracy, byValue.accuracy, byStep.accuracy)
    page.claim("exploding: accuracy clipped by norm, by value and at each step, the least", worst, atLeast: 0.95)
    page.claim("gates: accuracy of an LSTM with half-open forget gates", half.accuracy, atMost: 0.6)
    page.claim("gates: accuracy of an LSTM with open forget gates", open.accuracy, atLeast: 0.95)
    page.claim("gates: accuracy of a GRU with keeping update gates", keeping.accuracy, atLeast: 0.95)
    page.show(
      BarChart(
        title: "What is remembered after 40 steps", summary: "The accuracy of each net and cure; chance is 50 %.",
        groups: groups), as: "\(name)-cures")
  }

  private static func padded(_ name: String) -> String { name + String(repeating: " ", count: max(0, 32 - name.count)) }

  private static func chart(_ shares: [String: [Double]]) -> LineChart {
    var chart = LineChart(
      title: "The gradient on its way back through time, before training",
      summary: "The norm of the loss's gradient by the state, by the distance from the last step, for eight nets.",
      xAxis: ChartAxis("steps before the last", kind: .wholeNumbers),
      yAxis: ChartAxis("norm of the gradient as a share of the last step's, power of ten", range: -10...4))
    let lines: [(name: String, role: ChartRole, isDashed: Bool)] = [
      ("linear, orthogonal times 1.2", .third, true), ("linear, orthogonal times 1.0", .muted, false),
      ("linear, orthogonal times 0.8", .muted, true), ("tanh, uniform as PyTorch", .first, false),
      ("LSTM, forget bias 0", .model, true), ("LSTM, forget bias 4", .model, false),
      ("GRU, update bias 0", .second, true), ("GRU, update bias 4", .second, false),
    ]
    chart.series = lines.map { line in
      LineChart.Series(
        line.name, x: (0..<steps).map(Double.init), y: shares[line.name]!.map { max(-10, log10($0)) }, role: line.role,
        isDashed: line.isDashed)
    }
    chart.aspect = 0.5
    return chart
  }

  // MARK: The task and the nets

  /// In the first step the first input is 1 or -1, and this is the class; the second input is noise.
  private struct Memories {
    let inputs: Tensor  // [batch, steps, 2]
    let classes: [Int]

    init(_ count: Int, random: RandomSource) {
      classes = (0..<count).map { random.stream("class").integer(below: 2, at: $0) }
      var signal = Tensor(zeros: [count, steps, 1])
      for row in 0..<count { signal[row, 0, 0] = classes[row] == 1 ? 1 : -1 }
      let noise = random.stream("noise").normal(
        [count, steps, 1], standardDeviation: 0.1)
      inputs = Tensor.concatenate([signal, noise], axis: 2)
    }
  }

  /// A cell over time and an affine map of its last output.
  private struct Net<Cell: RecurrentCell>: Module {
    var layer: RecurrentLayer<Cell>
    var head: Linear
    var cell: Cell { layer.cells[0] }

    init(_ cell: Cell, random: RandomSource) {
      layer = RecurrentLayer(inputSize: 2) { _ in cell }
      head = Linear(inputSize: cell.outputSize, outputSize: 2, random: random.stream("head"))
    }

    /// `[batch, 2]` before the softmax. The state is detached at the end of each window: no gradient goes further back.
    func callAsFunction(_ inputs: Tensor, window: Int = steps) -> Tensor {
      var state: StackedState<Cell.State>?
      var last = Tensor(0)
      for start in stride(from: 0, to: steps, by: window) {
        let run = layer(inputs[start..<min(steps, start + window), axis: 1], from: state?.detached())
        (state, last) = (run.finalState, run.lastOutputs)
      }
      return head(last)
    }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit(&layer, "layer")
      visitor.visit(&head, "head")
    }
  }

  /// Any cell, with the gradient by the state clipped at every step on its way back.
  private struct StepClipped<Cell: RecurrentCell>: RecurrentCell {
    var cell: Cell
    let limit: Scalar

    var inputSize: Int { cell.inputSize }
    var outputSize: Int { cell.outputSize }
    func initialState(batchSize: Int) -> Cell.State { cell.initialState(batchSize: batchSize) }

    func step(_ input: Tensor, from state: Cell.State) -> (output: Tensor, state: Cell.State) {
      cell.step(input, from: state.mapTensors { $0.clampingGradient(to: -limit...limit) })
    }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) { cell.visitParameters(&visitor) }
  }

  private static func elman(_ activation: Activation, _ recurrent: Initializer, _ random: RandomSource) -> ElmanCell {
    ElmanCell(
      inputSize: 2, hiddenSize: units, activation: activation,
      initialization: CellInitialization(inputWeight: .glorotUniform, recurrentWeight: recurrent, bias: .constant(0)),
      random: random)
  }

  private static func lstm(_ forgetBias: Scalar, _ random: RandomSource) -> LSTMCell {
    LSTMCell(inputSize: 2, hiddenSize: units, forgetBias: forgetBias, random: random)
  }

  /// The gates of a GRU lie in the order r, z, n: the second block of the bias is that of the update gate.
  private static func gru(_ updateBias: Scalar, _ random: RandomSource) -> GRUCell {
    var cell = GRUCell(inputSize: 2, hiddenSize: units, random: random)
    for unit in units..<2 * units { cell.weights.inputBias![unit] = updateBias }
    return cell
  }
}
