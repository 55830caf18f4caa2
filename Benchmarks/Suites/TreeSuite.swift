import Recurrent

extension BenchmarkSuite {
  /// Every cell over trees that can be chosen by name.
  static let trees = BenchmarkSuite(
    name: "trees",
    summary: """
      a batch of trees: all nodes of one height together (levels), or one tree after another, one node after another \
      (nodes); forward with all gradients (train), forward alone (infer)
      """,
    rows: TreeKind.all.flatMap { kind in
      [(64, 32), (300, 150)].flatMap { input, hidden in
        let work = TreeWork(kind: kind, input: input, hidden: hidden)
        return [
          work.row("levels/train", byNode: false), work.row("nodes/train", byNode: true),
          work.inference("levels/infer"),
        ]
      }
    })
}

/// 25 trees of 19 words of `input` numbers, by cells of `hidden` units.
private struct TreeWork {
  static let batch = 25, words = 19

  let kind: TreeKind
  let input, hidden: Int

  private var name: String { "tree/\(kind.name)/B\(Self.batch)W\(Self.words)I\(input)H\(hidden)" }

  func row(_ ending: String, byNode: Bool) -> BenchmarkRow {
    BenchmarkRow("\(name)/\(ending)", figures: { figures(byNode: byNode) }) { seconds in
      let (cell, forest, words) = (cell, Self.forest, sampleWords)
      return MedianTime.of(seconds: seconds) { _ = Self.run(cell, forest, words, byNode: byNode) }
    }
  }

  func inference(_ ending: String) -> BenchmarkRow {
    BenchmarkRow("\(name)/\(ending)") { seconds in
      let (cell, forest, words) = (cell, Self.forest, sampleWords)
      return MedianTime.of(seconds: seconds) { _ = cell(words, of: forest) }
    }
  }

  /// What both ways have to give alike.
  private func figures(byNode: Bool) -> [BenchmarkFigure] {
    let run = Self.run(cell, Self.forest, sampleWords, byNode: byNode)
    return [
      BenchmarkFigure("loss", Double(run.value)),
      BenchmarkFigure("weightGradient", normOf: run.gradients.arena.scalars),
    ]
  }

  private var cell: any NamedTreeCell {
    kind.make(inputSize: input, hiddenSize: hidden, random: RandomSource(seed: 1))
  }

  private static func run(
    _ cell: some NamedTreeCell, _ forest: Forest, _ words: Tensor, byNode: Bool
  ) -> (value: Scalar, gradients: Gradients) {
    valueAndGradients(of: cell) { cell in
      (byNode ? cell.outputsNodeByNode(words, of: forest) : cell(words, of: forest)).squared().mean()
    }
  }

  private var sampleWords: Tensor { RandomSource(seed: 2).stream("words").normal([Self.forest.leafCount, input]) }

  /// Trees about as high as those of parsed sentences: a node is closed after every second word or so.
  private static let forest = Forest(
    (0..<batch).map { tree in
      let random = RandomSource(seed: 2).stream("shape").stream(tree)
      var (counts, open) = ([Int](), 0)
      for word in 0..<words {
        (counts, open) = (counts + [0], open + 1)
        var position = 0
        while open > 1, word == words - 1 || random.stream(word).integer(below: 5, at: position) < 2 {
          (counts, open, position) = (counts + [2], open - 1, position + 1)
        }
      }
      return TreeShape(childCounts: counts)
    })
}
