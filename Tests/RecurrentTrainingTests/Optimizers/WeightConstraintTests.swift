import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import RecurrentTraining
import Testing

@Suite struct WeightConstraintTests {
  private func limited(_ limit: WeightLimit, _ weights: Tensor) throws -> Tensor {
    var model = FreeWeights(weights: weights)
    try WeightConstraints([WeightConstraint("weights", limit)], of: model).apply(to: &model)
    return model.weights
  }

  private let rows = Tensor([3, 4, 0.3, 0.4, 0, 0], shape: [3, 2])

  @Test func rowsAreShortenedOrMadeOfLengthOne() throws {
    #expect(try limited(.maximumNorm(2.5), rows) == Tensor([1.5, 2, 0.3, 0.4, 0, 0], shape: [3, 2]))
    let unit = try limited(.unitNorm, rows)
    #expect(Comparison.relativeError(unit, Tensor([0.6, 0.8, 0.6, 0.8, 0, 0], shape: [3, 2])) < 1e-6)
    // A vector is one row.
    let vector = try limited(.maximumNorm(1), Tensor([0, 8, 6], shape: [3]))
    #expect(Comparison.relativeError(vector, Tensor([0, 0.8, 0.6], shape: [3])) < 1e-6)
  }

  @Test func noWeightIsBelowZero() throws {
    #expect(try limited(.nonNegative, Tensor([-1, 2, -0.5, 0], shape: [4])).scalars == [0, 2, 0, 0])
  }

  @Test func noWeightIsLargerInMagnitude() throws {
    #expect(try limited(.magnitude(1.5), Tensor([-2, 1, 1.75, -1.5], shape: [2, 2])).scalars == [-1.5, 1, 1.5, -1.5])
  }

  @Test func everyBlockIsScaledOnItsOwn() throws {
    // Two gates: a rotation of magnitude 2, and a stretch of 10 with eigenvalues of 0.5.
    let blocks = Tensor([1.2, -1.6, 1.6, 1.2, 0.5, 10, 0, 0.5], shape: [4, 2])
    let byRadius = try limited(.spectralRadius(1), blocks)
    #expect(byRadius[2..<4, axis: 0] == blocks[2..<4, axis: 0])
    #expect(abs(byRadius[0..<2, axis: 0].spectralRadius - 1) < 1e-3)
    let byNorm = try limited(.spectralNorm(3), blocks)
    #expect(byNorm[0..<2, axis: 0] == blocks[0..<2, axis: 0])
    #expect(abs(byNorm[2..<4, axis: 0].spectralNorm - 3) < 1e-3)
    #expect(abs(byNorm[2, 1] / byNorm[2, 0] - 20) < 1e-4)
  }

  @Test func whatIsWithinTheLimitsKeepsItsBits() throws {
    var data = TestData(seed: 1)
    let weights = data.tensor([6, 3], in: 0.1...0.4)
    for limit in [WeightLimit.maximumNorm(9), .nonNegative, .magnitude(0.4), .spectralNorm(9), .spectralRadius(9)] {
      #expect(try limited(limit, weights) == weights)
    }
  }

  @Test func writtenConstraintsAreReadAndImpossibleOnesRefused() throws {
    let constraints = [
      WeightConstraint("*.weight_hh*", .spectralRadius(0.9)), WeightConstraint("head", .maximumNorm(2)),
      WeightConstraint("a", .unitNorm), WeightConstraint("b", .nonNegative), WeightConstraint("c", .spectralNorm(3)),
      WeightConstraint("d", .magnitude(1.25)),
    ]
    let text = String(decoding: try JSONEncoder().encode(constraints), as: UTF8.self)
    #expect(try JSONDecoder().decode([WeightConstraint].self, from: Data(text.utf8)) == constraints)
    for (good, bad) in [
      ("\"_0\":2", "\"_0\":0"), ("\"_0\":3", "\"_0\":-3"), ("\"_0\":1.25", "\"_0\":0"), ("unitNorm", "unit"),
    ] {
      let changed = text.replacing(good, with: bad)
      #expect(changed != text)
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode([WeightConstraint].self, from: Data(changed.utf8))
      }
    }
  }

  @Test func patternsAndShapesAreChecked() async {
    #expect(throws: ParameterPatternError.self) {
      try WeightConstraints([WeightConstraint("fifth", .unitNorm)], of: FreeWeights(weights: rows))
    }
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = FreeWeights(weights: Tensor(zeros: [3, 2]))
      _ = try WeightConstraints([WeightConstraint("weights", .spectralRadius(1))], of: model)
    }
    let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(output.contains("expected matrices of square blocks; received weights of shape [3, 2]."), "\(output)")
  }

  /// On every cell the weights that take in the past stay within their limits in training.
  @Test(arguments: RecurrentKind.all.filter(\.isTrained)) func weightsOfEveryCellStayWithinTheirLimits(
    kind: RecurrentKind
  ) throws {
    func check<Cell: NamedCell>(_: Cell.Type) throws {
      let layer = RecurrentLayer<Cell>(inputSize: 2, layers: 2) { place in
        Cell.fresh(inputSize: place.inputSize, hiddenSize: 3, random: RandomSource(seed: 1).stream(place.suffix))
      }
      let start = Follower(ModuleTensors.randomized(layer, seed: 2, in: 0.1...0.9))
      let batches = GivenBatches(all: [Follower<Cell>.pairs(rows: 4, steps: 5, seed: 3)])
      func trained(_ constraints: WeightConstraints?) throws -> Follower<Cell> {
        var model = start
        let trainer = Trainer(optimizer: .adam(learningRate: 0.05), length: .steps(3), constraints: constraints)
        try trainer.fit(&model, on: batches, truncation: Truncation(k1: 5)) { _ in }
        return model
      }
      let free = try trained(nil)
      for limit in [WeightLimit.maximumNorm(0.5), .unitNorm, .nonNegative] {
        let constraints = try WeightConstraints([WeightConstraint("layer.weight_ih*", limit)], of: start)
        let model = try trained(constraints)
        #expect(model.namedTensors.map(\.tensor) != free.namedTensors.map(\.tensor) || limit == .nonNegative)
        for (name, tensor) in model.namedTensors where name.contains("weight_ih") {
          let width = tensor.shape[1]
          for row in 0..<tensor.shape[0] {
            let square = (0..<width).reduce(0.0) { $0 + Double(tensor[row, $1]) * Double(tensor[row, $1]) }
            switch limit {
            case .maximumNorm: #expect(square.squareRoot() < 0.5 + 1e-6)
            case .unitNorm: #expect(abs(square - 1) < 1e-5)
            default: #expect((0..<width).allSatisfy { tensor[row, $0] >= 0 })
            }
          }
        }
      }
      let recurrent = free.namedTensors.filter { $0.name.contains("weight_hh") }.map(\.tensor.shape)
      guard !recurrent.isEmpty else { return }
      let areSquare = recurrent.allSatisfy { $0[0].isMultiple(of: $0[1]) }
      for limit in areSquare ? [WeightLimit.spectralNorm(0.4), .spectralRadius(0.4)] : [.spectralNorm(0.4)] {
        let model = try trained(try WeightConstraints([WeightConstraint("layer.weight_hh*", limit)], of: start))
        for (name, tensor) in model.namedTensors where name.contains("weight_hh") {
          let height = tensor.shape[0].isMultiple(of: tensor.shape[1]) ? tensor.shape[1] : tensor.shape[0]
          for block in 0..<tensor.shape[0] / height {
            let part = tensor[height * block..<height * (block + 1), axis: 0]
            #expect((limit == .spectralNorm(0.4) ? part.spectralNorm : part.spectralRadius) < 0.401)
          }
        }
      }
    }
    try check(kind.cell)
  }
}

extension RecurrentKind {
  /// Whether training changes the cell.
  fileprivate var isTrained: Bool {
    let layer = make(Plan(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 1)))
    func count(_ layer: some SequenceEncoder) -> Int { ParameterLayout(of: layer).trainableCount }
    return count(layer) > 0
  }
}
