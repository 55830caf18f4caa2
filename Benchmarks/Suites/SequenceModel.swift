package import Recurrent

/// The shape of the models that are timed: an embedding where the inputs are numbers of words, a recurrent stack, and a
/// linear map of every output or of the last ones.
package struct SequenceModel<Cell: RecurrentCell>: TrainableModel {
  /// Which outputs of the stack are mapped.
  package enum Reading: Sendable {
    /// Those of every step.
    case each
    /// Those of the last step; of the backward direction those of the first.
    case last
  }

  /// What the model computes a loss on.
  package struct Batch: Sendable {
    let inputs: Inputs
    let targets: Targets
  }

  package enum Inputs: Sendable {
    /// `[batch, time, features]`.
    case features(Tensor)
    /// Numbers of words, of the shape `[batch, time]`.
    case words([Int], shape: Shape)
  }

  package enum Targets: Sendable {
    /// Numbers of the outputs' shape: squared error.
    case numbers(Tensor)
    /// One class for each output vector: cross-entropy.
    case classes([Int])
  }

  package var embedding: Embedding?
  package var stack: RecurrentLayer<Cell>
  package var head: Linear
  let reading: Reading

  package init(vocabularySize: Int?, stack: RecurrentLayer<Cell>, outputSize: Int, reading: Reading) {
    let random = RandomSource(seed: 3)
    embedding = vocabularySize.map {
      Embedding(vocabularySize: $0, size: stack.inputSize, random: random.stream("embedding"))
    }
    self.stack = stack
    head = Linear(inputSize: stack.outputSize, outputSize: outputSize, random: random.stream("head"))
    self.reading = reading
  }

  package func callAsFunction(_ inputs: Inputs, context: inout ForwardContext) -> Tensor {
    let features =
      switch inputs {
      case .features(let features): features
      case .words(let words, let shape): embedding!(words, shape: shape)
      }
    let run = stack(features, context: &context)
    return head(reading == .each ? run.outputs : run.lastOutputs, context: &context)
  }

  package func loss(on batch: Batch, context: inout ForwardContext) -> Tensor {
    let outputs = self(batch.inputs, context: &context)
    return switch batch.targets {
    case .numbers(let numbers): MeanSquaredError()(outputs, numbers)
    case .classes(let classes): SoftmaxCrossEntropy()(outputs, classes: classes)
    }
  }

  package mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&embedding, "embedding")
    visitor.visit(&stack, "stack")
    visitor.visit(&head, "head")
  }
}
