import RecurrentNN
import RecurrentTensor

/// A cell as a user writes it: a state of two tensors of different sizes, and an output that is none of them.
struct TrailCell: RecurrentCell {
  struct State: RecurrentState {
    var fast: Tensor  // [batch, 3]
    var trail: Tensor  // [batch, 2]

    mutating func visitTensors(_ body: (inout Tensor) -> Void) {
      body(&fast)
      body(&trail)
    }
  }

  var mix: Linear
  var weight: Tensor
  var start = Tensor([0.3, -0.2, 0.1], shape: [1, 3])

  init(inputSize: Int, seed: UInt64 = 5) {
    let random = RandomSource(seed: seed)
    mix = Linear(inputSize: inputSize + 3, outputSize: 3, random: random.stream("mix"))
    weight = Initializer.glorotNormal.weights(outputs: 2, inputs: 3, random: random.stream("weight"))
  }

  var inputSize: Int { mix.inputSize - 3 }
  var outputSize: Int { 4 }

  func initialState(batchSize: Int) -> State {
    State(
      fast: start.rows(at: [Int](repeating: 0, count: batchSize)), trail: Tensor(repeating: 0.2, shape: [batchSize, 2]))
  }

  func step(_ input: Tensor, from state: State) -> (output: Tensor, state: State) {
    let fast = mix(Tensor.concatenate([input, state.fast], axis: 1)).tanh()
    let trail = 0.7 * state.trail + fast.linear(weight: weight).sigmoid() * 0.3
    return (Tensor.concatenate([trail, trail * state.trail], axis: 1), State(fast: fast, trail: trail))
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&mix, "mix")
    visitor.visit(&weight, "weight")
    visitor.visit(&start, "start", .frozen)
  }
}
