import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct LayerTests {
  @Test func linearAgreesWithItsDefinition() {
    let layer = ModuleTensors.replacing(
      Linear(inputSize: 4, outputSize: 5),
      ["weight": ReferenceNumbers.tensor("linear.weight"), "bias": ReferenceNumbers.tensor("linear.bias")])
    ReferenceNumbers.expectEqual(layer(ReferenceNumbers.tensor("linear.input")), "linear.output")
    #expect("\(layer)" == "Linear(4 -> 5), 25 parameters")
    #expect(ParameterLayout(of: Linear(inputSize: 4, outputSize: 5, hasBias: false)).entries.map(\.path) == ["weight"])
  }

  @Test func layerNormAgreesWithItsDefinition() {
    let layer = ModuleTensors.replacing(
      LayerNorm(size: 5, epsilon: 0.01),
      ["weight": ReferenceNumbers.tensor("norm.weight"), "bias": ReferenceNumbers.tensor("norm.bias")])
    ReferenceNumbers.expectEqual(layer(ReferenceNumbers.tensor("norm.input")), "norm.output")
    #expect("\(layer)" == "LayerNorm(5), 10 parameters")
  }

  @Test func poolingAgreesWithItsDefinition() {
    let x = ReferenceNumbers.tensor("pooling.input")
    for pooling in StepPooling.allCases {
      ReferenceNumbers.expectEqual(pooling(x, lengths: ReferenceNumbers.lengths), "pooling.\(pooling)")
      let full = pooling(x[0..<1, axis: 0])
      #expect(full == pooling(x, lengths: ReferenceNumbers.lengths)[0..<1, axis: 0])
      #expect(pooling(x[0..<0, axis: 1]) == Tensor(zeros: [3, 2]))
      #expect(pooling(x, lengths: [0, 0, 0]) == Tensor(zeros: [3, 2]))
    }
  }

  @Test func poolingIgnoresWhatIsNotValid() {
    var spoiled = ReferenceNumbers.tensor("pooling.input")
    for (row, length) in ReferenceNumbers.lengths.enumerated() {
      for step in length..<4 { spoiled[row, step, 1] = .nan }
    }
    for pooling in StepPooling.allCases {
      ReferenceNumbers.expectEqual(pooling(spoiled, lengths: ReferenceNumbers.lengths), "pooling.\(pooling)")
    }
  }

  @Test func anEmbeddingGivesTheRowsOfItsTable() {
    let embedding = Embedding(vocabularySize: 4, size: 3, random: RandomSource(seed: 1))
    let vectors = embedding([[2, 0], [2, 3]])
    #expect(vectors.shape == [2, 2, 3])
    for unit in 0..<3 {
      #expect(vectors[0, 0, unit] == embedding.weight[2, unit] && vectors[0, 1, unit] == embedding.weight[0, unit])
      #expect(vectors[1, 0, unit] == embedding.weight[2, unit] && vectors[1, 1, unit] == embedding.weight[3, unit])
    }
    let (_, gradients) = valueAndGradients(of: embedding) { $0([2, 0, 2, 3], shape: [4]).sum() }
    #expect(gradients["weight"] == Tensor([1, 1, 1, 0, 0, 0, 2, 2, 2, 1, 1, 1], shape: [4, 3]))
    #expect("\(embedding)" == "Embedding(4 x 3), 12 parameters")
  }

  @Test func aLayerOverAllStepsSeesEachStepAlone() {
    /// The first feature of the first row, which tells rows from steps.
    struct FirstRow: Layer {
      func callAsFunction(_ input: Tensor, context: inout ForwardContext) -> Tensor { input * Scalar(input.shape[0]) }
      func visitParameters(_ visitor: inout some ParameterVisitor) {}
    }
    let x = ReferenceNumbers.tensor("linear.input")
    #expect(TimeDistributed(FirstRow())(x) == x * 6)
    let linear = Linear(inputSize: 4, outputSize: 2, random: RandomSource(seed: 2))
    #expect(TimeDistributed(linear)(x) == linear(x))
    #expect(ParameterLayout(of: TimeDistributed(linear)).entries.map(\.path) == ["weight", "bias"])
  }

  @Test func activationsAreLayers() {
    let x = Tensor([-1, 0.5], shape: [2])
    #expect(Activation.relu(x) == Tensor([0, 0.5], shape: [2]))
    #expect(Activation.linear(x) == x)
    #expect(Comparison.relativeError(Activation.sigmoid(x) * 2 - 1, (x * 0.5).tanh()) < 1e-6)
    #expect(TimeDistributed(Activation.tanh)(x.reshaped(to: [1, 2])) == x.tanh().reshaped(to: [1, 2]))
  }

  @Test func aSummaryListsEveryTensor() {
    #expect(
      SmallModel().summary == """
        parts.0.weight          [3, 2]
        parts.0.bias            [3]
        parts.0.factor          [3]  frozen
        parts.0.shift           [3]  buffer
        parts.1.weight          [3, 3]
        parts.1.factor          [3]  frozen
        parts.1.shift           [3]  buffer
        last.weight_l0_reverse  [1, 3]
        last.bias_l0_reverse    [1]
        last.factor_l0_reverse  [1]  frozen
        last.shift_l0_reverse   [1]  buffer
        22 parameters
        """)
    #expect("\(Linear(inputSize: 999, outputSize: 1001))" == "Linear(999 -> 1001), 1,001,000 parameters")
  }
}
