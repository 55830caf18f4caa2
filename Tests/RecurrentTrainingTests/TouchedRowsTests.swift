import RecurrentNN
import RecurrentTensor
import RecurrentTraining
import Testing

/// Updates with gradients that are held by rows against updates with the same gradients in one arena.
@Suite struct TouchedRowsTests {
  private struct Vocabulary: Module {
    var words = Embedding(vocabularySize: 1500, size: 11, random: RandomSource(seed: 2))
    var head = Linear(inputSize: 11, outputSize: 3, random: RandomSource(seed: 3))

    func gradients(_ indices: [Int]) -> Gradients {
      valueAndGradients(of: self) { $0.head($0.words(indices, shape: [indices.count])).squared().sum() }.gradients
    }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit(&words, "words")
      visitor.visit(&head, "head")
    }
  }

  /// Rows that come again, rows that come once, and one batch of so many that its gradient is dense.
  private let batches = [[3, 7, 3, 1499], [7, 0], [900], Array(0..<700), [3, 1200, 1201], [0, 1499], [64]]

  private func dense(_ gradients: Gradients) -> Gradients {
    Gradients(layout: gradients.layout, arena: gradients.arena)
  }

  private func isHeldByRows(_ gradients: Gradients) -> Bool {
    gradients.rows(at: gradients.layout["words.weight"]!.range) != nil
  }

  static let optimizers: [any Optimizer] =
    OptimizerKind.all.map { $0.make(0.03) } + [
      SGD(learningRate: 0.1), SGD(learningRate: 0.1, weightDecay: 0.1),
      SGD(learningRate: 0.1, momentum: 0.9, nesterov: true), Adam(learningRate: 0.03, weightDecay: 0.1),
      AdamW(learningRate: 0.03, weightDecay: 0), Adagrad(learningRate: 0.03, initialSum: 0.1),
    ]

  @Test(arguments: optimizers.indices) func weightsAreThoseOfDenseGradients(_ number: Int) {
    let name = "\(Self.optimizers[number])"
    for batches in [batches, batches.filter { $0.count < 100 }] {
      var (model, twin) = (Vocabulary(), Vocabulary())
      var (optimizer, other) = (Self.optimizers[number], Self.optimizers[number])
      for (step, batch) in batches.enumerated() {
        var (rows, whole) = (model.gradients(batch), dense(twin.gradients(batch)))
        #expect(isHeldByRows(rows) == (batch.count < 100) && !isHeldByRows(whole))
        let norm = rows.norm
        #expect(norm == whole.norm)
        let clipping = step.isMultiple(of: 2) ? GradientClipping.globalNorm(0.5) : .value(0.2)
        clipping.clip(&rows, norm: norm)
        clipping.clip(&whole, norm: norm)
        optimizer.update(&model, with: rows)
        other.update(&twin, with: whole)
        #expect(model.words.weight == twin.words.weight, "\(name) after \(step + 1)")
        #expect(model.head.weight == twin.head.weight)
      }
    }
  }

  /// Infinity less zero times infinity would be NaN.
  @Test(arguments: [true, false]) func rowsThatNeverHadAGradientAreLeftAlone(remembers: Bool) {
    var optimizers: [any Optimizer] = [SGD(learningRate: 0.1)]
    if remembers {
      optimizers = [SGD(learningRate: 0.1, momentum: 0.9), Adam(learningRate: 0.1), Adagrad(learningRate: 0.1)]
    }
    for start in optimizers {
      let name = "\(start)"
      var (model, optimizer) = (Vocabulary(), start)
      model.words.weight[5, 10] = .infinity
      for batch in batches where batch.count < 100 { optimizer.update(&model, with: model.gradients(batch)) }
      #expect(model.words.weight[5, 10] == .infinity, "\(name)")
      #expect(model.words.weight[7, 3] != Vocabulary().words.weight[7, 3])
    }
  }
  @Test func touchedRowsAreFoundAgainInRestoredMemories() throws {
    var (model, optimizer) = (Vocabulary(), Adam(learningRate: 0.03))
    for batch in [[3, 7], [900, 3]] { optimizer.update(&model, with: model.gradients(batch)) }
    var (other, continued) = (Vocabulary(), Adam(learningRate: 0.03))
    continued.update(&other, with: other.gradients([1, 2]))
    try continued.state.restore(
      layout: ParameterLayout(of: model), updates: optimizer.state.updates, numbers: optimizer.state.numbers,
      tensors: optimizer.state.tensors)
    var twin = model
    optimizer.update(&model, with: model.gradients([1200]))
    continued.update(&twin, with: twin.gradients([1200]))
    #expect(model.words.weight == twin.words.weight)
  }
}
