import RecurrentTensor

// The maps of tree cells: how they start and what they are called.

extension Linear {
  /// A map of words.
  init(forWordsOf inputSize: Int, outputSize: Int, random: RandomSource) {
    self.init(
      inputSize: inputSize, outputSize: outputSize, biasInitializer: .constant(0), random: random.stream("word"))
  }

  /// A map of the states of so many children, side by side: half of each, so that a fresh node of two is about the mean of its
  /// children, and noise uniform within ±1/(4√size).
  init(forChildren children: Int, size: Int, random: RandomSource) {
    self.init(
      inputSize: children * size, outputSize: size,
      weightInitializer: .uniform(limit: 0.25 / Double(size).squareRoot()), biasInitializer: .constant(0),
      random: random.stream("children"))
    let half = Initializer.identity(gain: 0.5).weights(outputs: size, inputs: size, random: random)
    weight = weight + Tensor.concatenate([Tensor](repeating: half, count: children), axis: 1)
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
