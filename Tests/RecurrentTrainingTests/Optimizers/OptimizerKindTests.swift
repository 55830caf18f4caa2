import RecurrentNN
import RecurrentTensor
import RecurrentTraining
import Testing

@Suite struct OptimizerKindTests {
  /// One update of a line by a gradient of its own size.
  private func weights(_ kind: OptimizerKind, _ rate: Double?, _ decay: Double?) -> [Scalar] {
    var line = Linear(inputSize: 3, outputSize: 2, random: RandomSource(seed: 4))
    let x = RandomSource(seed: 5).normal([7, 3])
    var optimizer = kind.make(rate, weightDecay: decay)
    for _ in 0..<3 {
      let (_, gradients) = valueAndGradients(of: line) { ($0(x) * $0(x)).sum() * 0.01 }
      optimizer.update(&line, with: gradients)
    }
    return line.namedTensors.flatMap(\.tensor.scalars)
  }

  @Test(arguments: OptimizerKind.all.map(\.name)) func rateAndDecayAreUsed(name: String) throws {
    let kind = try #require(OptimizerKind(named: name))
    let standard = weights(kind, nil, nil)
    #expect(standard == weights(kind, kind.learningRate, nil))
    #expect(standard != weights(kind, kind.learningRate / 2, nil))
    if !kind.wantsWholeData { #expect(standard != weights(kind, nil, 0.3)) }
  }

  @Test func standardRatesAreThoseOfTheRecords() {
    #expect(OptimizerKind(named: "adamw")?.learningRate == 2e-3)
    #expect(OptimizerKind(named: "adam")?.wantsWholeData == false)
    #expect(OptimizerKind.all.filter(\.wantsWholeData).map(\.name) == ["rprop", "lbfgs"])
    #expect(OptimizerKind(named: "adem") == nil)
  }
}
