import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// Gradients of every layer and pooling against central differences.
@Suite struct LayerGradientTests {
  private func check(_ layer: some Layer, _ shape: Shape, training: Bool = false) {
    let layer = ModuleTensors.randomized(layer, seed: 41)
    var data = TestData(seed: 42)
    let disagreements = GradientCheck.disagreements(of: layer, at: [data.tensor(shape)]) { layer, inputs in
      var context = training ? ForwardContext.training(RandomSource(seed: 3), step: 4) : .inference
      return [layer(inputs[0], context: &context)]
    }
    #expect(disagreements == [])
  }

  @Test func layers() {
    check(Linear(inputSize: 3, outputSize: 4), [2, 5, 3])
    check(Linear(inputSize: 3, outputSize: 4, hasBias: false), [5, 3])
    check(LayerNorm(size: 5, epsilon: 0.1), [2, 3, 5])
    check(TimeDistributed(LayerNorm(size: 3, epsilon: 0.1)), [2, 2, 3])
    check(Dropout(rate: 0.4), [3, 4, 2], training: true)
    check(Activation.sigmoid, [3, 2])
  }

  @Test func embeddings() {
    let embedding = Embedding(vocabularySize: 4, size: 3, random: RandomSource(seed: 1))
    #expect(GradientCheck.disagreements(of: embedding) { layer, _ in [layer([[2, 0, 2], [3, 3, 2]])] } == [])
  }

  @Test func poolings() {
    var data = TestData(seed: 43)
    // Steps are far apart, so that a maximum stays where it is.
    let order = data.tensor([3, 4, 2], in: -0.1...0.1)
    var steps = Tensor(zeros: [3, 4, 2])
    for row in 0..<3 {
      for step in 0..<4 {
        for unit in 0..<2 {
          let halves = (row * 28 + step * 7 + unit * 5) % 11
          steps[row, step, unit] = Scalar(halves) / 2
        }
      }
    }
    let input = steps + order
    for pooling in StepPooling.allCases {
      for lengths in [nil, [4, 0, 2]] {
        #expect(GradientCheck.disagreements(at: [input]) { pooling($0[0], lengths: lengths) } == [])
      }
    }
  }
}
