import Recurrent
import RecurrentExperiments
import RecurrentTestSupport
import Testing

@Suite struct StreamingEncoderTests {
  @Test(arguments: SequenceEncoderKind.all.map(\.name)) func stepsAreThoseOfTheSequence(_ name: String) throws {
    let kind = try #require(SequenceEncoderKind(named: name))
    // Fewer steps are seen than there are, so that what a convolution keeps is written over.
    let plan = SequenceEncoderKind.Plan(inputSize: 3, hiddenSize: 18, steps: 10, random: RandomSource(seed: 1))
    let encoder = ModuleTensors.randomized(kind.make(plan), seed: 2, in: -0.4...0.4)
    // What attends to all past steps costs more with every one.
    let attends = name.hasPrefix("attention") || name.hasPrefix("transformer")
    let streaming = encoder as? any StreamingEncoder
    #expect((streaming == nil) == attends)
    guard let streaming else { return }
    var data = TestData(seed: 3)
    let row = data.tensor([1, 40, 3])
    var context = ForwardContext.inference
    let whole = encoder.encode(row, lengths: nil, context: &context).outputs
    for _ in 0..<2 {
      let step = streaming.stepper()
      var output: [Scalar] = []
      for place in 0..<40 {
        step(row[at: place, axis: 1].scalars, &output)
        let (seen, expected) = (Tensor(output, shape: [1, encoder.outputSize]), whole[at: place, axis: 1])
        // A dilated cell steps by tensors.
        let isExact = name != "dilated"
        #expect(isExact ? seen == expected : Comparison.relativeError(seen, expected) < 2e-6, "step \(place)")
      }
    }
  }
}
