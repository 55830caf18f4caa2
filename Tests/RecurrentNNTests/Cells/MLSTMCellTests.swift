import Foundation
import RecurrentKernels
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct MLSTMCellTests {
  /// Where nothing is forgotten and every write weighs alike, an orthogonal key finds the value that was written with it.
  @Test func aKeyFindsItsValue() {
    let size = 4
    var cell = MLSTMCell(inputSize: 3 * size, hiddenSize: size, random: RandomSource(seed: 2))
    // The input is query, key and value; output gates are open.
    cell.weight = Tensor(shape: [4 * size + 2, 3 * size]) { weight in
      weight.update(repeating: 0, count: (4 * size + 2) * 3 * size)
      for unit in 0..<3 * size { weight[unit * 3 * size + unit] = 1 }
    }
    for unit in 0..<size { cell.bias[3 * size + unit] = 40 }
    cell.bias[4 * size + 1] = 40
    var data = TestData(seed: 3)
    let values = data.tensor([size, size])
    let x = Tensor(shape: [1, size + 1, 3 * size]) { x in
      x.update(repeating: 0, count: (size + 1) * 3 * size)
      for step in 0..<size {
        x[step * 3 * size + size + step] = 2
        for unit in 0..<size { x[step * 3 * size + 2 * size + unit] = values[step, unit] }
      }
      // Asks for the third, writing a value of nothing.
      x[size * 3 * size + 2] = 1
    }
    let result = cell.scan(x, lengths: nil, reversed: false, from: cell.initialState(batchSize: 1))
    let found = result.outputs[at: size, axis: 1].reshaped(to: [size])
    #expect(Comparison.relativeError(found, values[at: 2, axis: 0]) < 1e-5)
  }

  /// Gates wide open, shut, and a hundred apart.
  @Test(arguments: [(-300.0, -300.0), (300, 300), (-300, 300), (300, -300), (60, -40)])
  func extremeGates(gates: (input: Double, forget: Double)) {
    var cell = ModuleTensors.randomized(
      MLSTMCell(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 2)), seed: 7, in: -0.5...0.5)
    (cell.bias[12], cell.bias[13]) = (Scalar(gates.input), Scalar(gates.forget))
    var data = TestData(seed: 4)
    let run = valueAndGradients(of: cell, inputs: [data.tensor([2, 50, 2])]) { cell, x in
      cell.scan(x[0], lengths: [50, 20], reversed: false, from: cell.initialState(batchSize: 2)).outputs.squared().sum()
    }
    let numbers = run.gradients.layout.entries.flatMap { run.gradients[$0.path]!.scalars }
    #expect((numbers + run.inputGradients[0].scalars).allSatisfy { $0.isFinite })
  }

  private func gradients(
    _ recomputation: Recomputation, hidden: Int, rows: Int, steps: Int
  ) -> (outputs: Tensor, all: [Tensor]) {
    let random = RandomSource(seed: 8)
    var layer = RecurrentLayer<MLSTMCell>(inputSize: 3) {
      MLSTMCell(inputSize: $0.inputSize, hiddenSize: hidden, random: random)
    }
    layer.recomputation = recomputation
    let x = random.stream("x").normal([rows, steps, 3])
    var outputs = Tensor(0)
    let run = valueAndGradients(of: layer, inputs: [x]) { layer, x in
      let result = layer(x[0], lengths: (0..<rows).map { max(1, steps - 2 * $0) }).outputs
      outputs = result.detached()
      return result.squared().sum()
    }
    return (outputs, [run.gradients.arena] + run.inputGradients)
  }

  /// What fits into memory is kept, and nothing computed again.
  @Test func automaticRecomputationIsNoneWhereItFits() {
    var layer = RecurrentLayer(inputSize: 2, layers: 1) { place in
      MLSTMCell(inputSize: place.inputSize, hiddenSize: 5, random: RandomSource(seed: 1))
    }
    func kept(_ recomputation: Recomputation) -> Int {
      layer.recomputation = recomputation
      return layer.keptBytes(rows: 3, steps: 200)
    }
    #expect(kept(.automatic) == kept(.never) && kept(.blocks(of: 64)) < kept(.never))
    let long = gradients(.never, hidden: 5, rows: 3, steps: 200)
    let automatic = gradients(.automatic, hidden: 5, rows: 3, steps: 200)
    #expect(automatic.outputs == long.outputs && automatic.all == long.all)
    for length in [5, 64, 100, 1000, .max] {
      let blocks = gradients(.blocks(of: length), hidden: 5, rows: 3, steps: 200)
      #expect(blocks.outputs == long.outputs, "blocks of \(length)")
      #expect(zip(blocks.all, long.all).allSatisfy { Comparison.relativeError($0, $1, floor: 1) < 1e-5 })
    }
  }

  /// What the chunks of 4,400 steps keep is more than 512 MiB: blocks of 67 steps, which are two chunks of 64 each.
  @Test func automaticRecomputationIsInBlocksBeyond() {
    let automatic = gradients(.automatic, hidden: 512, rows: 1, steps: 4400)
    let blocks = gradients(.blocks(of: 67), hidden: 512, rows: 1, steps: 4400)
    #expect(automatic.outputs == blocks.outputs && automatic.all == blocks.all)
    let fewer = gradients(.blocks(of: 250), hidden: 512, rows: 1, steps: 4400)
    #expect(automatic.outputs == fewer.outputs)
    #expect(zip(automatic.all, fewer.all).allSatisfy { Comparison.relativeError($0, $1, floor: 1) < 1e-4 })
  }

  /// A step without gradients walks through the memory once; with them it is made of tensors.
  @Test(arguments: [3, 17]) func aStepIsTheSameWithGradients(size: Int) {
    let cell = ModuleTensors.randomized(
      MLSTMCell(inputSize: 2, hiddenSize: size, random: RandomSource(seed: 2)), seed: 7, in: -0.9...0.9)
    var data = TestData(seed: 6)
    let state = cell.initialState(batchSize: 5).mapTensors { data.tensor($0.shape) }
    let x = data.tensor([5, 2])
    let plain = cell.step(x, from: state)
    let tape = Tape()
    defer { tape.finish() }
    let recorded = cell.step(tape.watch(x), from: state)
    #expect(plain.state.tensors == recorded.state.tensors.map { $0.detached() })
    #expect(Comparison.relativeError(plain.output, recorded.output.detached()) < 2e-6)
  }

  /// Rows whose memories are large enough to be dealt to threads.
  @Test func aStepIsTheSameOnEveryNumberOfThreads() {
    let cell = MLSTMCell(inputSize: 3, hiddenSize: 130, random: RandomSource(seed: 2))
    var data = TestData(seed: 6)
    let state = cell.initialState(batchSize: 37).mapTensors { data.tensor($0.shape) }
    let x = data.tensor([37, 3])
    func step(_ threads: Int) -> [Tensor] {
      WorkerPool.using(threads: threads) {
        let next = cell.step(x, from: state)
        return [next.output] + next.state.tensors
      }
    }
    // All are there before they are compared: no memory is used twice.
    let alone = step(1), together = [2, 3, 5].map(step)
    #expect(together.allSatisfy { $0 == alone })
  }

  /// Chunks with gradients, the loop without; where a stream goes on from what was learned, both are one network.
  @Test(arguments: [(steps: 63, reversed: false), (64, true), (65, false), (129, true)])
  func chunksAreTheLoop(steps: Int, reversed: Bool) {
    let cell = ModuleTensors.randomized(
      MLSTMCell(inputSize: 2, hiddenSize: 7, random: RandomSource(seed: 2)), seed: 7, in: -0.9...0.9)
    var data = TestData(seed: 6)
    let x = data.tensor([4, steps + 3, 2], in: -2...2)
    let lengths = [steps, steps - 1, 0, 1]
    let loop = cell.scan(x, lengths: lengths, reversed: reversed, from: cell.initialState(batchSize: 4))
    var chunks: [Tensor] = []
    _ = valueAndGradients(of: cell, inputs: [x]) { cell, x in
      let result = cell.scan(x[0], lengths: lengths, reversed: reversed, from: cell.initialState(batchSize: 4))
      chunks = ([result.outputs] + result.finalState.tensors).map { $0.detached() }
      return result.outputs.sum()
    }
    for (seen, expected) in zip(chunks, [loop.outputs] + loop.finalState.tensors) {
      #expect(Comparison.relativeError(seen, expected, floor: 1) < 1e-5)
    }
  }
}
