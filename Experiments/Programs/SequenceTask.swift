package import Recurrent

/// What is asked of a recurrent layer with an affine map upon it.
package protocol SequenceTask: Sendable {
  /// The numbers of a step that are read.
  var features: Int { get }
  /// The numbers that are said at each of the last `answers` steps.
  var outputs: Int { get }
  var answers: Int { get }

  /// The loss of outputs `[rows, answers, outputs]`.
  func loss(_ outputs: Tensor, _ targets: Tensor) -> Tensor
}

/// Sequences `[rows, steps, features]`, and what is to be said of them, a row each.
package struct TaskBatch {
  package let inputs, targets: Tensor
}

/// An encoder, and an affine map of its outputs at the last steps.
package struct TaskNetwork: TrainableModel {
  package private(set) var encoder: any SequenceEncoder
  private var head: Linear
  private let task: any SequenceTask

  /// A network with a fresh map.
  package init(_ encoder: any SequenceEncoder, _ task: any SequenceTask, random: RandomSource) {
    (self.encoder, self.task) = (encoder, task)
    head = Linear(inputSize: encoder.outputSize, outputSize: task.outputs, random: random)
  }

  /// What is said of sequences `[rows, steps, features]` in inference: `[rows, answers, outputs]`.
  package func callAsFunction(_ inputs: Tensor) -> Tensor {
    var context = ForwardContext.inference
    return self(inputs, context: &context)
  }

  private func callAsFunction(_ inputs: Tensor, context: inout ForwardContext) -> Tensor {
    let steps = inputs.shape[1]
    let outputs = encoder.outputs(of: inputs, context: &context)
    return head(task.answers == steps ? outputs : outputs[steps - task.answers..<steps, axis: 1])
  }

  package func loss(on batch: TaskBatch, context: inout ForwardContext) -> Tensor {
    task.loss(self(batch.inputs, context: &context), batch.targets)
  }

  package mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&encoder, "encoder")
    visitor.visit(&head, "head")
  }
}

extension SequenceEncoder {
  /// The outputs of every step of sequences of one length, from the encoder's own start.
  func outputs(of inputs: Tensor, context: inout ForwardContext) -> Tensor {
    encode(inputs, lengths: nil, context: &context).outputs
  }
}
