import RecurrentTensor
import RecurrentTestSupport
import Testing

/// Values of operations against hand-made or straightforward double-precision results.
@Suite struct OperationValueTests {
  let a = Tensor([1, -2, 3, -4, 5, -6], shape: [2, 3])
  let b = Tensor([2, 4, -5, 8, 10, -3], shape: [2, 3])

  @Test func arithmetic() {
    #expect((a + b).scalars == [3, 2, -2, 4, 15, -9])
    #expect((a - b).scalars == [-1, -6, 8, -12, -5, -3])
    #expect((a * b).scalars == [2, -8, -15, -32, 50, 18])
    #expect((a / b).scalars == [0.5, -0.5, -0.6, -0.5, 0.5, 2])
    #expect((10 - a).scalars == [9, 12, 7, 14, 5, 16])
    #expect((60 / a).scalars == [60, -30, 20, -15, 12, -10])
    #expect((a - 1).scalars == [0, -3, 2, -5, 4, -7])
    #expect((-a).scalars == [-1, 2, -3, 4, -5, 6])
  }

  @Test func functions() {
    var data = TestData(seed: 3)
    let x = data.tensor([7, 9], in: -4...4)
    let values = x.scalars.map { Double($0) }
    func agrees(_ tensor: Tensor, _ expected: (Double) -> Double) -> Bool {
      Comparison.relativeError(tensor.scalars.map { Double($0) }, values.map(expected)) < 1e-6
    }
    #expect(agrees(x.exp(), exponential))
    #expect(agrees(x.tanh()) { (exponential($0) - exponential(-$0)) / (exponential($0) + exponential(-$0)) })
    #expect(agrees(x.sigmoid()) { 1 / (1 + exponential(-$0)) })
    #expect(agrees(x.softplus().exp()) { 1 + exponential($0) })
    #expect(agrees(x.exp().log()) { $0 })
    #expect(agrees(x.squared()) { $0 * $0 })
    #expect(agrees(x.squared().squareRoot()) { abs($0) })
    #expect(agrees(x.absolute()) { abs($0) })
    #expect(agrees(x.relu()) { max($0, 0) })
    #expect(agrees(x.clamped(to: -1...2)) { min(max($0, -1), 2) })
  }

  @Test func aClampedGradient() {
    let tape = Tape()
    let x = tape.watch(Tensor([1, 2, 3, 4], shape: [4]))
    let y = x.clampingGradient(to: -0.5...2)
    #expect(y.scalars == x.scalars)
    tape.backward(from: (y * Tensor([-3, 0.25, 2.5, .nan], shape: [4])).sum())
    let gradient = tape.gradient(of: x).scalars
    #expect(Array(gradient.prefix(3)) == [-0.5, 0.25, 2] && gradient[3].isNaN)
    #expect(a.clampingGradient(to: 0...1) == a)
  }

  @Test func extremes() {
    let x = Tensor([1000, -1000, 0], shape: [3])
    #expect(x.softplus().scalars[0] == 1000)
    #expect(x.softplus().scalars[1] == 0)
    #expect(x.softmax().scalars == [1, 0, 0])
    #expect(x.logSoftmax().scalars == [0, -2000, -1000])
    let nan = Tensor(repeating: .nan, shape: [2])
    #expect(nan.relu().scalars.allSatisfy { $0.isNaN })
    #expect(nan.clamped(to: 0...1).scalars.allSatisfy { $0.isNaN })
    #expect(nan.softmax().scalars.allSatisfy { $0.isNaN })
  }

  @Test func softmaxRows() {
    var data = TestData(seed: 8)
    let x = data.tensor([3, 5], in: -3...3)
    for row in 0..<3 {
      let exponentials = (0..<5).map { exponential(Double(x[row, $0])) }
      let total = exponentials.reduce(0, +)
      for column in 0..<5 {
        let probability = exponentials[column] / total
        #expect(abs(Double(x.softmax()[row, column]) - probability) < 1e-6)
        #expect(abs(exponential(Double(x.logSoftmax()[row, column])) - probability) < 1e-6)
      }
    }
  }

  @Test func vectors() {
    let row = Tensor([1, 2, 3], shape: [3])
    let perRow = Tensor([10, 100], shape: [2])
    #expect(a.adding(rowVector: row).scalars == [2, 0, 6, -3, 7, -3])
    #expect(a.multiplying(rowVector: row).scalars == [1, -4, 9, -4, 10, -18])
    #expect(a.adding(perRow: perRow).scalars == [11, 8, 13, 96, 105, 94])
    #expect(a.multiplying(perRow: perRow).scalars == [10, -20, 30, -400, 500, -600])
  }

  @Test func matrixProducts() {
    let c = Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2])
    let expected = Tensor([1 - 6 + 15, 2 - 8 + 18, -4 + 15 - 30, -8 + 20 - 36], shape: [2, 2])
    #expect(a.matrixProduct(c) == expected)
    #expect(a.transposed().matrixProduct(c, transposed: true) == expected)
    #expect(a.matrixProduct(c.transposed(), otherTransposed: true) == expected)
    #expect(a.transposed().matrixProduct(c.transposed(), transposed: true, otherTransposed: true) == expected)
    let bias = Tensor([100, 200], shape: [2])
    #expect(
      a.reshaped(to: [2, 1, 3]).linear(weight: c.transposed(), bias: bias)
        == expected.adding(rowVector: bias).reshaped(to: [2, 1, 2]))
  }

  @Test func reductions() {
    #expect(a.sum().scalar == -3)
    #expect(a.mean().scalar == -0.5)
    #expect(a.sum(axis: 0).scalars == [-3, 3, -3])
    #expect(a.sum(axis: 1).scalars == [2, -5])
    #expect(a.mean(axis: 0).scalars == [-1.5, 1.5, -1.5])
    #expect(a.max(axis: 0).scalars == [1, 5, 3])
    #expect(a.max(axis: 1).scalars == [3, 5])
  }

  @Test func gradientOfMaximumGoesToTheFirst() {
    let tape = Tape()
    let x = tape.watch(Tensor([2, 7, 7, 1], shape: [4]))
    tape.backward(from: x.max(axis: 0))
    #expect(tape.gradient(of: x).scalars == [0, 1, 0, 0])
  }

  @Test func layouts() {
    let cube = Tensor((0..<24).map { Scalar($0) }, shape: [2, 3, 4])
    #expect(cube[1..<3, axis: 1].scalars == [4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19, 20, 21, 22, 23])
    #expect(cube[at: 2, axis: 2].scalars == [2, 6, 10, 14, 18, 22])
    #expect(cube[at: 1, axis: 0].shape == [3, 4])
    #expect(cube.rows(at: [1, 0, 1])[2, 2, 3] == 23)
    let exchanged = cube.transposed(0, 2)
    #expect(exchanged.shape == [4, 3, 2])
    for i in 0..<2 {
      for j in 0..<3 {
        for k in 0..<4 {
          #expect(exchanged[k, j, i] == cube[i, j, k])
          #expect(cube.transposed(0, 1)[j, i, k] == cube[i, j, k])
          #expect(cube.transposed(1, 2)[i, k, j] == cube[i, j, k])
        }
      }
    }
    #expect(Tensor.concatenate([a, b], axis: 0).shape == [4, 3])
    #expect(Tensor.concatenate([a, b], axis: 1).scalars == [1, -2, 3, 2, 4, -5, -4, 5, -6, 8, 10, -3])
    #expect(Tensor.stack([a, b], axis: 1).scalars == [1, -2, 3, 2, 4, -5, -4, 5, -6, 8, 10, -3])
    #expect(Tensor.stack([a, b], axis: 2).scalars == [1, 2, -2, 4, 3, -5, -4, 8, 5, 10, -6, -3])
  }

  @Test func selection() {
    let mask = Tensor([1, 0, 0, 1, 1, 0], shape: [2, 3])
    #expect(Tensor.select(where: mask, a, otherwise: b).scalars == [1, 4, -5, -4, 5, -3])
    #expect(Tensor.select(where: Tensor([0, 1], shape: [2]), a, otherwise: b).scalars == [2, 4, -5, -4, 5, -6])
    let nan = Tensor(repeating: .nan, shape: [2, 3])
    #expect(Tensor.select(where: Tensor(zeros: [2]), nan, otherwise: b) == b)
    #expect(a.mask(above: 1).scalars == [0, 0, 1, 0, 1, 0])
  }

  private func exponential(_ x: Double) -> Double {
    var (term, sum) = (1.0, 1.0)
    for n in 1..<60 {
      term *= x / Double(n)
      sum += term
    }
    return sum
  }
}
