import Recurrent

extension BenchmarkSuite {
  /// What recurrent networks are compared with.
  static let comparisons = BenchmarkSuite(
    name: "comparisons",
    summary: """
      one encoder of each kind that cells are compared with, able to see all steps: forward with all gradients (train), \
      forward alone (infer)
      """,
    rows: EncoderWork.rows(of: SequenceEncoderKind.comparisons, group: "comparison"))

  /// What is made of cells.
  static let compositions = BenchmarkSuite(
    name: "compositions",
    summary: """
      one layer of each kind that is made of cells, frames of 4 by 4 places: forward with all gradients (train), forward \
      alone (infer)
      """,
    rows: EncoderWork.rows(of: SequenceEncoderKind.compositions, group: "composition"))
}

/// Calls of an encoder with fresh weights.
private struct EncoderWork {
  let kind: SequenceEncoderKind
  let size: LayerSize

  static func rows(of kinds: [SequenceEncoderKind], group: String) -> [BenchmarkRow] {
    kinds.flatMap { kind in
      [(16, 100), (4, 1000)].flatMap { batch, time in
        EncoderWork(kind: kind, size: LayerSize(batch: batch, time: time, input: 64, hidden: 64)).rows(group)
      }
    }
  }

  private func rows(_ group: String) -> [BenchmarkRow] {
    let name = "\(group)/\(kind.name)/\(size)"
    return [
      BenchmarkRow("\(name)/train", figures: { figures }) { seconds in
        let (encoder, inputs) = made
        return MedianTime.of(seconds: seconds) { _ = Self.train(encoder, inputs) }
      },
      BenchmarkRow("\(name)/infer") { seconds in
        let (encoder, inputs) = made
        return MedianTime.of(seconds: seconds) {
          var context = ForwardContext.inference
          _ = encoder.encode(inputs, lengths: nil, context: &context)
        }
      },
    ]
  }

  private var made: (any SequenceEncoder, Tensor) {
    let random = RandomSource(seed: 2)
    var plan = SequenceEncoderKind.Plan(
      inputSize: size.input, hiddenSize: size.hidden, steps: size.time, random: random.stream("weights"))
    plan.frame = kind.readsFrames ? [4, 4] : nil
    return (kind.make(plan), random.stream("inputs").normal([size.batch, size.time, size.input]))
  }

  private var figures: [BenchmarkFigure] {
    let (encoder, inputs) = made
    let run = Self.train(encoder, inputs)
    return [
      BenchmarkFigure("loss", Double(run.value)),
      BenchmarkFigure("inputGradient", normOf: run.inputGradients[0].scalars),
      BenchmarkFigure("weightGradient", normOf: run.gradients.arena.scalars),
    ]
  }

  private static func train(
    _ encoder: some SequenceEncoder, _ inputs: Tensor
  ) -> (value: Scalar, gradients: Gradients, inputGradients: [Tensor]) {
    valueAndGradients(of: encoder, inputs: [inputs]) { encoder, inputs in
      var context = ForwardContext.inference
      return encoder.encode(inputs[0], lengths: nil, context: &context).outputs.squared().mean()
    }
  }
}
