package import RecurrentNN
package import RecurrentTensor

/// Reads and replaces the tensors of modules by their dotted paths.
package enum ModuleTensors {
  /// The module with the tensors of these paths replaced; a path that the module does not have stops the test.
  package static func replacing<M: Module>(_ module: M, _ tensors: [String: Tensor]) -> M {
    var replacer = Replacer(tensors: tensors)
    var module = module
    module.visitParameters(&replacer)
    precondition(replacer.tensors.isEmpty, "no such tensors: \(replacer.tensors.keys.sorted())")
    return module
  }

  /// The module with every trained tensor replaced by seeded numbers: no gate like another, no bias zero.
  package static func randomized<M: Module>(
    _ module: M, seed: UInt64, in range: ClosedRange<Double> = -0.8...0.8
  ) -> M {
    var data = TestData(seed: seed)
    let parameters = ParameterLayout(of: module).entries.filter { $0.kind == .parameter }
    let tensors = parameters.map { ($0.path, data.tensor($0.shape, in: range)) }
    return replacing(module, Dictionary(uniqueKeysWithValues: tensors))
  }

  private struct Replacer: PathVisitor {
    var path = ParameterPath()
    var tensors: [String: Tensor]

    mutating func visit(_ tensor: inout Tensor, at path: String, _ kind: ParameterKind) {
      guard let replacement = tensors.removeValue(forKey: path) else { return }
      precondition(replacement.shape == tensor.shape, "\(path): \(replacement.shape) for \(tensor.shape)")
      tensor = replacement
    }
  }
}
