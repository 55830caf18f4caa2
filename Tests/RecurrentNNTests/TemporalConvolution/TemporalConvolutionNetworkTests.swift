import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct TemporalConvolutionNetworkTests {
  private static let lengths = [11, 0, 4, 1]

  private static func outputs(_ network: TemporalConvolutionNetwork, _ x: Tensor, lengths: [Int]?) -> Tensor {
    var context = ForwardContext.inference
    return network.encode(x, lengths: lengths, context: &context).outputs
  }

  @Test(arguments: [(3, 2), (2, 3)]) func numbersAreThoseOfTheEquations(size: Int, blocks: Int) {
    let network = ReferenceNumbers.replacing(
      TemporalConvolutionNetwork(inputSize: 2, hiddenSize: 3, blocks: blocks, kernelSize: size), "tcn.\(size)",
      in: ReferenceNumbers.temporalConvolution)
    let x = try! ReferenceNumbers.temporalConvolution.tensor("inputs")
    let seen = Self.outputs(network, PaddedSequences.spoiled(x, Self.lengths), lengths: Self.lengths)
    ReferenceNumbers.expectEqual(seen, "tcn.\(size).outputs", in: ReferenceNumbers.temporalConvolution)
  }

  @Test(arguments: [2, 3]) func gradientsAreThoseOfDifferences(inputSize: Int) {
    let fresh = TemporalConvolutionNetwork(inputSize: inputSize, hiddenSize: 3, blocks: 2, kernelSize: 2)
    // Rectified units are all on here, as a difference across the kink is no gradient.
    let network = ModuleTensors.randomized(fresh, seed: 9, in: 0.2...0.9)
    var data = TestData(seed: 10)
    let x = data.tensor([4, 5, inputSize], in: 0.2...0.9)
    #expect(
      GradientCheck.disagreements(of: network, at: [x]) {
        [Self.outputs($0, $1[0], lengths: PaddedSequences.lengths)]
      } == [])
  }

  /// A rectified unit that is off hands no gradient back, while others do.
  @Test func aUnitThatIsOffLearnsNothing() throws {
    var network = TemporalConvolutionNetwork(inputSize: 2, hiddenSize: 3, blocks: 1, kernelSize: 2)
    network = ModuleTensors.randomized(network, seed: 9, in: 0.2...0.9)
    network = ModuleTensors.replacing(network, ["network.0.conv1.bias": Tensor([0.3, -50, 0.4], shape: [3])])
    var data = TestData(seed: 10)
    let x = data.tensor([2, 5, 2], in: 0.2...0.9)
    #expect(GradientCheck.disagreements(of: network, at: [x]) { [Self.outputs($0, $1[0], lengths: nil)] } == [])
    let (_, gradients) = valueAndGradients(of: network) { Self.outputs($0, x, lengths: nil).sum() }
    let learned = try #require(gradients["network.0.conv1.bias"])
    #expect(learned[1] == 0 && learned[0] > 0 && learned[2] > 0)
  }

  @Test func anOutputSeesItsReceptiveFieldAndNoMore() {
    let fresh = TemporalConvolutionNetwork(inputSize: 1, hiddenSize: 2, blocks: 2, kernelSize: 3)
    let network = ModuleTensors.randomized(fresh, seed: 11, in: 0.2...0.9)
    #expect(network.receptiveField == 13)
    var data = TestData(seed: 12)
    let x = data.tensor([1, 16, 1], in: 0.2...0.9)
    let outputs = Self.outputs(network, x, lengths: nil)
    for step in 0..<16 {
      var changed = x
      changed[0, step, 0] += 1
      let seen = Self.outputs(network, changed, lengths: nil)
      for output in 0..<16 {
        let isSeen = output >= step && output - step < 13
        #expect((seen[0, output, 0] != outputs[0, output, 0]) == isSeen, "step \(step), output \(output)")
      }
    }
  }

  @Test func dropoutFallsOnWholeChannels() {
    let fresh = TemporalConvolutionNetwork(inputSize: 4, hiddenSize: 4, blocks: 1, kernelSize: 2, dropout: 0.5)
    let network = ModuleTensors.randomized(fresh, seed: 13, in: 0.2...0.9)
    var data = TestData(seed: 14)
    let x = data.tensor([6, 5, 4], in: 0.2...0.9)
    var context = ForwardContext.training(RandomSource(seed: 15), step: 2)
    let outputs = network.encode(x, lengths: nil, context: &context).outputs
    var fallen = 0
    for row in 0..<6 {
      for unit in 0..<4 {
        // A channel that fell leaves the way around the block.
        let steps = (0..<5).filter { outputs[row, $0, unit] == x[row, $0, unit] }.count
        #expect(steps == 0 || steps == 5)
        fallen += steps == 5 ? 1 : 0
      }
    }
    #expect(fallen > 4 && fallen < 20)
  }

  @Test func aPlanHasAsManyBlocksAsItsStepsTake() throws {
    let kind = try #require(SequenceEncoderKind(named: "tcn"))
    func reach(layers: Int, steps: Int?) -> Int? {
      let plan = SequenceEncoderKind.Plan(
        inputSize: 2, hiddenSize: 3, layers: layers, steps: steps, random: RandomSource(seed: 1))
      return (kind.make(plan) as? TemporalConvolutionNetwork)?.receptiveField
    }
    #expect(reach(layers: 1, steps: nil) == 5)
    #expect(reach(layers: 3, steps: 6) == 29)
    #expect(reach(layers: 1, steps: 29) == 29)
    #expect(reach(layers: 1, steps: 30) == 61)
  }

  @Test func tensorsAreShown() {
    let network = TemporalConvolutionNetwork(inputSize: 3, hiddenSize: 5, blocks: 2)
    #expect(ModuleReflection.forgottenTensors(in: network) == [])
    #expect(
      "\(network)" == "TemporalConvolutionNetwork(3 -> 5, blocks 2, kernel 3, sees 13 steps), 330 parameters")
    #expect("\(network.blocks[0])" == "TemporalBlock(3 -> 5, kernel 3, dilation 1), 160 parameters")
  }
}
