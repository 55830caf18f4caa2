import RecurrentKernels
public import RecurrentTensor

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The cross-entropy of one class out of several, from logits.
///
///     -Σ_c w_c q_c log softmax(x)_c,    q = (1 - labelSmoothing) target + labelSmoothing / classes
///
/// The definitions are PyTorch's: with class indices the mean is taken over the weights of the targets' classes, with
/// probabilities over the number of valid positions. Label smoothing: Szegedy et al. 2016.
public struct SoftmaxCrossEntropy: Sendable, Codable, Hashable {
  /// How the terms become one number.
  public let reduction: LossReduction
  /// The weight of each class; nil for 1.
  public let classWeights: [Scalar]?
  /// The part of each target that is spread over all classes: at least 0, at most 1.
  public let labelSmoothing: Scalar

  /// A loss with these options.
  public init(classWeights: [Scalar]? = nil, labelSmoothing: Scalar = 0, reduction: LossReduction = .mean) {
    require(
      classWeights?.allSatisfy { $0 >= 0 } ?? true,
      LayerMessages.option(
        "SoftmaxCrossEntropy", "classWeights", expected: "at least 0 each", received: classWeights ?? []))
    require(
      labelSmoothing >= 0 && labelSmoothing <= 1,
      LayerMessages.option("SoftmaxCrossEntropy", "labelSmoothing", expected: "in 0...1", received: labelSmoothing))
    self.classWeights = classWeights
    self.labelSmoothing = labelSmoothing
    self.reduction = reduction
  }

  /// The loss against class indices.
  ///
  /// - Parameters:
  ///   - logits: `[batch, time, classes]`, or `[..., classes]` without lengths.
  ///   - classes: One class for each position, in row-major order; at steps that are not valid any number.
  ///   - lengths: The valid steps of each row, each in `0...time`; nil if all are valid.
  /// - Returns: One number, of shape `[]`.
  public func callAsFunction(_ logits: Tensor, classes: [Int], lengths: [Int]? = nil) -> Tensor {
    let count = checkedClassCount(logits)
    require(
      classes.count == logits.shape.rowCount,
      LayerMessages.count("SoftmaxCrossEntropy", "classes", expected: logits.shape.rowCount, received: classes.count))
    let spread = labelSmoothing / Scalar(count)
    return reduced(logits, lengths) { position, logits, logSum, gradient in
      let target = classes[position]
      if target < 0 || target >= count {
        stop(LayerMessages.option("SoftmaxCrossEntropy", "a class", expected: "in 0..<\(count)", received: target))
      }
      let weight = classWeights?[target] ?? 1
      let certain = (1 - labelSmoothing) * weight
      var loss = certain * (logSum - logits[target])
      if spread > 0 {
        loss += distribute(count, logits, logSum, gradient, extra: certain) { spread * (classWeights?[$0] ?? 1) }
      } else if certain != 1 {
        for index in 0..<count { gradient[index] *= certain }
      }
      gradient[target] -= certain
      return (loss, weight)
    }
  }

  /// The loss against one-hot or probability targets.
  ///
  /// - Parameters:
  ///   - logits: `[batch, time, classes]`, or `[..., classes]` without lengths.
  ///   - probabilities: Constants of the logits' shape; at steps that are not valid anything.
  ///   - lengths: The valid steps of each row, each in `0...time`; nil if all are valid.
  /// - Returns: One number, of shape `[]`.
  public func callAsFunction(_ logits: Tensor, probabilities: Tensor, lengths: [Int]? = nil) -> Tensor {
    let count = checkedClassCount(logits)
    require(
      probabilities.shape == logits.shape,
      LayerMessages.shape(
        "SoftmaxCrossEntropy", "probabilities", expected: "\(logits.shape)", received: probabilities.shape))
    let spread = labelSmoothing / Scalar(count)
    return probabilities.withUnsafePointer { probabilities in
      reduced(logits, lengths) { position, logits, logSum, gradient in
        let target = probabilities + position * count
        let loss = distribute(count, logits, logSum, gradient, extra: 0) { index in
          ((1 - labelSmoothing) * target[index] + spread) * (classWeights?[index] ?? 1)
        }
        return (loss, 1)
      }
    }
  }

  /// The classes that the logits distinguish.
  private func checkedClassCount(_ logits: Tensor) -> Int {
    require(
      logits.shape.rank >= 1 && logits.shape.last > 0,
      LayerMessages.shape("SoftmaxCrossEntropy", "logits", expected: "[..., classes]", received: logits.shape))
    if let classWeights, classWeights.count != logits.shape.last {
      stop(
        LayerMessages.count(
          "SoftmaxCrossEntropy", "class weights", expected: logits.shape.last, received: classWeights.count))
    }
    return logits.shape.last
  }

  /// The loss -Σ q_c log p_c of one position for the coefficients q that `coefficient` gives.
  ///
  /// On entry `gradient` holds the probabilities p; on return p (Σ q + extra) - q.
  @inline(__always)
  private func distribute(
    _ count: Int, _ logits: UnsafePointer<Scalar>, _ logSum: Scalar, _ gradient: UnsafeMutablePointer<Scalar>,
    extra: Scalar, coefficient: (Int) -> Scalar
  ) -> Scalar {
    var (total, loss) = (extra, Scalar(0))
    for index in 0..<count { total += coefficient(index) }
    for index in 0..<count {
      let share = coefficient(index)
      loss += share * (logSum - logits[index])
      gradient[index] = gradient[index] * total - share
    }
    return loss
  }

  /// Adds the terms of all valid positions.
  ///
  /// `term` gets a position, its logits, the logarithm of the sum of their exponentials, and the probabilities, which it
  /// turns into the gradient; it gives the loss and what the position counts in the mean.
  @inline(__always)
  private func reduced(
    _ logits: Tensor, _ lengths: [Int]?,
    _ term: (Int, UnsafePointer<Scalar>, Scalar, UnsafeMutablePointer<Scalar>) -> (loss: Scalar, weight: Scalar)
  ) -> Tensor {
    let count = logits.shape.last
    let ranges = ValidTargets("SoftmaxCrossEntropy", lengths, target: logits).ranges
    let table = PooledTable<Int>(count: ranges.reduce(0) { $0 + $1.count / count }) { positions in
      var next = positions
      for range in ranges {
        for position in range.lowerBound / count..<range.upperBound / count {
          next.pointee = position
          next += 1
        }
      }
    }
    defer { withExtendedLifetime(table) {} }
    let positions = UnsafeBufferPointer(start: table.pointer, count: table.count)
    var losses = Tensor(zeros: [logits.shape.rowCount])
    var weights = losses
    let isWhole = positions.count == logits.shape.rowCount
    let gradients = (isWhole ? Tensor(shape: logits.shape) { _ in } : Tensor(zeros: logits.shape)).filled { gradients in
      losses.withUnsafeMutablePointer { losses in
        weights.withUnsafeMutablePointer { weights in
          logits.withUnsafePointer { logits in
            WorkerPool.ranges(of: positions.count, atLeast: max(2, (1 << 14) / count)) { range in
              for index in range {
                let position = positions[index]
                let (row, gradient) = (logits + position * count, gradients + position * count)
                let (largest, sum) = VectorMath.softmax(row, into: gradient, count: count)
                let logSum = largest + Scalar(log(Double(sum)))
                (losses[position], weights[position]) = term(position, row, logSum, gradient)
              }
            }
          }
        }
      }
    }
    let weightTotal = weights.withUnsafePointer { weights in positions.reduce(Scalar(0)) { $0 + weights[$1] } }
    let scale = reduction == .sum ? 1 : weightTotal > 0 ? 1 / weightTotal : 0
    return reducedLoss(of: logits, values: losses, slopes: gradients, scale: scale)
  }
}
