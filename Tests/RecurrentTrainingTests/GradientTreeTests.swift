import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import RecurrentTraining
import Testing

@Suite struct GradientTreeTests {
  private let model = FreeWeights(weights: Tensor(zeros: [5]))

  /// Shards with gradients whose sums depend on the order of addition.
  private func shard(_ index: Int) -> (gradients: Gradients, loss: Double, weight: Double) {
    var data = TestData(seed: UInt64(index + 1))
    let numbers = (0..<5).map { _ in data.number(in: -1...1) * (index.isMultiple(of: 3) ? 1e4 : 1) }
    return (model.gradients(numbers), data.number(in: 0...3), Double(1 + data.integer(below: 9)))
  }

  private func tree(of shards: [Int]) -> GradientTree {
    var tree = GradientTree()
    for index in shards {
      let (gradients, loss, weight) = shard(index)
      tree.add(shard: index, gradients: gradients, loss: loss, weight: weight)
    }
    return tree
  }

  /// What the trainer makes of a tree, through a run of one step with rate 1 from zero weights.
  private func mean(_ tree: GradientTree) throws -> (gradients: [Scalar], loss: Double) {
    struct Giving: GradientReducer {
      let given: GradientTree
      func reduce(_ tree: inout GradientTree) { tree = given }
    }
    struct Free: TrainableModel {
      var weights: FreeWeights
      func loss(on batch: Int, context: inout ForwardContext) -> Tensor { weights.weights.sum() }
      mutating func visitParameters(_ visitor: inout some ParameterVisitor) { weights.visitParameters(&visitor) }
    }
    var (model, loss) = (Free(weights: model), 0.0)
    let trainer = Trainer(optimizer: .sgd(learningRate: 1), length: .steps(1), reducer: Giving(given: tree))
    try trainer.fit(&model, on: GivenBatches(all: [0])) {
      if case .step(let progress) = $0 { loss = progress.trainLoss }
    }
    return (model.weights.weights.scalars.map { -$0 }, loss)
  }

  @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 12])
  func orderAndPlaceDoNotMatter(count: Int) throws {
    let expected = try mean(tree(of: Array(0..<count)))
    for seed in 0..<6 {
      let order = RandomSource(seed: UInt64(seed)).permutation(count)
      let cut = count * seed / 6
      var merged = tree(of: Array(order[cut...]))
      merged.merge(tree(of: Array(order[..<cut])))
      let received = try mean(merged)
      #expect(received.gradients == expected.gradients)
      #expect(received.loss == expected.loss)
    }
  }

  @Test(arguments: [[0, 1, 2, 3, 4, 5, 6], [0, 2, 3, 6], [1], [4, 5]])
  func meanIsWeighted(shards: [Int]) throws {
    let received = try mean(tree(of: shards))
    let all = shards.map { shard($0) }
    let total = all.reduce(0) { $0 + $1.weight }
    let gradients = (0..<5).map { place in
      all.reduce(0.0) { $0 + Double($1.gradients["weights"]![place]) * $1.weight / total }
    }
    #expect(Comparison.relativeError(received.gradients.map { Double($0) }, gradients) < 1e-6)
    #expect(abs(received.loss - all.reduce(0) { $0 + $1.loss * $1.weight } / total) < 1e-12)
  }

  @Test func fewSumsAreHeld() {
    var tree = GradientTree()
    #expect(tree.isEmpty)
    for index in 0..<64 {
      let (gradients, loss, weight) = shard(index)
      tree.add(shard: index, gradients: gradients, loss: loss, weight: weight)
      #expect(tree.sumCount <= 6)
    }
    #expect(tree.sumCount == 1)
  }
}
