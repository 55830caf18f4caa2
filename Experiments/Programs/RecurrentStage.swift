package import Recurrent

/// One recurrent layer, alone or in a block with a way around it:
///
///     x ← x + a ⊙ σ(b)       [a, b] = W cell(norm(x)) + c
///
/// as scan cells, which bend nothing between their steps, want it (Orvieto et al. 2023).
package struct RecurrentStage: Module {
  private var norm: LayerNorm?
  private var encoder: any SequenceEncoder
  private var mixture: Linear?
  private let dropout: Dropout

  /// A stage with fresh weights.
  ///
  /// - Parameters:
  ///   - kind: The cell.
  ///   - plan: The layer of it; dropout falls on what the stage adds or gives.
  ///   - isBlock: Whether there is a way around the layer.
  package init(_ kind: RecurrentKind, _ plan: RecurrentKind.Plan, isBlock: Bool) {
    var layer = plan
    (layer.random, layer.dropout) = (plan.random.stream("encoder"), 0)
    encoder = kind.make(layer)
    norm = isBlock ? LayerNorm(size: plan.inputSize) : nil
    mixture =
      isBlock
      ? Linear(inputSize: encoder.outputSize, outputSize: 2 * plan.inputSize, random: plan.random.stream("mixture"))
      : nil
    dropout = Dropout(rate: plan.dropout)
  }

  /// The features of an output.
  package var outputSize: Int { (mixture?.outputSize).map { $0 / 2 } ?? encoder.outputSize }

  /// The multiply-adds of one step of one row.
  package func multiplyAdds(steps: Int) -> Int {
    encoder.multiplyAdds(steps: steps) + (mixture?.matrixScalars ?? 0)
  }

  /// The outputs of every step of sequences `[rows, steps, features]`.
  package func callAsFunction(_ inputs: Tensor, lengths: [Int]? = nil, context: inout ForwardContext) -> Tensor {
    let seen = norm?(inputs, context: &context) ?? inputs
    let outputs = encoder.encode(seen, lengths: lengths, context: &context).outputs
    guard let mixture else { return dropout(outputs, context: &context) }
    let (mixed, size) = (mixture(outputs, context: &context), outputSize)
    let gated = mixed[0..<size, axis: 2] * mixed[size..<2 * size, axis: 2].sigmoid()
    return inputs + dropout(gated, context: &context)
  }

  package mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&norm, "norm")
    visitor.visit(&encoder, "encoder")
    visitor.visit(&mixture, "mixture")
  }
}
