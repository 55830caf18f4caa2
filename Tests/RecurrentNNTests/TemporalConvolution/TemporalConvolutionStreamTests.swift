import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct TemporalConvolutionStreamTests {
  @Test(arguments: [(3, 5, 2), (5, 5, 3), (17, 33, 3)])
  func aStreamIsTheSequence(inputSize: Int, hiddenSize: Int, kernelSize: Int) {
    let fresh = TemporalConvolutionNetwork(
      inputSize: inputSize, hiddenSize: hiddenSize, blocks: 3, kernelSize: kernelSize)
    let network = ModuleTensors.randomized(fresh, seed: 1)
    var data = TestData(seed: 2)
    // Longer than what the network sees, so that the rings turn.
    let steps = 2 * network.receptiveField
    let row = data.tensor([1, steps, inputSize])
    var context = ForwardContext.inference
    let whole = network.encode(row, lengths: nil, context: &context).outputs
    let stream = network.stream()
    var output: [Scalar] = []
    for pass in 0..<2 {
      for step in 0..<steps {
        stream.step(row[at: step, axis: 1].scalars, into: &output)
        #expect(Tensor(output, shape: [1, hiddenSize]) == whole[at: step, axis: 1], "pass \(pass), step \(step)")
      }
      stream.reset()
    }
  }

  @Test func whatIsKeptIsWhatTheConvolutionsSee() {
    let network = TemporalConvolutionNetwork(inputSize: 2, hiddenSize: 5, blocks: 3, kernelSize: 3)
    // Each convolution keeps the inputs of 2 (kernelSize - 1) = 4, 8 ... half as many steps back, and the present one.
    #expect(network.stream().stateSize == 3 * (2 + 5) + 5 * (5 + 5) + 9 * (5 + 5))
  }

  @Test func anInputOfAnotherSizeStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var output: [Scalar] = []
      TemporalConvolutionNetwork(inputSize: 2, hiddenSize: 3, blocks: 1).stream().step([1, 2, 3], into: &output)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      text.contains("TemporalConvolutionNetwork: expected 2 scalars of a step's input; received 3."), "\(text)")
  }
}
