import Foundation
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
}
