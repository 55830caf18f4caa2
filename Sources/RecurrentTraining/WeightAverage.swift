import RecurrentNN
import RecurrentTensor

/// The exponential moving average of a model's weights (Polyak and Juditsky, 1992).
///
///     average ← keep · average + (1 - keep) · weights
struct WeightAverage<M: Module>: Sendable {
  private(set) var model: M
  private let keep: Double

  init(_ model: M, keeping keep: Double) {
    checkOption("Trainer averaging", keep, below: 1)
    self.model = model
    self.keep = keep
  }

  /// Continues with an average that was kept.
  mutating func restore(_ average: M) { model = average }

  /// Takes the weights after an update, counted from 1.
  mutating func add(_ model: M, update: Int) {
    let keep = min(keep, Double(1 + update) / Double(10 + update))
    var reader = WeightReader()
    var source = model
    source.visitParameters(&reader)
    var blender = WeightBlender(weights: reader.weights, share: Scalar(1 - keep))
    self.model.visitParameters(&blender)
  }
}

private struct WeightReader: ParameterVisitor {
  var weights: [Tensor] = []

  mutating func visit(_ tensor: inout Tensor, _ name: String, _ kind: ParameterKind) { weights.append(tensor) }
}

private struct WeightBlender: ParameterVisitor {
  let weights: [Tensor]
  let share: Scalar
  private var next = 0

  init(weights: [Tensor], share: Scalar) { (self.weights, self.share) = (weights, share) }

  mutating func visit(_ tensor: inout Tensor, _ name: String, _ kind: ParameterKind) {
    let (source, share, count) = (weights[next], share, tensor.count)
    next += 1
    guard kind == .parameter else { return tensor = source }
    tensor.withUnsafeMutablePointer { average in
      source.withUnsafePointer { weights in
        for index in 0..<count { average[index] += share * (weights[index] - average[index]) }
      }
    }
  }
}
