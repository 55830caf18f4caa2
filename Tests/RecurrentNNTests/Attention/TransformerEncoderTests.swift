import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct TransformerEncoderTests {
  private static let inputs = try! ReferenceNumbers.attention.tensor("inputs")

  private static func encoder(_ place: TransformerLayer.NormPlace, isCausal: Bool) -> TransformerEncoder {
    ReferenceNumbers.replacing(
      TransformerEncoder(
        inputSize: 3, size: 6, heads: 3, layers: 2, feedForwardSize: 7, normPlace: place, isCausal: isCausal,
        epsilon: 0.01), "transformer.\(place)", in: ReferenceNumbers.attention)
  }

  private static func outputs(_ encoder: TransformerEncoder, _ x: Tensor) -> Tensor {
    var context = ForwardContext.inference
    return encoder.encode(x, lengths: PaddedSequences.lengths, context: &context).outputs
  }

  @Test(arguments: TransformerLayer.NormPlace.allCases)
  func numbersAreThoseOfTheEquations(place: TransformerLayer.NormPlace) {
    for (isCausal, end) in [(false, ""), (true, "-causal")] {
      ReferenceNumbers.expectEqual(
        Self.outputs(Self.encoder(place, isCausal: isCausal), PaddedSequences.spoiled(Self.inputs)),
        "transformer\(end).\(place).outputs", in: ReferenceNumbers.attention)
    }
  }

  @Test(arguments: TransformerLayer.NormPlace.allCases)
  func gradientsAreThoseOfDifferences(place: TransformerLayer.NormPlace) {
    let fresh = TransformerEncoder(
      inputSize: 3, size: 4, heads: 2, layers: 2, feedForwardSize: 3, normPlace: place, isCausal: true, epsilon: 0.3)
    // Units far on either side of their kink, as a difference across it is no gradient.
    let biases = Tensor([5, -5, 6], shape: [3])
    let encoder = ModuleTensors.replacing(
      ModuleTensors.randomized(fresh, seed: 5, in: -0.5...0.5),
      ["layers.0.linear1.bias": biases, "layers.1.linear1.bias": -biases])
    #expect(
      GradientCheck.disagreements(of: encoder, at: [Self.inputs]) { [Self.outputs($0, $1[0])] } == [])
  }

  @Test func positionsTellStepsApart() {
    let encoder = Self.encoder(.before, isCausal: false)
    let x = Self.inputs[0..<1, axis: 0]
    var context = ForwardContext.inference
    func last(_ order: [Int]) -> Tensor {
      let turned = Tensor.stack(order.map { x[at: $0, axis: 1] }, axis: 1)
      return encoder.encode(turned, lengths: nil, context: &context).lastOutputs
    }
    #expect(Comparison.relativeError(last([1, 0, 2, 3, 4]), last([0, 1, 2, 3, 4])) > 1e-3)
  }

  @Test func tensorsAreShown() {
    #expect(ModuleReflection.forgottenTensors(in: Self.encoder(.before, isCausal: false)) == [])
    #expect(
      "\(Self.encoder(.before, isCausal: false))"
        == "TransformerEncoder(3 -> 6, layers 2, heads 3, norm before), 614 parameters")
    #expect(
      "\(Self.encoder(.after, isCausal: true))"
        == "TransformerEncoder(3 -> 6, layers 2, heads 3, norm after, causal), 602 parameters")
  }
}
