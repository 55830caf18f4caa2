import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct AttentiveEncoderTests {
  private static let inputs = try! ReferenceNumbers.attention.tensor("inputs")

  private static func encoder<Score: AttentionScore>(_: Score.Type) -> AttentiveEncoder<Score> {
    ReferenceNumbers.replacing(
      AttentiveEncoder<Score>(inputSize: 3, hiddenSize: 5), AttentiveEncoder<Score>.about.name,
      in: ReferenceNumbers.attention)
  }

  private static func outputs(_ encoder: some SequenceEncoder, _ x: Tensor) -> Tensor {
    var context = ForwardContext.inference
    return encoder.encode(x, lengths: PaddedSequences.lengths, context: &context).outputs
  }

  @Test(arguments: AttentionTests.scores.indices) func numbersAreThoseOfTheEquations(place: Int) {
    func check<Score: AttentionScore>(_: Score.Type) {
      ReferenceNumbers.expectEqual(
        Self.outputs(Self.encoder(Score.self), PaddedSequences.spoiled(Self.inputs)),
        "\(AttentiveEncoder<Score>.about.name).outputs", in: ReferenceNumbers.attention)
    }
    check(AttentionTests.scores[place])
  }

  @Test(arguments: AttentionTests.scores.indices) func gradientsAreThoseOfDifferences(place: Int) {
    func check<Score: AttentionScore>(_: Score.Type) {
      #expect(
        GradientCheck.disagreements(of: Self.encoder(Score.self), at: [Self.inputs]) {
          [Self.outputs($0, $1[0])]
        } == [])
    }
    check(AttentionTests.scores[place])
  }

  @Test func descriptionNamesTheScore() {
    #expect("\(Self.encoder(GeneralScore.self))" == "AttentiveEncoder(general, 3 -> 5), 275 parameters")
    #expect(AttentiveEncoder<AdditiveScore>.about.name == "attention-additive")
  }
}
