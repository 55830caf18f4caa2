import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct TransformerLayerTests {
  private static let wide = try! ReferenceNumbers.attention.tensor("wide")

  private static func layer(_ place: TransformerLayer.NormPlace, isCausal: Bool) -> TransformerLayer {
    ReferenceNumbers.replacing(
      TransformerLayer(
        size: 6, heads: 3, feedForwardSize: 7, normPlace: place, isCausal: isCausal, epsilon: 0.01), "layer",
      in: ReferenceNumbers.attention)
  }

  private static func outputs(_ layer: TransformerLayer, _ x: Tensor) -> Tensor {
    var context = ForwardContext.inference
    return layer(x, lengths: PaddedSequences.lengths, context: &context)
  }

  @Test(arguments: TransformerLayer.NormPlace.allCases)
  func numbersAreThoseOfTheEquations(place: TransformerLayer.NormPlace) {
    for (isCausal, end) in [(false, ""), (true, "-causal")] {
      ReferenceNumbers.expectEqual(
        Self.outputs(Self.layer(place, isCausal: isCausal), PaddedSequences.spoiled(Self.wide)),
        "layer\(end).\(place).outputs", in: ReferenceNumbers.attention)
    }
  }

  @Test(arguments: TransformerLayer.NormPlace.allCases, [false, true])
  func gradientsAreThoseOfDifferences(place: TransformerLayer.NormPlace, isCausal: Bool) {
    let fresh = TransformerLayer(
      size: 4, heads: 2, feedForwardSize: 5, normPlace: place, isCausal: isCausal, epsilon: 0.3)
    // Units far on either side of their kink, as a difference across it is no gradient.
    let layer = ModuleTensors.replacing(
      ModuleTensors.randomized(fresh, seed: 1, in: -0.5...0.5),
      ["linear1.bias": Tensor([5, -5, 6, -6, 5.5], shape: [5])])
    var data = TestData(seed: 2)
    let x = data.tensor([4, 5, 4])
    #expect(GradientCheck.disagreements(of: layer, at: [x]) { [Self.outputs($0, $1[0])] } == [])
  }

  @Test(arguments: TransformerLayer.NormPlace.allCases)
  func nothingLeaksFromThePadding(place: TransformerLayer.NormPlace) {
    for isCausal in [false, true] {
      PaddedSequences.expectNoLeak(Self.layer(place, isCausal: isCausal), Self.wide) { Self.outputs($0, $1) }
    }
  }

  @Test func dropoutFallsOnWhatSublayersAdd() {
    let layer = TransformerLayer(size: 6, heads: 3, dropout: 0.9, random: RandomSource(seed: 3))
    var context = ForwardContext.training(RandomSource(seed: 4), step: 1)
    let outputs = layer(Self.wide, context: &context)
    // Where both masks fall the input passes as it is.
    let passed = zip(outputs.scalars, Self.wide.scalars).count { $0 == $1 }
    #expect(passed > 60 && passed < 120, "\(passed) of 120")
  }

  @Test func tensorsAreShownByTheNamesOfPyTorch() {
    let layer = Self.layer(.after, isCausal: false)
    #expect(ModuleReflection.forgottenTensors(in: layer) == [])
    #expect(
      layer.namedTensors.map(\.name) == [
        "self_attn.in_proj_weight", "self_attn.in_proj_bias", "self_attn.out_proj.weight", "self_attn.out_proj.bias",
        "linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias", "norm1.weight", "norm1.bias",
        "norm2.weight", "norm2.bias",
      ])
    #expect("\(layer)" == "TransformerLayer(6, heads 3, feed-forward 7, norm after), 289 parameters")
  }
}
