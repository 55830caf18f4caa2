package import RecurrentTensor

/// The texts of programmer's mistakes with modules, layers and losses: the layer, what it expected, what it got.
package enum LayerMessages {
  package static func repeatedPath(_ path: String) -> String {
    "Two tensors of the module are both called “\(path)”: give each a name of its own."
  }

  package static func foreignLayout(_ entry: ParameterLayout.Entry?, shape: Shape, kind: ParameterKind) -> String {
    guard let entry else { return "The layout belongs to another model: this one has more tensors." }
    return
      "The layout belongs to another model: \(entry.path) is \(entry.kind) \(entry.shape) there, \(kind) \(shape) here."
  }

  package static let shortModel = "The layout belongs to another model: this one has fewer tensors."

  package static func hiddenTensor(_ layer: String) -> String {
    "\(layer): the cell uses a tensor of this gradient computation that its visitParameters does not show. "
      + "Show it, or set the layer's recomputation to .never."
  }

  package static let foreignGradients = "Gradients of two different models cannot be combined."

  package static func shape(_ layer: String, _ what: String, expected: String, received: Shape) -> String {
    "\(layer): expected \(what) of shape \(expected); received \(received)."
  }

  package static func count(_ layer: String, _ what: String, expected: Int, received: Int) -> String {
    "\(layer): expected \(expected) \(what); received \(received)."
  }

  package static func option(_ layer: String, _ what: String, expected: String, received: some Any) -> String {
    "\(layer): \(what) must be \(expected); received \(received)."
  }

  package static func treeNode(_ node: Int, children: Int, open: Int) -> String {
    "TreeShape: node \(node) must have at most \(open) children, the trees before it; received \(children)."
  }

  package static func length(_ layer: String, row: Int, steps: Int, received: Int) -> String {
    "\(layer): the length of row \(row) must lie in 0...\(steps); received \(received)."
  }
}
