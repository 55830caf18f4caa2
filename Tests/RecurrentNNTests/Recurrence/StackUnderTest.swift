import RecurrentNN
import RecurrentTensor

/// A recurrent layer of any cell, with states as plain tensors, so that one test serves all cells.
protocol StackUnderTest {
  func run(_ inputs: Tensor, lengths: [Int]?) -> StackRun
  func runInTwoParts(_ inputs: Tensor, cut: Int) -> StackRun
  func stream(_ inputs: Tensor) -> StackRun
  func start(_ rows: Int) -> [Tensor]
  func gradients(_ inputs: Tensor, lengths: [Int]?) -> Gradients
}

struct StackRun {
  let outputs: Tensor
  var last = Tensor(0)
  let states: [Tensor]
}

extension RecurrentLayer: StackUnderTest {
  func run(_ inputs: Tensor, lengths: [Int]?) -> StackRun {
    let run = self(inputs, lengths: lengths)
    return StackRun(outputs: run.outputs, last: run.lastOutputs, states: run.finalState.tensors)
  }

  func runInTwoParts(_ inputs: Tensor, cut: Int) -> StackRun {
    let first = self(inputs[0..<cut, axis: 1])
    let second = self(inputs[cut..<inputs.shape[1], axis: 1], from: first.finalState)
    return StackRun(
      outputs: Tensor.concatenate([first.outputs, second.outputs], axis: 1), states: second.finalState.tensors)
  }

  func stream(_ inputs: Tensor) -> StackRun {
    var state: StackedState<Cell.State>?
    var outputs: [Tensor] = []
    for step in 0..<inputs.shape[1] {
      let next = self.step(inputs[at: step, axis: 1], from: state)
      outputs.append(next.output)
      state = next.state
    }
    return StackRun(outputs: Tensor.stack(outputs, axis: 1), states: state!.tensors)
  }

  func start(_ rows: Int) -> [Tensor] { initialState(batchSize: rows).tensors }

  func gradients(_ inputs: Tensor, lengths: [Int]?) -> Gradients {
    valueAndGradients(of: self) { layer in
      let run = layer(inputs, lengths: lengths)
      return run.finalState.tensors.reduce(run.outputs.squared().sum() + run.lastOutputs.sum()) { $0 + $1.sum() }
    }.gradients
  }
}
