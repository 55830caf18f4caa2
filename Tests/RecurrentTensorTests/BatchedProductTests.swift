import RecurrentKernels
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct BatchedProductTests {
  @Test(arguments: [false, true], [1, 3])
  func everyPairIsTheProductOfItsMatrices(transposed: Bool, threads: Int) {
    var data = TestData(seed: 1)
    // The last is large enough for several threads, the one before it has fewer matrices than threads.
    for (groups, rows, inner, columns) in [(6, 3, 5, 4), (2, 130, 70, 120), (12, 70, 33, 90)] {
      let left = data.tensor([groups / 2, 2, rows, inner])
      let right = data.tensor([groups / 2, 2, transposed ? columns : inner, transposed ? inner : columns])
      let product = WorkerPool.using(threads: threads) { left.batchedProduct(right, otherTransposed: transposed) }
      #expect(product.shape == [groups / 2, 2, rows, columns])
      for group in 0..<groups {
        func matrix(_ tensor: Tensor) -> Tensor { tensor[at: group / 2, axis: 0][at: group % 2, axis: 0] }
        let expected = matrix(left).matrixProduct(matrix(right), otherTransposed: transposed)
        #expect(matrix(product) == expected)
      }
    }
  }

  @Test(arguments: [false, true]) func gradientsAreThoseOfDifferences(transposed: Bool) {
    var data = TestData(seed: 2)
    let inputs = [data.tensor([2, 3, 5]), data.tensor(transposed ? [2, 4, 5] : [2, 5, 4])]
    #expect(GradientCheck.disagreements(at: inputs) { $0[0].batchedProduct($0[1], otherTransposed: transposed) } == [])
    // Both sides may be one tensor, and gradients add up.
    let square = [data.tensor([2, 3, 3])]
    #expect(
      GradientCheck.disagreements(at: square) {
        $0[0].batchedProduct($0[0], otherTransposed: transposed) + $0[0]
      } == [])
  }

  @Test func emptyMatricesHaveEmptyOrZeroProducts() {
    #expect(Tensor(zeros: [0, 2, 3]).batchedProduct(Tensor(zeros: [0, 3, 4])).shape == [0, 2, 4])
    #expect(Tensor(zeros: [2, 0, 3]).batchedProduct(Tensor(zeros: [2, 3, 4])).shape == [2, 0, 4])
    #expect(Tensor(zeros: [2, 3, 0]).batchedProduct(Tensor(zeros: [2, 0, 4])) == Tensor(zeros: [2, 3, 4]))
  }

  @Test func aThirdSizeThatDiffersStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor(zeros: [2, 3, 5]).batchedProduct(Tensor(zeros: [3, 5, 4]))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("batchedProduct: the inner sizes of [2, 3, 5] and [3, 5, 4] differ."), "\(text)")
  }
}
