package import RecurrentNN
package import RecurrentTensor

extension GradientCheck {
  /// The disagreements of the gradients of a module with central differences: of every trained tensor and every input.
  ///
  /// `function` gives one or several outputs; each element of each counts with a weight of its own.
  package static func disagreements<M: Module>(
    of module: M, at inputs: [Tensor] = [], _ function: (M, [Tensor]) -> [Tensor]
  ) -> [String] {
    let run = valueAndGradients(of: module, inputs: inputs) { module, inputs in
      let terms = weighted(function(module, inputs))
      return terms.dropFirst().reduce(terms[0], +)
    }
    let parameters = ParameterLayout(of: module).entries.filter { $0.kind == .parameter }.map(\.path)
    let tensors = Dictionary(uniqueKeysWithValues: module.namedTensors.map { ($0.name, $0.tensor) })
    return disagreements(
      of: parameters.map { run.gradients[$0]! } + run.inputGradients, at: parameters.map { tensors[$0]! } + inputs
    ) { moved in
      let replaced = Dictionary(uniqueKeysWithValues: zip(parameters, moved))
      let outputs = function(ModuleTensors.replacing(module, replaced), Array(moved.dropFirst(parameters.count)))
      return weighted(outputs).reduce(0) { $0 + Double($1.scalar) }
    }
  }

  private static func weighted(_ outputs: [Tensor]) -> [Tensor] {
    var data = TestData(seed: 0x5EED)
    return outputs.map { ($0 * data.signedTensor($0.shape, magnitudes: 0.5...1.5)).sum() }
  }
}
