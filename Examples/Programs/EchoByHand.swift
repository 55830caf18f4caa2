import Recurrent

/// A cell stepped by hand: one joint matrix for the state, one for the output, no layer around them.
///
///     [h, x] = h_{t-1} and x_t side by side         10 inputs, 20 units
///     y_t    = [h, x] W_y + b_y                     the output reads the previous state
///     h_t    = tanh([h, x] W_h + b_h)               h_0 = 0
///     loss   = Σ_t mean((y_t - target_t)²)          summed over the steps
///     W      ← W - learningRate · gradient          plain gradient descent, the gradient's norm clipped at 1
///
/// The target is the first input of two steps before. At step t the output sees x_t and h_{t-1}, which saw x_{t-1}:
/// what came two steps before reaches it only if h_{t-2} hands it on to h_{t-1}. Back-propagation through time is what
/// teaches W_h to do so; it needs no code of its own, as the loop over the steps is recorded while it runs.
enum EchoByHand: ExampleProgram {
  static let name = "echo-by-hand"
  static let summary = "A joint cell in a loop of one's own learns to repeat what it heard two steps before."

  private struct JointCell: Module {
    var stateMatrix: Tensor  // W_h, [20 + 10, 20]
    var stateBias = Tensor(zeros: [20])  // b_h
    var outputMatrix: Tensor  // W_y, [20 + 10, 1]
    var outputBias = Tensor(zeros: [1])  // b_y

    init(random: RandomSource) {
      stateMatrix = random.stream("state").normal([30, 20], standardDeviation: 0.2)
      outputMatrix = random.stream("output").normal([30, 1], standardDeviation: 0.2)
    }

    /// `[batch, 10]` and `[batch, 20]` to `[batch, 1]` and `[batch, 20]`.
    func step(_ input: Tensor, from hidden: Tensor) -> (output: Tensor, hidden: Tensor) {
      let joint = Tensor.concatenate([hidden, input], axis: 1)
      let output = joint.matrixProduct(outputMatrix).adding(rowVector: outputBias)
      return (output, joint.matrixProduct(stateMatrix).adding(rowVector: stateBias).tanh())
    }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit(&stateMatrix, "stateMatrix")
      visitor.visit(&stateBias, "stateBias")
      visitor.visit(&outputMatrix, "outputMatrix")
      visitor.visit(&outputBias, "outputBias")
    }
  }

  /// The sum of the losses of all steps of `[batch, time, 10]`.
  private static func loss(of cell: JointCell, on inputs: Tensor) -> Tensor {
    let rows = inputs.shape[0]
    var hidden = Tensor(zeros: [rows, 20])
    var loss = Tensor(0)
    for step in 0..<inputs.shape[1] {
      let next = cell.step(inputs[at: step, axis: 1], from: hidden)
      let target = step < 2 ? Tensor(zeros: [rows, 1]) : inputs[at: step - 2, axis: 1][0..<1, axis: 1]
      loss = loss + MeanSquaredError()(next.output, target)
      hidden = next.hidden
    }
    return loss
  }

  static func run(seed: UInt64, page: inout ExamplePage) {
    let random = RandomSource(seed: seed)
    func sequences(_ count: Int, _ name: String) -> Tensor {
      random.stream(name).uniform([count, 15, 10], in: -1...1)
    }
    var cell = JointCell(random: random.stream("weights"))
    let fresh = sequences(500, "fresh")
    let before = loss(of: cell, on: fresh).scalar

    var optimizer = SGD(learningRate: 0.05)
    let clipping = GradientClipping.globalNorm(1)
    for update in 1...3000 {
      let inputs = sequences(32, "batch \(update)")
      var (value, gradients) = valueAndGradients(of: cell) { loss(of: $0, on: inputs) }
      clipping.clip(&gradients, norm: gradients.norm)
      optimizer.update(&cell, with: gradients)
      if update % 500 == 0 { page.say("update \(update): summed loss \(value)") }
    }

    let after = loss(of: cell, on: fresh).scalar
    page.say("summed loss on fresh sequences: \(before) before training, \(after) after")
    page.claim("share of the loss that is left on fresh sequences", Double(after / before), atMost: 0.05)
  }
}
