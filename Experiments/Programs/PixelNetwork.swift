package import Recurrent

/// Recurrent layers over a sequence, and classes from the last output or from the mean of all.
///
/// The lowest layer takes one pixel a step. With a stride of n > 1 the next one takes its outputs of n steps at once, side by
/// side (a pyramid; Chan et al., "Listen, attend and spell", 2016), and so do all above it. A plain stack is recurrent layers
/// upon each other; in a stack of blocks each layer above the lowest has a way around it, after an affine map where there is a
/// stride (``RecurrentStage``).
package struct PixelNetwork: TrainableModel {
  /// What a network is made of.
  package struct Plan: Sendable {
    package var kind: RecurrentKind
    package var hiddenSize: Int
    package var layers = 1
    package var isOfBlocks = false
    package var stride = 1
    package var pooling = StepPooling.last
    package var dropout: Scalar = 0
    /// The longest time, in steps of the lowest layer, that the units of every layer start remembering for; nil for the cell's own
    /// start.
    package var memory: Int?

    package init(_ kind: RecurrentKind, hiddenSize: Int) { (self.kind, self.hiddenSize) = (kind, hiddenSize) }
  }

  private var stages: [RecurrentStage]
  private var join: Linear?
  private var head: Linear
  private let stride: Int
  private let pooling: StepPooling

  /// A network with fresh weights for so many classes.
  package init(_ plan: Plan, classes: Int, random: RandomSource) {
    (stride, pooling) = (plan.stride, plan.pooling)
    func stage(_ layer: Int, inputSize: Int, memory: Int?, isBlock: Bool) -> RecurrentStage {
      var sizes = RecurrentKind.Plan(
        inputSize: inputSize, hiddenSize: plan.hiddenSize, dropout: plan.dropout,
        random: random.stream("stage").stream(layer))
      sizes.memory = memory
      return RecurrentStage(plan.kind, sizes, isBlock: isBlock)
    }
    stages = [stage(0, inputSize: 1, memory: plan.memory, isBlock: false)]
    var width = stages[0].outputSize * plan.stride
    if plan.isOfBlocks, plan.layers > 1, plan.stride > 1 {
      join = Linear(inputSize: width, outputSize: plan.hiddenSize, random: random.stream("join"))
      width = plan.hiddenSize
    }
    let memory = plan.memory.map { max(2, $0 / plan.stride) }
    for layer in 1..<plan.layers {
      stages.append(stage(layer, inputSize: width, memory: memory, isBlock: plan.isOfBlocks))
      width = stages[layer].outputSize
    }
    head = Linear(inputSize: stages[stages.count - 1].outputSize, outputSize: classes, random: random.stream("head"))
  }

  /// The logits of the classes, `[rows, classes]`, for `[rows, steps, 1]`.
  package func callAsFunction(_ inputs: Tensor, context: inout ForwardContext) -> Tensor {
    var outputs = stages[0](inputs, context: &context)
    if stages.count > 1, stride > 1 {
      let (rows, steps, size) = (outputs.shape[0], outputs.shape[1], outputs.shape[2])
      outputs = outputs.reshaped(to: [rows, steps / stride, stride * size])
      outputs = join?(outputs, context: &context) ?? outputs
    }
    for stage in stages.dropFirst() { outputs = stage(outputs, context: &context) }
    return head(pooling(outputs), context: &context)
  }

  package func loss(on batch: PixelBatch, context: inout ForwardContext) -> Tensor {
    SoftmaxCrossEntropy()(self(batch.inputs, context: &context), classes: batch.classes)
  }

  /// The share of images that are given another class, in inference.
  package func error(on batches: some BatchProvider<PixelBatch>) -> Double {
    var (wrong, count) = (0, 0)
    for batch in batches.batches(epoch: 1, random: RandomSource(seed: 0)) {
      var context = ForwardContext.inference
      let classes = self(batch.inputs, context: &context).argmax()
      wrong += zip(classes, batch.classes).count { $0 != $1 }
      count += batch.rowCount
    }
    return Double(wrong) / Double(count)
  }

  package mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&stages, "stages")
    visitor.visit(&join, "join")
    visitor.visit(&head, "head")
  }
}
