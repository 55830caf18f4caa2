import RecurrentNN
import RecurrentTensor
import Testing

@Suite struct GradientsTests {
  private func gradients() -> Gradients {
    var gradients = Gradients(zerosFor: ParameterLayout(of: SmallModel()))
    gradients.arena = Tensor((0..<22).map { Scalar($0) }, shape: [22])
    return gradients
  }

  @Test func aPathGivesItsPartOfTheArena() {
    #expect(gradients()["parts.0.bias"] == Tensor([6, 7, 8], shape: [3]))
    #expect(gradients()["last.bias_l0_reverse"] == Tensor([21], shape: [1]))
  }

  @Test func gradientsAddUpAndScale() {
    var sum = gradients()
    sum.add(gradients())
    sum.scale(by: 0.25)
    #expect(sum["parts.0.bias"] == Tensor([3, 3.5, 4], shape: [3]))
    #expect(gradients().sumOfSquares == 3311)
  }

  @Test func theFirstTensorThatIsNotFiniteIsNamed() {
    var broken = gradients()
    #expect(broken.firstNonFinitePath == nil)
    broken.arena[20] = .infinity
    #expect(broken.firstNonFinitePath == "last.weight_l0_reverse")
    broken.arena[9] = .nan
    #expect(broken.firstNonFinitePath == "parts.1.weight")
  }
}

/// A model with a table so large that its gradient is held by rows.
private struct Vocabulary: Module {
  var first = Linear(inputSize: 3, outputSize: 5, random: RandomSource(seed: 1))
  var words = Embedding(vocabularySize: 1100, size: 17, random: RandomSource(seed: 2))
  var head = Linear(inputSize: 17, outputSize: 7, random: RandomSource(seed: 3))

  func loss(_ indices: [Int], touchingAll: Bool = false) -> Tensor {
    let hidden = first(Tensor(repeating: 0.5, shape: [1, 3])).squared().sum()
    let loss = head(words(indices, shape: [indices.count])).squared().sum() * hidden
    return touchingAll ? loss + (words.weight * 0).sum() : loss
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&first, "first")
    visitor.visit(&words, "words")
    visitor.visit(&head, "head")
  }
}

@Suite struct GradientsByRowsTests {
  private func gradients(_ indices: [Int], dense: Bool = false) -> Gradients {
    valueAndGradients(of: Vocabulary()) { $0.loss(indices, touchingAll: dense) }.gradients
  }

  private func isHeldByRows(_ gradients: Gradients) -> Bool {
    gradients.rows(at: gradients.layout["words.weight"]!.range) != nil
  }

  /// Every number, read in every way, is that of the dense gradients.
  private func expectEqual(_ seen: Gradients, _ dense: Gradients, _ what: String) {
    #expect(!isHeldByRows(dense))
    #expect(seen.sumOfSquares == dense.sumOfSquares, "\(what)")
    #expect(seen.firstNonFinitePath == dense.firstNonFinitePath)
    for path in seen.layout.entries.map(\.path) { #expect(seen[path] == dense[path], "\(what): \(path)") }
    #expect(seen.arena == dense.arena, "\(what)")
    var written = seen
    written.arena[3] = 9
    #expect(!isHeldByRows(written) && written.arena[3] == 9 && written["words.weight"] == dense["words.weight"])
  }

  private let some = [1, 1099, 3, 1, 700, 701, 60], others = [0, 3, 701, 1099, 402]

  @Test func theNumbersAreThoseOfDenseGradients() {
    let (rows, dense) = (gradients(some), gradients(some, dense: true))
    #expect(isHeldByRows(rows))
    #expect(dense.sumOfSquares > 0)
    expectEqual(rows, dense, "as computed")
    #expect(isHeldByRows(rows))
    var (scaledRows, scaledDense) = (rows, dense)
    scaledRows.scale(by: 0.3)
    scaledDense.scale(by: 0.3)
    #expect(isHeldByRows(scaledRows))
    expectEqual(scaledRows, scaledDense, "scaled")
    #expect(!isHeldByRows(gradients(Array(0..<300))))
  }

  @Test func sumsAreThoseOfDenseGradients() {
    var expected = gradients(some, dense: true)
    expected.add(gradients(others, dense: true))
    for (first, second) in [(false, false), (true, false), (false, true)] {
      var sum = gradients(some, dense: first)
      sum.add(gradients(others, dense: second))
      #expect(isHeldByRows(sum) == (!first && !second))
      expectEqual(sum, expected, "\(first) \(second)")
    }
  }

  @Test func whatIsNotFiniteIsNamed() {
    var model = Vocabulary()
    model.words.weight[701, 16] = .infinity
    let gradients = valueAndGradients(of: model) { $0.words(some, shape: [some.count]).squared().sum() }.gradients
    #expect(isHeldByRows(gradients) && gradients.firstNonFinitePath == "words.weight")
  }
}
