import RecurrentKernels
public import RecurrentTensor

/// How the terms of a loss become one number.
public enum LossReduction: String, Hashable, Sendable, Codable, CaseIterable {
  /// Their mean over everything that is valid; 0 if nothing is.
  case mean
  /// Their sum over everything that is valid.
  case sum
}

/// A loss that compares predictions with targets number by number.
///
/// A loss of your own gives the value and the slope of one term; lengths, weights, reduction and gradients come with it.
public protocol ElementwiseLoss: Sendable {
  /// How the terms become one number.
  var reduction: LossReduction { get }

  /// The predictions for each target: 1, or the levels of a quantile loss.
  var predictionsPerTarget: Int { get }

  /// One term of the loss.
  ///
  /// - Parameters:
  ///   - prediction: One prediction.
  ///   - target: Its target.
  ///   - index: Which of the predictions for this target it is.
  /// - Returns: The term, and its derivative by the prediction.
  func term(_ prediction: Scalar, _ target: Scalar, index: Int) -> (value: Scalar, slope: Scalar)
}

extension ElementwiseLoss {
  /// One prediction for each target.
  public var predictionsPerTarget: Int { 1 }

  /// The loss of a batch.
  ///
  /// What is not valid has no influence, not even NaN: steps behind a row's length, targets of weight 0.
  ///
  /// - Parameters:
  ///   - prediction: `[batch, time, ...]`, or any shape without lengths.
  ///   - target: Constants of the prediction's shape; without its last axis if there are several predictions for each.
  ///   - lengths: The valid steps of each row, each in `0...time`; nil if all are valid.
  ///   - weights: What each target counts, of the target's shape, not negative; 0 for missing ones; nil for 1. The mean is
  ///     taken over the weights.
  /// - Returns: One number, of shape `[]`.
  public func callAsFunction(
    _ prediction: Tensor, _ target: Tensor, lengths: [Int]? = nil, weights: Tensor? = nil
  ) -> Tensor {
    let (name, columns) = (String(describing: Self.self), predictionsPerTarget)
    let expected = columns == 1 ? target.shape : target.shape.appending(columns)
    require(
      prediction.shape == expected,
      LayerMessages.shape(name, "prediction", expected: "\(expected)", received: prediction.shape))
    require(
      weights == nil || weights?.shape == target.shape,
      LayerMessages.shape(name, "weights", expected: "\(target.shape)", received: weights?.shape ?? []))
    let targets = ValidTargets(name, lengths, target: target)
    var slopes = Tensor(zeros: prediction.shape)
    var weightTotal: Scalar = 0
    let values = Tensor(zeros: prediction.shape).filled { values in
      slopes.withUnsafeMutablePointer { slopes in
        weightTotal = addTerms(prediction, target, weights, targets, values, slopes)
      }
    }
    let scale = reduction == .sum ? 1 : weightTotal > 0 ? 1 / (weightTotal * Scalar(columns)) : 0
    return reducedLoss(of: prediction, values: values, slopes: slopes, scale: scale)
  }

  /// Writes the weighted terms and slopes of all valid targets; gives the sum of their weights.
  private func addTerms(
    _ prediction: Tensor, _ target: Tensor, _ weights: Tensor?, _ targets: ValidTargets,
    _ values: UnsafeMutablePointer<Scalar>, _ slopes: UnsafeMutablePointer<Scalar>
  ) -> Scalar {
    let columns = predictionsPerTarget
    var weightTotal: Scalar = 0
    let weights = weights?.scalars
    prediction.withUnsafePointer { predictions in
      target.withUnsafePointer { target in
        for index in targets.ranges.joined() {
          let weight = weights?[index] ?? 1
          if weight == 0 { continue }
          weightTotal += weight
          for column in 0..<columns {
            let position = index * columns + column
            let term = term(predictions[position], target[index], index: column)
            values[position] = weight * term.value
            slopes[position] = weight * term.slope
          }
        }
      }
    }
    return weightTotal
  }
}

/// The parts of a batch's targets that are valid.
struct ValidTargets {
  /// Ranges of positions, in row-major order.
  let ranges: [Range<Int>]

  /// The ranges of `target`, which must be `[batch, time, ...]` if there are lengths.
  init(_ loss: String, _ lengths: [Int]?, target: Tensor) {
    guard lengths != nil else {
      ranges = [0..<target.count]
      return
    }
    let valid = StepLengths(loss, lengths, inputs: target)
    let perStep = target.count / max(1, valid.rows * valid.steps)
    ranges = (0..<valid.rows).map { row in
      let start = row * valid.steps * perStep
      return start..<start + valid.length(ofRow: row) * perStep
    }
  }
}

/// `scale` times the sum of `values`, whose derivatives by the prediction are `slopes`, as one entry of the tape.
func reducedLoss(of prediction: Tensor, values: Tensor, slopes: Tensor, scale: Scalar) -> Tensor {
  let result = Tensor(scale * values.withUnsafePointer { VectorMath.sum($0, count: values.count) })
  guard let tape = Tape.recording(prediction) else { return result }
  let (slot, slopes) = (prediction.slot, HandedOver(slopes))
  return tape.record(result) { upstream, sink in
    let factor = scale * upstream.scalar
    guard var gradient = slopes.take() else { preconditionFailure("a tape is walked back once") }
    // Scaled where they lie: a second copy of the logits of a large vocabulary would be the largest tensor of all.
    let count = gradient.count
    gradient.withUnsafeMutablePointer { gradient in
      WorkerPool.ranges(of: count) { range in for index in range { gradient[index] *= factor } }
    }
    sink.accumulate(gradient, into: slot)
  }
}

/// A tensor that a backward function, called once, takes out, so that it may be changed in place.
private final class HandedOver: @unchecked Sendable {
  private var tensor: Tensor?

  init(_ tensor: Tensor) { self.tensor = tensor }

  func take() -> Tensor? {
    defer { tensor = nil }
    return tensor
  }
}

extension Tensor {
  /// This tensor after `body` has written to it.
  consuming func filled(_ body: (UnsafeMutablePointer<Scalar>) -> Void) -> Tensor {
    withUnsafeMutablePointer(body)
    return self
  }
}
