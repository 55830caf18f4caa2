import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct CausalConvolutionTests {
  @Test(arguments: [(1, 1), (3, 2), (2, 4), (4, 9)]) func numbersAreThoseOfTheEquations(size: Int, dilation: Int) {
    let name = "convolution.\(size).\(dilation)"
    let convolution = ReferenceNumbers.replacing(
      CausalConvolution(inputSize: 2, outputSize: 3, kernelSize: size, dilation: dilation), name,
      in: ReferenceNumbers.temporalConvolution)
    let outputs = convolution(try! ReferenceNumbers.temporalConvolution.tensor("inputs"))
    ReferenceNumbers.expectEqual(outputs, "\(name).outputs", in: ReferenceNumbers.temporalConvolution)
  }

  @Test func gradientsAreThoseOfDifferences() {
    let fresh = CausalConvolution(inputSize: 2, outputSize: 3, kernelSize: 3, dilation: 2)
    let convolution = ModuleTensors.randomized(fresh, seed: 6, in: 0.3...1)
    var data = TestData(seed: 7)
    #expect(GradientCheck.disagreements(of: convolution, at: [data.tensor([2, 6, 2])]) { [$0($1[0])] } == [])
  }

  @Test func aFreshOneIsNotScaled() {
    let convolution = CausalConvolution(inputSize: 2, outputSize: 3, kernelSize: 3, random: RandomSource(seed: 8))
    // The length of every direction is its own, so that the weights are the directions.
    var impulse = Tensor(zeros: [1, 3, 2])
    impulse[0, 0, 1] = 1
    let answer = convolution(impulse)
    for output in 0..<3 {
      for step in 0..<3 {
        let weight = answer[0, step, output] - convolution.bias[output]
        #expect(abs(weight - convolution.direction[output, 1, 2 - step]) < 1e-6)
      }
    }
    #expect(ModuleReflection.forgottenTensors(in: convolution) == [])
    #expect("\(convolution)" == "CausalConvolution(2 -> 3, kernel 3, dilation 1), 24 parameters")
  }
}
