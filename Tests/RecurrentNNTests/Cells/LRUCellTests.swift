import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct LRUCellTests {
  /// Magnitudes and phases of the eigenvalues as the equations see them.
  private func eigenvalues(_ cell: LRUCell) -> [(magnitude: Double, phase: Double, scale: Double)] {
    let units = cell.equationWeights.unitWeights.map(\.tensor.scalars)
    return zip(units[0], zip(units[1], units[2])).map { real, rest in
      let phase = atan2(Double(rest.0), Double(real))
      return (hypot(Double(real), Double(rest.0)), phase < 0 ? phase + 2 * .pi : phase, Double(rest.1))
    }
  }

  @Test(arguments: [
    LRUCell.Ring(), LRUCell.Ring(radii: 0...1, largestPhase: 0.5), LRUCell.Ring(radii: 0.4...0.5, largestPhase: .pi),
  ])
  func eigenvaluesStartInTheRing(ring: LRUCell.Ring) {
    let values = eigenvalues(LRUCell(inputSize: 2, hiddenSize: 400, ring: ring, random: RandomSource(seed: 3)))
    let area = ring.radii.upperBound * ring.radii.upperBound - ring.radii.lowerBound * ring.radii.lowerBound
    let shares = values.map { ($0.magnitude * $0.magnitude - ring.radii.lowerBound * ring.radii.lowerBound) / area }
    #expect(shares.allSatisfy { $0 > -1e-3 && $0 < 1 + 1e-3 })
    // Uniform in the area, not in the radius.
    #expect(abs(shares.reduce(0, +) / 400 - 0.5) < 0.05)
    #expect(values.allSatisfy { $0.phase < ring.largestPhase + 1e-4 })
    #expect(abs(values.reduce(0) { $0 + $1.phase } / 400 - ring.largestPhase / 2) < 0.05 * ring.largestPhase)
    #expect(values.allSatisfy { abs($0.scale - (1 - $0.magnitude * $0.magnitude).squareRoot()) < 1e-3 })
  }

  @Test func aStartThatRemembersKeepsHalfAfterAllSteps() {
    var cell = LRUCell(inputSize: 2, hiddenSize: 400, random: RandomSource(seed: 3))
    let before = cell.weights
    cell.startRemembering(upTo: 50, random: RandomSource(seed: 4))
    let values = eigenvalues(cell)
    #expect(values.allSatisfy { pow($0.magnitude, 50) > 0.4999 && $0.magnitude < 1 })
    #expect(values.contains { pow($0.magnitude, 50) < 0.55 } && values.contains { pow($0.magnitude, 50) > 0.95 })
    // Three quarters of them turn half around at most in all steps, the others up to half around in each.
    let (slow, all) = (values[..<300].map { $0.phase * 50 }, values[300...].map(\.phase))
    for phases in [slow, all] {
      #expect(phases.allSatisfy { $0 < 1.0001 * Double.pi })
      let mean = phases.reduce(0, +) / Double(phases.count)
      #expect(abs(mean - Double.pi / 2) < 0.1 * Double.pi)
    }
    #expect(cell.weights.inputWeight == before.inputWeight && cell.weights.recurrentWeight == before.recurrentWeight)
  }

  /// The variance of the state stays that of B x, however long units remember.
  @Test func theScaleKeepsTheVariance() {
    let cell = LRUCell(inputSize: 4, hiddenSize: 64, ring: .init(radii: 0.8...0.97), random: RandomSource(seed: 5))
    let x = RandomSource(seed: 6).normal([8, 400, 4])
    let state = cell.scan(x, lengths: nil, reversed: false, from: cell.initialState(batchSize: 8)).finalState
    let squares = state.memories.map { ($0 * $0).mean().scalars[0] }
    #expect(abs(Double(squares[0] + squares[1]) - 1) < 0.25)
  }

  /// Units that forget at once, and units that forget nothing.
  @Test func extremeEigenvalues() {
    var cell = LRUCell.fresh(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 2))
    cell.weights.unitWeights[0].tensor = Tensor([20, -60, 0], shape: [3])
    cell.weights.unitWeights[1].tensor = Tensor([-80, -80, 3], shape: [3])
    var data = TestData(seed: 4)
    let run = valueAndGradients(of: cell, inputs: [data.tensor([2, 50, 2])]) { cell, x in
      cell.scan(x[0], lengths: nil, reversed: false, from: cell.initialState(batchSize: 2)).outputs.squared().sum()
    }
    let numbers = run.gradients.layout.entries.flatMap { run.gradients[$0.path]!.scalars }
    #expect(numbers.allSatisfy { $0.isFinite })
    #expect(run.inputGradients[0].scalars.allSatisfy { $0.isFinite })
  }

  /// The equations have no biases, so that none starts as anything.
  @Test func aFreshCellHasNoBiases() {
    for ring in [nil, LRUCell.Ring(radii: 0.4...0.5)] {
      let random = RandomSource(seed: 2)
      let cell =
        ring.map { LRUCell(inputSize: 2, hiddenSize: 3, ring: $0, random: random) }
        ?? LRUCell.fresh(inputSize: 2, hiddenSize: 3, random: random)
      #expect(cell.weights.inputBias == nil && cell.weights.recurrentBias == nil)
      #expect(!cell.namedTensors.contains { $0.name.contains("bias") })
    }
  }

  @Test func ringsThatAreNoneStop() async {
    await #expect(processExitsWith: .failure) { _ = LRUCell.Ring(radii: 0.5...1.5) }
    await #expect(processExitsWith: .failure) { _ = LRUCell.Ring(largestPhase: 0) }
  }
}
