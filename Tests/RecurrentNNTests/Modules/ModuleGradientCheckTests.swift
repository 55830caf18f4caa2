import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// The harness notices gradients that are wrong on purpose.
@Suite struct ModuleGradientCheckTests {
  /// weight · x + shift, with faults to choose from.
  private struct Suspect: Module {
    enum Fault: CaseIterable { case none, weightTooLarge, inputForgotten, shiftCut, elementsSwapped }

    var fault: Fault
    var weight = Tensor([0.5, -1.5], shape: [2])
    var shift = Tensor([0.2, 0.7], shape: [2])

    func callAsFunction(_ x: Tensor) -> Tensor {
      let shift = fault == .shiftCut ? shift.detached() : shift
      return product(x).adding(rowVector: shift).tanh()
    }

    private func product(_ x: Tensor) -> Tensor {
      let result = x.detached().multiplying(rowVector: weight.detached())
      guard let tape = Tape.recording(x, weight) else { return result }
      let (fault, xSlot, weightSlot) = (fault, x.slot, weight.slot)
      let (x, weight) = (x.detached(), weight.detached())
      return tape.record(result) { upstream, sink in
        var toWeight = (upstream * x).sum(axis: 0)
        if fault == .weightTooLarge { toWeight = toWeight * 1.1 }
        if fault == .elementsSwapped { toWeight = Tensor(toWeight.scalars.reversed(), shape: toWeight.shape) }
        sink.accumulate(toWeight, into: weightSlot)
        if fault != .inputForgotten { sink.accumulate(upstream.multiplying(rowVector: weight), into: xSlot) }
      }
    }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit(&weight, "weight")
      visitor.visit(&shift, "shift")
    }
  }

  @Test(arguments: Suspect.Fault.allCases) private func faultsAreNoticed(fault: Suspect.Fault) {
    let x = Tensor([0.3, -0.6, 0.9, 0.4, -0.2, 0.8], shape: [3, 2])
    let disagreements = GradientCheck.disagreements(of: Suspect(fault: fault), at: [x]) { [$0($1[0])] }
    #expect(disagreements.isEmpty == (fault == .none), "\(fault): \(disagreements)")
  }
}
