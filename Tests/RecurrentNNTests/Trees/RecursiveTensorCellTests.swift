import RecurrentNN
import RecurrentTensor
import Testing

@Suite struct RecursiveTensorCellTests {
  @Test func withoutItsTensorItIsTheRecursiveNetwork() {
    let random = RandomSource(seed: 5)
    var cell = RecursiveTensorCell(inputSize: 3, hiddenSize: 4, random: random)
    let forest = Forest(SampleTrees.binary)
    let words = SampleTrees.words(forest, size: 3)
    let plain = RecursiveCell(inputSize: 3, hiddenSize: 4, random: random)(words, of: forest)
    #expect(cell(words, of: forest) != plain)
    cell.tensor = Tensor(zeros: cell.tensor.shape)
    #expect(cell(words, of: forest) == plain)
  }
}
