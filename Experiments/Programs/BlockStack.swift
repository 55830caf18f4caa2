package import Recurrent

/// Recurrent layers upon an affine map of the inputs, each with a way around it: see ``RecurrentStage``.
package struct BlockStack: SequenceEncoder {
  private var input: Linear
  private var blocks: [RecurrentStage]

  /// A stack with fresh weights, of as many blocks as the plan has layers; each of them starts remembering if the plan says so.
  package init(_ kind: RecurrentKind, _ plan: RecurrentKind.Plan) {
    input = Linear(inputSize: plan.inputSize, outputSize: plan.hiddenSize, random: plan.random.stream("input"))
    blocks = (0..<plan.layers).map { layer in
      var block = plan
      (block.inputSize, block.layers) = (plan.hiddenSize, 1)
      block.random = plan.random.stream("blocks").stream(layer)
      return RecurrentStage(kind, block, isBlock: true)
    }
  }

  package var outputSize: Int { input.outputSize }

  package func encode(_ inputs: Tensor, lengths: [Int]?, context: inout ForwardContext) -> EncodedSequence {
    let valid = EncodedSequence(outputs: inputs, lengths: lengths).outputs
    var outputs = input(valid, context: &context)
    for block in blocks { outputs = block(outputs, lengths: lengths, context: &context) }
    return EncodedSequence(outputs: outputs, lengths: lengths)
  }

  package func multiplyAdds(steps: Int) -> Int {
    blocks.reduce(input.matrixScalars) { $0 + $1.multiplyAdds(steps: steps) }
  }

  package mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&input, "input")
    visitor.visit(&blocks, "blocks")
  }
}
