import RecurrentTensor
import Testing

@Suite struct TensorTests {
  @Test func rowMajorOrder() {
    let tensor = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(tensor[0, 2] == 3)
    #expect(tensor[1, 0] == 4)
    #expect(tensor.scalars == [1, 2, 3, 4, 5, 6])
  }

  @Test func copyOnWrite() {
    let original = Tensor([1, 2, 3], shape: [3])
    var copy = original
    copy[1] = 9
    #expect(original.scalars == [1, 2, 3])
    #expect(copy.scalars == [1, 9, 3])
    let view = copy.reshaped(to: [3, 1])
    copy[0] = 5
    #expect(view.scalars == [1, 9, 3])
  }

  @Test func uniqueOwnerWritesInPlace() {
    var tensor = Tensor([1, 2, 3], shape: [3])
    let before = tensor.withUnsafePointer { Int(bitPattern: $0) }
    tensor[2] = 7
    #expect(tensor.withUnsafePointer { Int(bitPattern: $0) } == before)
    #expect(before % 64 == 0)
  }

  @Test func writingLeavesTheTape() {
    let tape = Tape()
    var tensor = tape.watch(Tensor([1, 2], shape: [2]))
    tensor[0] = 3
    #expect(tensor.tape == nil)
  }

  @Test func equality() {
    #expect(Tensor([1, 2], shape: [2]) == Tensor([1, 2], shape: [2]))
    #expect(Tensor([1, 2], shape: [2]) != Tensor([1, 3], shape: [2]))
    #expect(Tensor([1, 2], shape: [2]) != Tensor([1, 2], shape: [1, 2]))
    #expect(Tensor(Scalar.nan) != Tensor(Scalar.nan))
  }

  @Test func emptyTensor() {
    let empty = Tensor(zeros: [3, 0])
    #expect(empty.scalars.isEmpty)
    #expect((empty + empty).shape == [3, 0])
    #expect(empty.sum().scalar == 0)
    #expect(empty.sum(axis: 1).scalars == [0, 0, 0])
    #expect(
      empty.linear(weight: Tensor(zeros: [2, 0]), bias: Tensor([1, 2], shape: [2])).scalars == [1, 2, 1, 2, 1, 2])
  }

  @Test func description() {
    #expect(Tensor([1, 2.5], shape: [2]).description == "Tensor [2]: 1.0, 2.5")
    #expect(Tensor(zeros: [13]).description.hasSuffix(", ..."))
  }
}
