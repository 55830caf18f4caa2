package import RecurrentTensor

/// Compares gradients with central differences.
package enum GradientCheck {
  /// The strictest agreement the scalar of this build allows: relative, with a floor in absolute terms.
  package static var tolerance: (relative: Double, floor: Double) {
    MemoryLayout<Scalar>.size == 8 ? (1e-7, 1e-9) : (1e-2, 2e-3)
  }

  private static var step: Double { MemoryLayout<Scalar>.size == 8 ? 1e-3 : 3e-2 }

  /// The disagreements of `gradients` with the derivatives of `function` at `inputs`; empty if all is well.
  ///
  /// Each derivative is taken from four values of the function (central differences of fourth order), so kinks must
  /// be further away than two steps: 0.002 in the Double build, 0.06 in the Float build.
  package static func disagreements(
    of gradients: [Tensor], at inputs: [Tensor], with function: ([Tensor]) -> Double
  ) -> [String] {
    guard gradients.count == inputs.count else { return ["\(gradients.count) gradients of \(inputs.count) inputs"] }
    var disagreements: [String] = []
    for (which, (gradient, input)) in zip(gradients, inputs).enumerated() {
      guard gradient.shape == input.shape else {
        disagreements.append("input \(which): gradient of shape \(gradient.shape) for \(input.shape)")
        continue
      }
      let analytic = gradient.scalars
      for index in 0..<input.count {
        let numeric = derivative(of: function, at: inputs, which, index)
        let error = abs(Double(analytic[index]) - numeric)
        let limit = max(tolerance.floor, tolerance.relative * max(abs(numeric), abs(Double(analytic[index]))))
        if !error.isFinite || error > limit {
          disagreements.append("input \(which), element \(index): gradient \(analytic[index]), expected \(numeric)")
        }
      }
    }
    return disagreements
  }

  /// The disagreements of the tape's gradients of a function of tensors; several outputs are checked together, each
  /// element with a weight of its own.
  package static func disagreements(
    at inputs: [Tensor], ofOutputs function: ([Tensor]) -> [Tensor]
  ) -> [String] {
    disagreements(of: tapeGradients(at: inputs, function), at: inputs) { inputs in
      projected(function(inputs)).reduce(0) { $0 + Double($1.scalar) }
    }
  }

  /// The disagreements of the tape's gradients of a function of tensors with one output.
  package static func disagreements(at inputs: [Tensor], of function: ([Tensor]) -> Tensor) -> [String] {
    disagreements(at: inputs, ofOutputs: { [function($0)] })
  }

  private static func tapeGradients(at inputs: [Tensor], _ function: ([Tensor]) -> [Tensor]) -> [Tensor] {
    let tape = Tape()
    let watched = inputs.map { tape.watch($0) }
    let terms = projected(function(watched))
    tape.backward(from: terms.dropFirst().reduce(terms[0], +))
    return watched.map { tape.gradient(of: $0) }
  }

  /// Each output's sum of elements, weighted with distinct constants.
  private static func projected(_ outputs: [Tensor]) -> [Tensor] {
    var data = TestData(seed: 0xABCDEF)
    return outputs.map { ($0 * data.tensor($0.shape, in: 0.5...1.5)).sum() }
  }

  private static func derivative(
    of function: ([Tensor]) -> Double, at inputs: [Tensor], _ which: Int, _ index: Int
  ) -> Double {
    let original = inputs[which].scalars
    func value(_ steps: Double) -> (at: Double, value: Double) {
      var scalars = original
      scalars[index] += Scalar(steps * step)
      var moved = inputs
      moved[which] = Tensor(scalars, shape: inputs[which].shape)
      return (Double(scalars[index]), function(moved))
    }
    let (near, far) = ((value(1), value(-1)), (value(2), value(-2)))
    let nearSlope = (near.0.value - near.1.value) / (near.0.at - near.1.at)
    let farSlope = (far.0.value - far.1.value) / (far.0.at - far.1.at)
    return (4 * nearSlope - farSlope) / 3
  }
}
