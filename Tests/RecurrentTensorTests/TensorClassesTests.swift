import RecurrentTensor
import Testing

/// Classes as rows, and back.
@Suite struct TensorClassesTests {
  @Test func oneHotRows() {
    let rows = Tensor.oneHot([2, 0, 2], count: 4)
    #expect(rows.shape == [3, 4])
    #expect(rows.scalars == [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0])
    #expect(rows.argmax() == [2, 0, 2])
    #expect(Tensor.oneHot([], count: 3).shape == [0, 3])
  }

  @Test func theLargestOfEachRow() {
    let x = Tensor([1, 5, 5, -3, -1, -2, .nan, -7, -8], shape: [3, 3])
    #expect(x.argmax() == [1, 1, 1])
    #expect(x.reshaped(to: [1, 3, 3]).argmax() == [1, 1, 1])
    #expect(Tensor([4, 7], shape: [2]).argmax() == [1])
  }

  @Test func aClassThatDoesNotExist() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.oneHot([0, 3], count: 3)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("oneHot: index 3 is not in 0..<3."), "\(text)")
  }
}
