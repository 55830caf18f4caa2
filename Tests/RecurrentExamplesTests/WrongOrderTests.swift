import Recurrent
import Testing

/// Matrices in the wrong order stop with their shapes instead of being stretched to fit (`FromEquations`).
@Suite("Matrices in the wrong order")
struct WrongOrderTests {
  private func expect(_ text: String, _ result: ExitTest.Result?) {
    let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(output.contains(text), "\(output)")
  }

  @Test("Weights before inputs")
  func weightsFirst() async {
    expect(
      "matrixProduct: the inner sizes of [2, 4] and [3, 2] differ.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let (x, inputHidden) = (Tensor(zeros: [3, 2]), Tensor(zeros: [2, 4]))
        _ = inputHidden.matrixProduct(x)
      })
  }

  @Test("The matrix of the state with the input")
  func swapped() async {
    expect(
      "matrixProduct: the inner sizes of [3, 2] and [4, 4] differ.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let (x, hiddenHidden) = (Tensor(zeros: [3, 2]), Tensor(zeros: [4, 4]))
        _ = x.matrixProduct(hiddenHidden)
      })
  }

  @Test("A joint matrix on [h, x] that was made for [h, x, 1]")
  func joint() async {
    expect(
      "matrixProduct: the inner sizes of [3, 6] and [7, 4] differ.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let (h, x) = (Tensor(zeros: [3, 4]), Tensor(zeros: [3, 2]))
        _ = Tensor.concatenate([h, x], axis: 1).matrixProduct(Tensor(zeros: [7, 4]))
      })
  }

  @Test("A sum of one row and many")
  func sums() async {
    expect(
      "+: expected shape [3, 4]; received [1, 4].",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor(zeros: [3, 4]) + Tensor(zeros: [1, 4])
      })
  }
}
