import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// What holds for attention with every score.
@Suite struct AttentionTests {
  private static let lengths = [5, 0, 3, 1], queryLengths = [3, 2, 3, 0]

  private static func attention<Score: AttentionScore>(_: Score.Type) -> (Attention<Score>, memory: Tensor) {
    let memory = try! ReferenceNumbers.attention.tensor("\(Score.about.name).memory")
    let fresh = Attention<Score>(
      querySize: 4, memorySize: memory.shape[2], units: 7, random: RandomSource(seed: 1))
    return (ReferenceNumbers.replacing(fresh, Score.about.name, in: ReferenceNumbers.attention), memory)
  }

  private static let queries = try! ReferenceNumbers.attention.tensor("queries")

  /// Every score there is.
  static let scores: [any AttentionScore.Type] = [AdditiveScore.self, DotScore.self, GeneralScore.self]

  @Test(arguments: scores.indices) func numbersAreThoseOfTheEquations(place: Int) {
    func check<Score: AttentionScore>(_: Score.Type) {
      let (attention, memory) = Self.attention(Score.self)
      for (isCausal, name) in [(false, Score.about.name), (true, "\(Score.about.name).causal")] {
        // NaN stands wherever nothing may be seen.
        let read = attention(
          PaddedSequences.spoiled(Self.queries, Self.queryLengths), over: PaddedSequences.spoiled(memory, Self.lengths),
          lengths: Self.lengths, queryLengths: Self.queryLengths, isCausal: isCausal)
        ReferenceNumbers.expectEqual(read.context, "\(name).context", in: ReferenceNumbers.attention)
        ReferenceNumbers.expectEqual(read.weights, "\(name).weights", in: ReferenceNumbers.attention)
      }
    }
    check(Self.scores[place])
  }

  @Test(arguments: scores.indices) func gradientsAreThoseOfDifferences(place: Int) {
    func check<Score: AttentionScore>(_: Score.Type) {
      let (attention, memory) = Self.attention(Score.self)
      for isCausal in [false, true] {
        let disagreements = GradientCheck.disagreements(of: attention, at: [Self.queries, memory]) {
          let read = $0(
            $1[0], over: $1[1], lengths: Self.lengths, queryLengths: Self.queryLengths, isCausal: isCausal)
          return [read.context, read.weights]
        }
        #expect(disagreements == [], "causal \(isCausal)")
      }
    }
    check(Self.scores[place])
  }

  @Test(arguments: scores.indices) func aRowAloneIsTheRowInItsBatch(place: Int) {
    func check<Score: AttentionScore>(_: Score.Type) {
      let (attention, memory) = Self.attention(Score.self)
      let together = attention(Self.queries, over: memory, lengths: Self.lengths)
      for (row, length) in Self.lengths.enumerated() {
        func alone(_ tensor: Tensor) -> Tensor { tensor[row..<row + 1, axis: 0] }
        let read = attention(alone(Self.queries), over: alone(memory)[0..<length, axis: 1])
        #expect(read.context == alone(together.context))
        #expect(read.weights == alone(together.weights)[0..<length, axis: 2])
      }
    }
    check(Self.scores[place])
  }

  @Test func weightsOfAQueryAddUpToOne() {
    let (attention, memory) = Self.attention(GeneralScore.self)
    let weights = attention(Self.queries, over: memory, lengths: Self.lengths).weights
    for (row, length) in Self.lengths.enumerated() {
      for query in 0..<3 {
        let sum = weights[at: row, axis: 0][at: query, axis: 0].sum().scalar
        #expect(abs(sum - (length > 0 ? 1 : 0)) < 1e-6)
      }
    }
  }

  @Test(arguments: scores.indices) func tensorsAreShown(place: Int) {
    func check<Score: AttentionScore>(_: Score.Type) {
      #expect(ModuleReflection.forgottenTensors(in: Self.attention(Score.self).0) == [])
      #expect(Score.about.source.firstMatch(of: /(19|20)\d\d/) != nil)
      #expect(Score.about.equations.contains("score(q, k) = "))
    }
    check(Self.scores[place])
  }

  @Test func namesAndSizes() {
    #expect("\(Self.attention(AdditiveScore.self).0)" == "Attention(additive, 4 over 6), 77 parameters")
    #expect("\(Self.attention(DotScore.self).0)" == "Attention(dot, 4 over 4), 0 parameters")
    #expect("\(Self.attention(GeneralScore.self).0)" == "Attention(general, 4 over 6), 24 parameters")
  }

  @Test func sizesThatDoNotFitStop() async {
    func expect(_ text: String, _ result: ExitTest.Result?) {
      let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(output.contains(text), "\(output)")
    }
    expect(
      "DotScore: expected 4 features of a key, as a query has,; received 6.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Attention<DotScore>(querySize: 4, memorySize: 6)
      })
    expect(
      "Attention: expected input of shape [batch, time, 6]; received [2, 5, 7].",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let attention = Attention<GeneralScore>(querySize: 4, memorySize: 6)
        _ = attention(Tensor(zeros: [2, 3, 4]), over: Tensor(zeros: [2, 5, 7]))
      })
    expect(
      "Attention: the length of row 1 must lie in 0...5; received 6.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let attention = Attention<GeneralScore>(querySize: 4, memorySize: 6)
        _ = attention(Tensor(zeros: [2, 3, 4]), over: Tensor(zeros: [2, 5, 6]), lengths: [5, 6])
      })
  }
}
