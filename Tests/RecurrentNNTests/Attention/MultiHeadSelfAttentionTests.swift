import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct MultiHeadSelfAttentionTests {
  private static let wide = try! ReferenceNumbers.attention.tensor("wide")

  private static func attention(isCausal: Bool) -> MultiHeadSelfAttention {
    ReferenceNumbers.replacing(
      MultiHeadSelfAttention(size: 6, heads: 3, isCausal: isCausal), "heads", in: ReferenceNumbers.attention)
  }

  @Test func numbersAreThoseOfTheEquations() {
    for (isCausal, name) in [(false, "heads.outputs"), (true, "heads-causal.outputs")] {
      let outputs = Self.attention(isCausal: isCausal)(
        PaddedSequences.spoiled(Self.wide), lengths: PaddedSequences.lengths)
      ReferenceNumbers.expectEqual(outputs, name, in: ReferenceNumbers.attention)
    }
  }

  @Test(arguments: [false, true]) func gradientsAreThoseOfDifferences(isCausal: Bool) {
    let disagreements = GradientCheck.disagreements(of: Self.attention(isCausal: isCausal), at: [Self.wide]) {
      [$0($1[0], lengths: PaddedSequences.lengths)]
    }
    #expect(disagreements == [])
  }

  @Test(arguments: [false, true]) func nothingLeaksFromThePadding(isCausal: Bool) {
    PaddedSequences.expectNoLeak(Self.attention(isCausal: isCausal), Self.wide) {
      $0($1, lengths: PaddedSequences.lengths)
    }
  }

  @Test(arguments: [false, true]) func weightsAreThoseOfValidStepsAlone(isCausal: Bool) {
    let weights = Self.attention(isCausal: isCausal).weights(
      PaddedSequences.spoiled(Self.wide), lengths: PaddedSequences.lengths)
    #expect(weights.shape == [4, 3, 5, 5])
    for (row, length) in PaddedSequences.lengths.enumerated() {
      for head in 0..<3 {
        for query in 0..<5 {
          let seen = query >= length ? 0 : isCausal ? query + 1 : length
          let own = weights[at: row, axis: 0][at: head, axis: 0][at: query, axis: 0]
          #expect(own[seen..<5, axis: 0] == Tensor(zeros: [5 - seen]))
          #expect(abs(own.sum().scalar - (seen > 0 ? 1 : 0)) < 1e-6)
        }
      }
    }
  }

  @Test func tensorsAreShownByTheNamesOfPyTorch() {
    let attention = Self.attention(isCausal: true)
    #expect(ModuleReflection.forgottenTensors(in: attention) == [])
    #expect(
      attention.namedTensors.map(\.name) == ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"])
    #expect("\(attention)" == "MultiHeadSelfAttention(6, heads 3, causal), 168 parameters")
  }

  @Test func headsThatDoNotDivideTheSizeStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = MultiHeadSelfAttention(size: 6, heads: 4)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      text.contains("MultiHeadSelfAttention: size must be a multiple of the heads, 4; received 6."), "\(text)")
  }
}
