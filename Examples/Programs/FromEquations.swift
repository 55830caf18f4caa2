import Recurrent

/// A recurrent network written from its equations, and the same network from the library's parts.
///
///     h_t = x_t U + h_{t-1} W      U: [input, hidden], W: [hidden, hidden]
///     o_t = h_t V                  V: [hidden, output]
///
/// No bias, no activation; all weights start normal with standard deviation 0.01. `TanhCell` is the usual one:
///
///     h_t = tanh(x_t U + h_{t-1} W + b),  b = 0 at the start
///
/// Two products with split matrices are one product with a joint matrix: x U + h W = [h, x] J, where J is W above U.
/// Without an activation the network is a linear filter, so it learns to be one: y_t = x_t + 0.8 y_{t-1}.
enum FromEquations: ExampleProgram {
  static let name = "from-equations"
  static let summary = "A simple RNN from its three matrices, equal to the built-in one, joint and split."

  static func run(seed: UInt64, page: inout ExamplePage) {
    let random = RandomSource(seed: seed)
    compare(random, &page)
    learnFilter(random, &page)
  }

  /// Own cells and built-in ones with the same weights: outputs and gradients have to agree.
  private static func compare(_ random: RandomSource, _ page: inout ExamplePage) {
    let inputs = random.stream("inputs").normal([3, 7, 2])
    let targets = random.stream("targets").normal([3, 7, 4])
    func agreement<Own: RecurrentCell>(of cell: Own, with builtIn: ElmanCell, _ weights: [String], _ what: String) {
      let own = RecurrentLayer(inputSize: 2) { _ in cell }
      let layer = RecurrentLayer(inputSize: 2) { _ in builtIn }
      let ownRun = valueAndGradients(of: own, inputs: [inputs]) { MeanSquaredError()($0($1[0]).outputs, targets) }
      let run = valueAndGradients(of: layer, inputs: [inputs]) { MeanSquaredError()($0($1[0]).outputs, targets) }
      page.claim("\(what): outputs differ by", difference(own(inputs).outputs, layer(inputs).outputs), atMost: 1e-6)
      var gradient = difference(ownRun.inputGradients[0], run.inputGradients[0])
      for (ownName, name) in zip(weights, ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0"]) {
        // The library keeps a matrix as [outputs, inputs]; these equations multiply from the other side.
        let expected = run.gradients[name]!
        let asHere = expected.shape.rank == 2 ? expected.transposed() : expected
        gradient = max(gradient, difference(ownRun.gradients[ownName + "_l0"]!, asHere))
      }
      page.claim("\(what): gradients differ by", gradient, atMost: 1e-6)
    }

    let plain = PlainCell(inputSize: 2, hiddenSize: 4, standardDeviation: 0.5, random: random.stream("plain"))
    var linear = ElmanCell(inputSize: 2, hiddenSize: 4, activation: .linear, hasBias: false)
    linear.weights.inputWeight = plain.inputHidden.transposed()
    linear.weights.recurrentWeight = plain.hiddenHidden.transposed()
    agreement(of: plain, with: linear, ["U", "W"], "the cell without activation, and ElmanCell")

    let tanh = TanhCell(inputSize: 2, hiddenSize: 4, standardDeviation: 0.5, random: random.stream("tanh"))
    var elman = ElmanCell(inputSize: 2, hiddenSize: 4)
    elman.weights.inputWeight = tanh.inputHidden.transposed()
    elman.weights.recurrentWeight = tanh.hiddenHidden.transposed()
    elman.weights.inputBias = tanh.bias
    elman.weights.recurrentBias = Tensor(zeros: [4])
    agreement(of: tanh, with: elman, ["U", "W", "b"], "the cell with tanh and zero bias, and ElmanCell")

    let (x, h) = (random.stream("x").normal([3, 2]), random.stream("h").normal([3, 4]))
    let joint = Tensor.concatenate([tanh.hiddenHidden, tanh.inputHidden], axis: 0)
    page.claim(
      "joint matrix on [h, x], and split matrices: products differ by",
      difference(
        Tensor.concatenate([h, x], axis: 1).matrixProduct(joint),
        x.matrixProduct(tanh.inputHidden) + h.matrixProduct(tanh.hiddenHidden)), atMost: 1e-6)
  }

  /// From weights of 0.01 to a filter with memory, in plain training.
  private static func learnFilter(_ random: RandomSource, _ page: inout ExamplePage) {
    var model = PlainNetwork(inputSize: 1, hiddenSize: 3, outputSize: 1, random: random.stream("network"))
    func sequences(_ random: RandomSource) -> (inputs: Tensor, targets: Tensor) {
      let inputs = random.normal([32, 25, 1])
      var targets = inputs
      for row in 0..<32 {
        for step in 1..<25 { targets[row, step, 0] += 0.8 * targets[row, step - 1, 0] }
      }
      return (inputs, targets)
    }
    let test = sequences(random.stream("test"))
    let before = MeanSquaredError()(model(test.inputs), test.targets).scalar
    var optimizer = Adam(learningRate: 0.01)
    for update in 1...600 {
      let batch = sequences(random.stream("training").stream(update))
      let (_, gradients) = valueAndGradients(of: model) { MeanSquaredError()($0(batch.inputs), batch.targets) }
      optimizer.update(&model, with: gradients)
    }
    let after = MeanSquaredError()(model(test.inputs), test.targets).scalar
    page.say("error of the filter on fresh sequences: \(before) before training, \(after) after")
    page.claim("share of the error that is left", Double(after / before), atMost: 0.01)

    var pulse = Tensor(zeros: [1, 12, 1])
    pulse[0, 0, 0] = 1
    page.say(
      "answer to a single 1 (asked: 1, 0.8, 0.64, ...): \(model(pulse).scalars.map { ($0 * 1000).rounded() / 1000 })")
  }

  /// The largest difference of two tensors, relative to the largest element.
  private static func difference(_ left: Tensor, _ right: Tensor) -> Double {
    let largest = (left - right).absolute().scalars.max() ?? 0
    return Double(largest / max(1, right.absolute().scalars.max() ?? 0))
  }
}

/// h_t = x_t U + h_{t-1} W.
private struct PlainCell: RecurrentCell {
  var inputHidden: Tensor  // U, [input, hidden]
  var hiddenHidden: Tensor  // W, [hidden, hidden]

  init(inputSize: Int, hiddenSize: Int, standardDeviation: Scalar = 0.01, random: RandomSource) {
    inputHidden = random.stream("U").normal([inputSize, hiddenSize], standardDeviation: standardDeviation)
    hiddenHidden = random.stream("W").normal([hiddenSize, hiddenSize], standardDeviation: standardDeviation)
  }

  var inputSize: Int { inputHidden.shape[0] }
  var outputSize: Int { inputHidden.shape[1] }
  func initialState(batchSize: Int) -> Tensor { Tensor(zeros: [batchSize, outputSize]) }

  func step(_ input: Tensor, from hidden: Tensor) -> (output: Tensor, state: Tensor) {
    let next = input.matrixProduct(inputHidden) + hidden.matrixProduct(hiddenHidden)
    return (next, next)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&inputHidden, "U")
    visitor.visit(&hiddenHidden, "W")
  }
}

/// h_t = tanh(x_t U + h_{t-1} W + b).
private struct TanhCell: RecurrentCell {
  var inputHidden: Tensor  // U, [input, hidden]
  var hiddenHidden: Tensor  // W, [hidden, hidden]
  var bias: Tensor  // b, [hidden]

  init(inputSize: Int, hiddenSize: Int, standardDeviation: Scalar = 0.01, random: RandomSource) {
    inputHidden = random.stream("U").normal([inputSize, hiddenSize], standardDeviation: standardDeviation)
    hiddenHidden = random.stream("W").normal([hiddenSize, hiddenSize], standardDeviation: standardDeviation)
    bias = Tensor(zeros: [hiddenSize])
  }

  var inputSize: Int { inputHidden.shape[0] }
  var outputSize: Int { inputHidden.shape[1] }
  func initialState(batchSize: Int) -> Tensor { Tensor(zeros: [batchSize, outputSize]) }

  func step(_ input: Tensor, from hidden: Tensor) -> (output: Tensor, state: Tensor) {
    let sum = input.matrixProduct(inputHidden) + hidden.matrixProduct(hiddenHidden)
    let next = sum.adding(rowVector: bias).tanh()
    return (next, next)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&inputHidden, "U")
    visitor.visit(&hiddenHidden, "W")
    visitor.visit(&bias, "b")
  }
}

/// The plain cell over time, and o_t = h_t V.
private struct PlainNetwork: Module {
  var recurrence: RecurrentLayer<PlainCell>
  var hiddenOutput: Tensor  // V, [hidden, output]

  init(inputSize: Int, hiddenSize: Int, outputSize: Int, random: RandomSource) {
    recurrence = RecurrentLayer(inputSize: inputSize) { place in
      PlainCell(inputSize: place.inputSize, hiddenSize: hiddenSize, random: random.stream("cell"))
    }
    hiddenOutput = random.stream("V").normal([hiddenSize, outputSize], standardDeviation: 0.01)
  }

  /// `[batch, time, input]` to `[batch, time, output]`.
  func callAsFunction(_ inputs: Tensor) -> Tensor {
    let hidden = recurrence(inputs).outputs
    let (rows, steps, width) = (hidden.shape[0], hidden.shape[1], hidden.shape[2])
    let outputs = hidden.reshaped(to: [rows * steps, width]).matrixProduct(hiddenOutput)
    return outputs.reshaped(to: [rows, steps, hiddenOutput.shape[1]])
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&recurrence, "recurrence")
    visitor.visit(&hiddenOutput, "V")
  }
}
