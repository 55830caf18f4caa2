import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// The likelihood losses against `torch.distributions` in float64, their slopes also against central differences.
@Suite struct LikelihoodLossesTests {
  private static func losses(_ reduction: LossReduction) -> [(name: String, loss: any LikelihoodLoss)] {
    [
      ("gaussian", GaussianLikelihoodLoss(reduction: reduction)),
      ("student-t", StudentTLikelihoodLoss(reduction: reduction)),
      ("negative-binomial", NegativeBinomialLikelihoodLoss(reduction: reduction)),
    ]
  }

  private struct Nothing: Module { func visitParameters(_ visitor: inout some ParameterVisitor) {} }

  private func number(_ name: String) throws -> Tensor { try ReferenceNumbers.likelihoods.tensor(name) }

  @Test func valuesAndGradientsAreThoseOfPyTorch() throws {
    let weights = try number("weights")
    for reduction in LossReduction.allCases {
      for (name, loss) in Self.losses(reduction) {
        let (parameters, target) = (try number("\(name).parameters"), try number("\(name).target"))
        for (lengths, isWeighted) in [(nil, false), (ReferenceNumbers.lengths, false), (nil, true), ([4, 0, 2], true)] {
          let kind = name + (lengths == nil ? "" : ".lengths") + (isWeighted ? ".weights" : "")
          let run = valueAndGradients(of: Nothing(), inputs: [parameters]) { _, inputs in
            loss(inputs[0], target, lengths: lengths, weights: isWeighted ? weights : nil)
          }
          ReferenceNumbers.expectEqual(Tensor(run.value), "\(kind).\(reduction)", in: ReferenceNumbers.likelihoods)
          guard reduction == .sum else { continue }
          ReferenceNumbers.expectEqual(run.inputGradients[0], "\(kind).gradient", in: ReferenceNumbers.likelihoods)
        }
      }
    }
  }

  @Test(arguments: LossReduction.allCases) func slopesAreDerivatives(reduction: LossReduction) {
    var data = TestData(seed: 5)
    let positive = (0..<2).map { _ in data.tensor([3, 4, 2], in: 0.6...2.5) }
    let location = data.tensor([3, 4, 2])
    let parameters = [
      [location, positive[0]], [location, positive[0], positive[1] * 3], [positive[0] * 4, positive[1]],
    ]
    let real = location + data.signedTensor([3, 4, 2], magnitudes: 0.2...2)
    let counts = Tensor((0..<24).map { Scalar($0 * 7 % 11) }, shape: [3, 4, 2])
    for (own, (name, loss)) in zip(parameters, Self.losses(reduction)) {
      let target = name == "negative-binomial" ? counts : real
      let disagreements = GradientCheck.disagreements(at: [Tensor.stack(own, axis: 3)]) {
        // Used twice, so that gradients have to add up.
        loss($0[0], target, lengths: [4, 0, 3]) + loss($0[0] * 1.0, target) * 0.5
      }
      #expect(disagreements == [], "\(name)")
    }
  }

  @Test func theGammaFunctionsAreThoseOfPyTorch() throws {
    let numbers = try number("gamma.numbers").scalars.map { Double($0) }
    for (name, function) in [("logarithm", logarithmOfGamma), ("digamma", digamma)] {
      for (x, expected) in zip(numbers, try number("gamma.\(name)").scalars) {
        let error = abs(function(x) - Double(expected))
        #expect(error <= ReferenceNumbers.tolerance * max(1, abs(Double(expected))), "\(name) of \(x)")
      }
    }
  }

  @Test func whatIsNotValidHasNoInfluence() throws {
    for (name, loss) in Self.losses(.mean) {
      var (parameters, target) = (try number("\(name).parameters"), try number("\(name).target"))
      var weights = Tensor(repeating: 1, shape: target.shape)
      weights[0, 0, 0] = 0
      let clean = loss(parameters, target, lengths: [4, 0, 2], weights: weights).scalar
      target[0, 0, 0] = .nan
      for number in 0..<loss.parameterCount {
        parameters[1, 3, 1, number] = .nan
        parameters[2, 2, 0, number] = -1
      }
      let run = valueAndGradients(of: Nothing(), inputs: [parameters]) {
        loss($1[0], target, lengths: [4, 0, 2], weights: weights)
      }
      #expect(run.value == clean, "\(name)")
      let gradient = run.inputGradients[0]
      #expect(gradient.scalars.allSatisfy { $0.isFinite }, "\(name)")
      #expect(gradient[1, 3, 1, 0] == 0 && gradient[0, 0, 0, 1] == 0 && gradient[2, 1, 0, 1] != 0, "\(name)")
      let (nothing, broken) = (loss(parameters, target, lengths: [0, 0, 0]).scalar, loss(parameters, target).scalar)
      #expect(nothing == 0, "\(name)")
      #expect(broken.isNaN, "\(name): what is not finite shows")
    }
  }

  @Test func extremesAreFinite() {
    let (gaussian, student, counts) = (
      GaussianLikelihoodLoss(), StudentTLikelihoodLoss(), NegativeBinomialLikelihoodLoss()
    )
    func isFinite(_ term: (value: Double, slopes: SIMD4<Double>)) -> Bool {
      term.value.isFinite && (0..<4).allSatisfy { term.slopes[$0].isFinite }
    }
    for target in [0.0, 1, 1e6] {
      #expect(isFinite(gaussian.term([1e5, 1e-3, 0, 0], target)))
      #expect(isFinite(student.term([-1e5, 1e-3, 2, 0], target)))
      #expect(isFinite(student.term([-1e5, 1e-3, 1e6, 0], target)))
      for mean in [1e-4, 1, 1e6] {
        for dispersion in [1e-5, 1, 1e3] { #expect(isFinite(counts.term([mean, dispersion, 0, 0], target))) }
      }
    }
    // A t distribution of many degrees of freedom is the normal one; without dispersion counts are Poisson.
    let difference = student.term([1, 2, 1e7, 0], 4).value - gaussian.term([1, 2, 0, 0], 4).value
    #expect(abs(difference) < 1e-6)
    let poisson = 3.0 - 5 * log(3) + log(120)
    #expect(abs(counts.term([3, 1e-7, 0, 0], 5).value - poisson) < 1e-5)
  }
}
