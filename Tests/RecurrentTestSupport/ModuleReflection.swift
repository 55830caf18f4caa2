package import RecurrentNN
import RecurrentTensor

/// Finds tensors that a module holds but does not show to visitors.
package enum ModuleReflection {
  /// The places, as `encoder.weight`, of stored tensors that `visitParameters` forgets.
  package static func forgottenTensors(in module: some Module) -> [String] {
    // Every visited tensor gets memory of its own, so that what is left with other memory was not visited.
    var marker = Marker()
    var module = module
    module.visitParameters(&marker)
    var forgotten: [String] = []
    func search(_ value: Any, _ place: String) {
      if let tensor = value as? Tensor {
        if !marker.storages.contains(where: { $0 === tensor.storage }) { forgotten.append(place) }
        return
      }
      for (index, child) in Mirror(reflecting: value).children.enumerated() {
        let label = child.label.map { $0 == "some" ? "" : $0 } ?? String(index)
        search(child.value, place.isEmpty ? label : label.isEmpty ? place : "\(place).\(label)")
      }
    }
    search(module, "")
    return forgotten
  }

  private struct Marker: ParameterVisitor {
    var storages: [TensorStorage] = []

    mutating func visit(_ tensor: inout Tensor, _ name: String, _ kind: ParameterKind) {
      tensor = Tensor(tensor.scalars, shape: tensor.shape)
      storages.append(tensor.storage)
    }
  }
}
