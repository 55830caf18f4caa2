import RecurrentNN
import RecurrentTensor
import Testing

@Suite struct RecursiveCellTests {
  /// A fresh node is about the mean of its children, with noise that the seed decides.
  @Test func nodesStartAsTheMeanOfTheirChildren() {
    let size = 9
    var starts: [Tensor] = []
    for seed in [1, 2] as [UInt64] {
      let random = RandomSource(seed: seed)
      let simple = RecursiveCell(inputSize: 3, hiddenSize: size, random: random).children
      let tensor = RecursiveTensorCell(inputSize: 3, hiddenSize: size, random: random).children
      for map in [simple, tensor] {
        #expect(map.weight.shape == [size, 2 * size] && map.bias == Tensor(zeros: [size]))
        let noise = (0..<size * 2 * size).map { index in
          map.weight.scalars[index] - (index / (2 * size) == index % size ? 0.5 : 0)
        }
        #expect(noise.allSatisfy { abs($0) < 1.0 / 12 })
        #expect(noise.max()! > 1.0 / 15 && noise.min()! < -1.0 / 15)
        let firsts = (0..<size).map { noise[$0 * 2 * size + $0] }
        let seconds = (0..<size).map { noise[$0 * 2 * size + size + $0] }
        #expect(firsts != seconds)
        starts.append(map.weight)
      }
    }
    #expect(starts[0] != starts[2] && starts[1] != starts[3])
  }

  @Test func leftAndRightAreToldApart() {
    let cell = RecursiveCell(inputSize: 3, hiddenSize: 4, random: RandomSource(seed: 5))
    let words = SampleTrees.words(Forest([TreeShape(childCounts: [0, 0, 2])]), size: 3)
    let pair = Forest([TreeShape(childCounts: [0, 0, 2])])
    let root = cell(words, of: pair).rows(at: [2])
    #expect(root != cell(words.rows(at: [1, 0]), of: pair).rows(at: [2]))
  }

  @Test func aNodeOfOneChildReadsItFromTheLeft() {
    var cell = RecursiveCell(inputSize: 3, hiddenSize: 4, random: RandomSource(seed: 5))
    let (forest, words) = (Forest([TreeShape(childCounts: [0, 1])]), Tensor([0.3, -0.4, 0.9], shape: [1, 3]))
    let before = cell(words, of: forest)
    for unit in 0..<4 {
      for column in 4..<8 { cell.children.weight[unit, column] = 9 }
    }
    #expect(cell(words, of: forest) == before)
    cell.children.weight[2, 1] += 1
    #expect(cell(words, of: forest) != before)
  }
}
