import RecurrentTensor

// The maps of tree cells: how they start and what they are called.

extension Linear {
  /// A map of words.
  init(forWordsOf inputSize: Int, outputSize: Int, random: RandomSource) {
    self.init(
      inputSize: inputSize, outputSize: outputSize, biasInitializer: .constant(0), random: random.stream("word"))
  }

  /// A map of the states of children.
  init(forChildrenOf inputSize: Int, outputSize: Int, random: RandomSource) {
    self.init(
      inputSize: inputSize, outputSize: outputSize, biasInitializer: .constant(0), random: random.stream("children"))
  }

  /// Shows `weight_NAME` and `bias_NAME`.
  mutating func visitTreeParameters(_ visitor: inout some ParameterVisitor, _ name: String) {
    visitor.visit(&weight, "weight_\(name)")
    visitor.visit(&bias, "bias_\(name)")
  }
}

extension TreeChildren {
  /// A tensor of one row a place, `[nodes * places, size]`, with the places of a node side by side,
  /// `[nodes, places * size]`.
  func sideBySide(_ tensor: Tensor) -> Tensor {
    tensor.reshaped(to: [counts.count, tensor.count / max(1, counts.count)])
  }
}
