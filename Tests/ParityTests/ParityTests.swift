import RecurrentTensor
import Testing

/// Outputs, final states and all gradients of recurrent layers against PyTorch and Keras in float64.
///
/// The cases are those of the file `RECURRENT_PARITY` (`make parity`), or the stored ones.
@Suite struct ParityTests {
  @Test(arguments: [false, true])
  func layersAgreeWithPyTorchAndKeras(bySteps: Bool) throws {
    let file = try ParityFile.asked()
    try #require(!file.cases.isEmpty)
    var worst = Difference()
    for parityCase in file.cases {
      let difference = try file.worstDifference(of: parityCase, bySteps: bySteps)
      #expect(difference.relative <= Difference.allowed, "\(difference)")
      worst = max(worst, difference)
    }
    let form = bySteps ? "step by step" : "whole sequences"
    print("parity: \(file.cases.count) cases, \(form): largest difference \(worst)")
  }

  @Test func everyFormAndOptionHasAStoredCase() throws {
    let cases = try ParityFile.stored().cases
    #expect(Set(cases.map { [$0.cell, $0.activation ?? "", $0.reset ?? ""] }).count == 7)
    #expect(Set(cases.map(\.layers)) == [1, 2, 3])
    #expect(Set(cases.map(\.direction)).count == 3)
    #expect(Set(cases.compactMap(\.merge)).count == 3)
    #expect(Set(cases.flatMap(\.references)) == ["PyTorch", "Keras", "equations"])
    #expect(Set(cases.map(\.hasBias)).count == 2)
    #expect(Set(cases.map(\.givesInitialState)).count == 2)
    #expect(cases.contains { $0.inputSize == 0 })
    #expect(cases.contains { $0.lengths == nil })
    #expect(cases.contains { $0.lengths?.contains(0) == true && Set($0.lengths!).count > 1 })
  }

  /// The harness itself: one weight a thousandth off, or two gates swapped, must be far beyond the bar.
  @Test func wrongWeightsAreNoticed() throws {
    let file = try ParityFile.stored()
    for form in ["lstm", "gru", "elman"] {
      let parityCase = try #require(file.cases.first { $0.cell == form && $0.hasBias && $0.lengths?.max() ?? 0 > 2 })
      let nudged = try file.worstDifference(of: parityCase) { weights in
        weights["weight_hh_l0"]![0, 1] += 0.001
      }
      #expect(nudged.relative > 2 * Difference.allowed, "\(form): \(nudged)")
      guard form != "elman" else { continue }
      let swapped = try file.worstDifference(of: parityCase) { weights in
        let bias = weights["bias_ih_l0"]!
        let size = parityCase.hiddenSize
        let order = Array(size..<2 * size) + Array(0..<size) + Array(2 * size..<bias.count)
        weights["bias_ih_l0"] = Tensor(order.map { bias.scalars[$0] }, shape: bias.shape)
      }
      #expect(swapped.relative > 100 * Difference.allowed, "\(form): \(swapped)")
    }
  }
}
