import RecurrentTensor
import Testing

/// What a programmer reads who joins tensors that do not fit.
@Suite struct ShapeMessagesTests {
  static let mistakes: [(@Sendable () -> Void, String)] = [
    ({ _ = Tensor(zeros: [2, 3]) + Tensor(zeros: [3, 2]) }, "+: expected shape [2, 3]; received [3, 2]."),
    ({ _ = Tensor([1, 2, 3], shape: [2, 2]) }, "Tensor: shape [2, 2] holds 4 scalars; received 3."),
    (
      { _ = Tensor(zeros: [2, 3]).matrixProduct(Tensor(zeros: [4, 5])) },
      "matrixProduct: the inner sizes of [2, 3] and [4, 5] differ."
    ),
    (
      { _ = Tensor(zeros: [7, 3]).linear(weight: Tensor(zeros: [5, 4])) },
      "linear: the inner sizes of [7, 3] and [5, 4] differ."
    ),
    (
      { _ = Tensor(zeros: [7, 3]).linear(weight: Tensor(zeros: [5, 3]), bias: Tensor(zeros: [3])) },
      "linear bias: expected shape [5]; received [3]."
    ),
    (
      { _ = Tensor(zeros: [2, 3]).adding(rowVector: Tensor(zeros: [2])) },
      "adding(rowVector:): expected shape [3]; received [2]."
    ),
    (
      { _ = Tensor(zeros: [2, 3]).multiplying(perRow: Tensor(zeros: [3])) },
      "multiplying(perRow:): expected shape [2]; received [3]."
    ),
    ({ _ = Tensor(zeros: [2, 3]).reshaped(to: [4, 2]) }, "reshaped(to:): expected shape [2, 3]; received [4, 2]."),
    (
      { _ = Tensor(zeros: [2, 3])[1..<5, axis: 1] },
      "Tensor[range, axis:]: range 1..<5 leaves axis 1 of shape [2, 3]."
    ),
    ({ _ = Tensor(zeros: [2, 3]).rows(at: [0, 2]) }, "rows(at:): index 2 is not in 0..<2."),
    ({ _ = Tensor(zeros: [2, 3]).sum(axis: 2) }, "There is no axis 2 in shape [2, 3] of rank 2."),
    ({ _ = Tensor.stack([], axis: 0) }, "stack: expected at least one tensor; received none."),
    (
      { _ = Tensor.concatenate([Tensor(zeros: [2, 3]), Tensor(zeros: [3, 4])], axis: 1) },
      "concatenate(axis: 1): expected shape [2, 3]; received [3, 4]."
    ),
    ({ _ = Tensor(zeros: [2, 3]).scalar }, "Tensor.scalar: expected a single scalar; received shape [2, 3]."),
    ({ _ = Shape([1, 1, 1, 1, 1, 1, 1]) }, "A shape has at most 6 axes; received 7."),
    ({ _ = Shape([-1]) }, "The size of an axis lies between 0 and 2147483647; received -1."),
    (
      {
        let tape = Tape()
        tape.backward(from: tape.watch(Tensor(zeros: [2])) * 2)
      },
      "Gradient: expected a single scalar; received shape [2]."
    ),
  ]

  @Test(arguments: mistakes.indices)
  func mistakeStopsWithItsText(_ index: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [index] in
      ShapeMessagesTests.mistakes[index].0()
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains(Self.mistakes[index].1), "\(text)")
  }
}
