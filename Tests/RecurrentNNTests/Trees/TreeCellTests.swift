import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// What holds for every cell over trees that can be chosen by name.
@Suite struct TreeCellTests {
  private static func randomized<Cell: NamedTreeCell>(
    _: Cell.Type, inputSize: Int = 3, hiddenSize: Int = 5, seed: UInt64 = 11
  ) -> Cell {
    ModuleTensors.randomized(
      Cell.fresh(inputSize: inputSize, hiddenSize: hiddenSize, random: RandomSource(seed: 1)), seed: seed)
  }

  @Test(arguments: TreeKind.all) func numbersAreThoseOfTheEquations(kind: TreeKind) throws {
    func check<Cell: NamedTreeCell>(_: Cell.Type) throws {
      let file = ReferenceNumbers.trees
      let fresh = Cell.fresh(inputSize: 3, hiddenSize: 5, random: RandomSource(seed: 1))
      let weights = try fresh.namedTensors.map { ($0.name, try file.tensor("\(kind.name).\($0.name)")) }
      let cell = ModuleTensors.replacing(fresh, Dictionary(uniqueKeysWithValues: weights))
      let name = cell.childPlaces == nil ? "any" : "binary"
      var counts = try file.tensor("\(name).counts").scalars.map { Int($0) }[...]
      let trees = try file.tensor("\(name).sizes").scalars.map { size in
        defer { counts = counts.dropFirst(Int(size)) }
        return TreeShape(childCounts: Array(counts.prefix(Int(size))))
      }
      let words = try file.tensor("\(name).words")
      ReferenceNumbers.expectEqual(cell(words, of: Forest(trees)), "\(kind.name).outputs", in: file)
      ReferenceNumbers.expectEqual(
        cell.outputsNodeByNode(words, of: Forest(trees)), "\(kind.name).outputs", in: file)
    }
    try check(kind.cell)
  }

  @Test(arguments: TreeKind.all) func gradientsAreThoseOfDifferences(kind: TreeKind) {
    func check<Cell: NamedTreeCell>(_: Cell.Type) {
      let cell = Self.randomized(Cell.self, inputSize: 2, hiddenSize: 3)
      let forest = SampleTrees.forest(for: cell)
      let words = SampleTrees.words(forest, size: 2)
      #expect(GradientCheck.disagreements(of: cell, at: [words]) { [$0($1[0], of: forest)] } == [])
      #expect(GradientCheck.disagreements(of: cell, at: [words]) { [$0.outputsNodeByNode($1[0], of: forest)] } == [])
    }
    check(kind.cell)
  }

  @Test(arguments: TreeKind.all, [5, 33]) func levelsAreNodesOneByOne(kind: TreeKind, hidden: Int) {
    func check<Cell: NamedTreeCell>(_: Cell.Type) {
      let cell = Self.randomized(Cell.self, hiddenSize: hidden)
      let forest = SampleTrees.forest(for: cell)
      let words = SampleTrees.words(forest, size: 3)
      // The same chains of the same numbers: equal to the bit.
      #expect(cell(words, of: forest) == cell.outputsNodeByNode(words, of: forest))
      let run = { (byNode: Bool) in
        valueAndGradients(of: cell, inputs: [words]) { cell, inputs in
          (byNode ? cell.outputsNodeByNode(inputs[0], of: forest) : cell(inputs[0], of: forest)).squared().mean()
        }
      }
      let (levels, nodes) = (run(false), run(true))
      #expect(Comparison.relativeError(levels.gradients.arena, nodes.gradients.arena) < 1e-5)
      #expect(Comparison.relativeError(levels.inputGradients[0], nodes.inputGradients[0]) < 1e-5)
    }
    check(kind.cell)
  }

  @Test(arguments: TreeKind.all) func aTreeAloneIsTheTreeInItsBatch(kind: TreeKind) {
    func check<Cell: NamedTreeCell>(_: Cell.Type) {
      let cell = Self.randomized(Cell.self, hiddenSize: 19)
      let forest = SampleTrees.forest(for: cell)
      let words = SampleTrees.words(forest, size: 3)
      let together = cell(words, of: forest)
      var (node, leaf) = (0, 0)
      for tree in forest.trees {
        let alone = cell(words[leaf..<leaf + tree.leafCount, axis: 0], of: Forest([tree]))
        #expect(together[node..<node + tree.nodeCount, axis: 0] == alone)
        (node, leaf) = (node + tree.nodeCount, leaf + tree.leafCount)
      }
    }
    check(kind.cell)
  }

  @Test(arguments: TreeKind.all) func deepTreesNeedNoStack(kind: TreeKind) {
    func check<Cell: NamedTreeCell>(_: Cell.Type) {
      let cell = Self.randomized(Cell.self, inputSize: 2, hiddenSize: 2)
      for tree in [SampleTrees.comb(20_000), SampleTrees.rightComb(20_000)] {
        let forest = Forest([tree])
        let words = SampleTrees.words(forest, size: 2)
        let run = valueAndGradients(of: cell, inputs: [words]) { cell, inputs in
          cell(inputs[0], of: forest).rows(at: forest.roots).sum()
        }
        #expect(run.value.isFinite && run.gradients.arena.scalars.allSatisfy(\.isFinite))
        #expect(run.inputGradients[0].scalars.contains { $0 != 0 })
      }
    }
    check(kind.cell)
  }

  @Test(arguments: TreeKind.all) func nothingIsComputedForNoTrees(kind: TreeKind) {
    func check<Cell: NamedTreeCell>(_: Cell.Type) {
      let cell = Self.randomized(Cell.self)
      #expect(cell(Tensor(zeros: [0, 3]), of: Forest([])) == Tensor(zeros: [0, 5]))
      #expect(cell.outputsNodeByNode(Tensor(zeros: [0, 3]), of: Forest([])) == Tensor(zeros: [0, 5]))
    }
    check(kind.cell)
  }

  @Test(arguments: TreeKind.all) func weightsAreSavedAndLoaded(kind: TreeKind) throws {
    func check<Cell: NamedTreeCell>(_: Cell.Type) throws {
      let cell = Self.randomized(Cell.self)
      let bytes = SafetensorsFile.encoded(cell.namedTensors.map { (name: $0.name, tensor: $0.tensor) })
      var other = Self.randomized(Cell.self, seed: 99)
      try other.loadWeights(from: try SafetensorsFile(bytes: bytes, name: "memory"))
      let forest = SampleTrees.forest(for: cell)
      let words = SampleTrees.words(forest, size: 3)
      #expect(other(words, of: forest) == cell(words, of: forest))
      #expect(ModuleReflection.forgottenTensors(in: cell) == [])
    }
    try check(kind.cell)
  }

  @Test(arguments: TreeKind.all) func equalSeedsStartAlike(kind: TreeKind) {
    func tensors(_ seed: UInt64) -> [Tensor] {
      kind.make(inputSize: 3, hiddenSize: 5, random: RandomSource(seed: seed)).namedTensors.map(\.tensor)
    }
    #expect(tensors(1) == tensors(1))
    #expect(tensors(1) != tensors(2))
  }

  @Test func wordsThatDoNotFit() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RecursiveCell(inputSize: 3, hiddenSize: 2)(Tensor(zeros: [4, 3]), of: Forest([.leaf]))
    }
    let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(output.contains("RecursiveCell: expected words of shape [1, 3]; received [4, 3]."), "\(output)")
    let wide = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let forest = Forest([.leaf, TreeShape(childCounts: [0, 0, 0, 3])])
      _ = RecursiveCell(inputSize: 3, hiddenSize: 2)(Tensor(zeros: [4, 3]), of: forest)
    }
    let text = String(decoding: wide?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("children of a node of tree 1 must be at most 2; received 3."), "\(text)")
  }
}
