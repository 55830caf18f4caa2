import RecurrentTensor

extension RecurrentCell {
  /// The cell with weights that take in the past zeroed at random, the same in all rows and steps of a call: DropConnect (Wan et
  /// al. 2013) on recurrent weights, Merity et al. 2018.
  ///
  ///     W' = W ⊙ m / (1 - rate)
  ///
  /// The cell itself in inference, and if nothing in it takes in the past.
  func droppingWeights(rate: Scalar, context: inout ForwardContext) -> Self {
    let names = recurrentWeightNames
    guard context.isTraining, rate > 0, !names.isEmpty else { return self }
    var visitor = WeightDrop(names: names, rate: rate, context: context)
    var cell = self
    cell.visitParameters(&visitor)
    context = visitor.context
    require(
      visitor.dropped > 0,
      LayerMessages.option(
        Self.layerName, "recurrentWeightNames", expected: "names of weights of the cell, for weight drop",
        received: names))
    return cell
  }
}

private struct WeightDrop: PathVisitor {
  let names: [String]
  let rate: Scalar
  var context: ForwardContext
  var path = ParameterPath()
  var dropped = 0

  mutating func visit(_ tensor: inout Tensor, at path: String, _ kind: ParameterKind) {
    guard names.contains(path) else { return }
    dropped += 1
    guard let mask = context.sharedMask(rate: rate, count: tensor.count) else { return }
    tensor = tensor * mask.reshaped(to: tensor.shape)
  }
}
