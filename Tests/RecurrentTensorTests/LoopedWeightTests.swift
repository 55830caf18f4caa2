import RecurrentKernels
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// A weight that several steps of a loop use: packed once, its gradient gathered for many rows at a time.
@Suite struct LoopedWeightTests {
  private struct Run: Equatable {
    let output, weightGradient, inputGradient: Tensor
  }

  /// A recurrence through `product`; other uses of the weight stand between its steps.
  private func run(rows: Int, steps: Int, _ product: (_ x: Tensor, _ weight: Tensor) -> Tensor) -> Run {
    var data = TestData(seed: 3)
    let (input, weight) = (data.tensor([rows, 19]), data.tensor([19, 19]))
    let tape = Tape()
    let (x, w) = (tape.watch(input), tape.watch(weight))
    var hidden = x
    var penalty = w.squared().sum()
    for step in 0..<steps {
      hidden = product(hidden, w).tanh()
      if step % 20 == 7 { penalty = penalty + w.matrixProduct(w).sum() }
    }
    tape.backward(from: hidden.sum() + penalty * 0.01)
    return Run(output: hidden.detached(), weightGradient: tape.gradient(of: w), inputGradient: tape.gradient(of: x))
  }

  /// Few rows wait, many do not; a product of two matrices packs and adds at every use.
  @Test(arguments: [1, 5, 16, 32, 33, 300], [1, 3])
  func gradientsHaveTheBitsOfSingleProducts(rows: Int, threads: Int) {
    for set in InstructionSet.allCases where set.isAvailable {
      let (looped, single) = WorkerPool.using(threads: threads) {
        InstructionSet.using(set) {
          (
            run(rows: rows, steps: 45) { $0.linear(weight: $1) },
            run(rows: rows, steps: 45) { $0.matrixProduct($1, otherTransposed: true) }
          )
        }
      }
      #expect(looped == single, "\(set)")
      #expect(looped.weightGradient.scalars.contains { $0 != 0 })
    }
  }

  /// So many rows that the most that may wait have come; and so many columns that their product is shared between threads.
  @Test(arguments: [(width: 9, rows: 31, steps: 40), (width: 150, rows: 32, steps: 30)], [1, 3])
  func manyRowsHaveTheBitsOfSingleProducts(size: (width: Int, rows: Int, steps: Int), threads: Int) {
    func gradient(_ product: (_ x: Tensor, _ weight: Tensor) -> Tensor) -> Tensor {
      var data = TestData(seed: 6)
      let (input, weight) = (
        data.tensor([size.rows, size.width]), data.tensor([size.width, size.width], in: -0.1...0.1)
      )
      let tape = Tape()
      let w = tape.watch(weight)
      var hidden = input
      for _ in 0..<size.steps { hidden = product(hidden, w).tanh() + input }
      tape.backward(from: hidden.sum())
      return tape.gradient(of: w)
    }
    let (looped, single) = WorkerPool.using(threads: threads) {
      (gradient { $0.linear(weight: $1) }, gradient { $0.matrixProduct($1, otherTransposed: true) })
    }
    #expect(looped == single)
  }

  /// Parts of a weight that stand apart from its use in a loop are added in their place on the tape.
  @Test(arguments: [1, 3]) func slicesOfALoopedWeightKeepTheirPlace(threads: Int) {
    func gradient(_ product: (_ x: Tensor, _ weight: Tensor) -> Tensor) -> Tensor {
      var data = TestData(seed: 7)
      let (input, weight) = (data.tensor([1, 4]), data.tensor([4, 4]))
      let tape = Tape()
      let w = tape.watch(weight)
      var loss = (w[0..<2, axis: 0] * 0.37).sum()
      var hidden = input
      for _ in 0..<100 {
        hidden = product(hidden, w).tanh()
        loss = loss + hidden.sum()
      }
      tape.backward(from: loss + (w[2..<4, axis: 0] * 0.71).sum())
      return tape.gradient(of: w)
    }
    let (looped, single) = WorkerPool.using(threads: threads) {
      (gradient { $0.linear(weight: $1) }, gradient { $0.matrixProduct($1, otherTransposed: true) })
    }
    #expect(looped == single)
  }

  /// Without another use at the end of the walk the last rows are added all the same, to what memory of the caller holds
  /// too.
  @Test func rowsThatWaitAreAddedAtTheEnd() {
    var data = TestData(seed: 4)
    let (x, weight) = (data.tensor([2, 5]), data.tensor([3, 5]))
    func gradient(accumulating: Bool) -> [Scalar] {
      var gradient = [Scalar](repeating: 2, count: 15)
      gradient.withUnsafeMutableBufferPointer { gradient in
        let tape = Tape()
        let watched = tape.watch(weight, gradient: gradient.baseAddress!, accumulating: accumulating)
        tape.backward(from: x.linear(weight: watched).sum())
      }
      return gradient
    }
    let expected = (0..<15).map { x[0, $0 % 5] + x[1, $0 % 5] }
    for (seen, expected) in zip(gradient(accumulating: false), expected) { #expect(abs(seen - expected) < 1e-5) }
    for (seen, expected) in zip(gradient(accumulating: true), expected) { #expect(abs(seen - expected - 2) < 1e-5) }
  }

  /// A weight stays packed from its second use on: every change must be seen.
  @Test func changesOfAPackedWeightAreSeen() {
    var data = TestData(seed: 5)
    var weight = data.tensor([7, 4])
    let x = data.tensor([2, 4])
    func expectFresh() {
      for _ in 0..<3 { #expect(x.linear(weight: weight) == x.matrixProduct(weight, otherTransposed: true)) }
    }
    expectFresh()
    weight[6, 3] += 1
    expectFresh()
    let copy = weight
    weight.withUnsafeMutablePointer { $0[0] = 9 }
    expectFresh()
    #expect(x.linear(weight: copy) != x.linear(weight: weight))
  }
}
