import Recurrent

extension BenchmarkSuite {
  /// What recurrent networks are compared with.
  static let comparisons = BenchmarkSuite(
    name: "comparisons",
    summary: """
      one encoder of each kind that cells are compared with, able to see all steps: forward with all gradients (train), \
      forward alone (infer)
      """,
    rows: SequenceEncoderKind.comparisons.flatMap { kind in
      [(16, 100), (4, 1000)].flatMap { batch, time in
        ComparisonWork(kind: kind, size: LayerSize(batch: batch, time: time, input: 64, hidden: 64)).rows
      }
    })
}

/// Calls of an encoder with fresh weights.
private struct ComparisonWork {
  let kind: SequenceEncoderKind
  let size: LayerSize

  var rows: [BenchmarkRow] {
    let name = "comparison/\(kind.name)/\(size)"
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
    let plan = SequenceEncoderKind.Plan(
      inputSize: size.input, hiddenSize: size.hidden, steps: size.time, random: random.stream("weights"))
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
