public import RecurrentTensor

/// The squared difference: (p - t)².
public struct MeanSquaredError: ElementwiseLoss, Codable, Hashable {
  /// How the terms become one number.
  public let reduction: LossReduction

  /// A loss with this reduction; the mean by default.
  public init(reduction: LossReduction = .mean) { self.reduction = reduction }

  /// (p - t)² and its slope.
  public func term(_ prediction: Scalar, _ target: Scalar, index: Int) -> (value: Scalar, slope: Scalar) {
    let difference = prediction - target
    return (difference * difference, 2 * difference)
  }
}

/// The absolute difference: |p - t|. Its slope at equality is 0.
public struct MeanAbsoluteError: ElementwiseLoss, Codable, Hashable {
  /// How the terms become one number.
  public let reduction: LossReduction

  /// A loss with this reduction; the mean by default.
  public init(reduction: LossReduction = .mean) { self.reduction = reduction }

  /// |p - t| and its slope.
  public func term(_ prediction: Scalar, _ target: Scalar, index: Int) -> (value: Scalar, slope: Scalar) {
    let difference = prediction - target
    return (abs(difference), difference > 0 ? 1 : difference < 0 ? -1 : 0 * difference)
  }
}

/// Quadratic near the target, linear far away: Huber 1964.
///
///     d²/2            where |d| = |p - t| ≤ delta
///     delta (|d| - delta/2)    elsewhere
public struct HuberLoss: ElementwiseLoss, Codable, Hashable {
  /// How the terms become one number.
  public let reduction: LossReduction
  /// Where the linear part begins.
  public let delta: Scalar

  /// A loss with this delta (1 by default, as PyTorch) and reduction.
  public init(delta: Scalar = 1, reduction: LossReduction = .mean) {
    require(delta > 0, LayerMessages.option("HuberLoss", "delta", expected: "above 0", received: delta))
    self.delta = delta
    self.reduction = reduction
  }

  /// One term and its slope.
  public func term(_ prediction: Scalar, _ target: Scalar, index: Int) -> (value: Scalar, slope: Scalar) {
    let difference = prediction - target
    if abs(difference) > delta {
      return (delta * (abs(difference) - delta / 2), difference > 0 ? delta : -delta)
    }
    return (difference * difference / 2, difference)
  }
}

/// The quantile (pinball) loss: Koenker and Bassett 1978.
///
///     max(q (t - p), (q - 1) (t - p))
///
/// With several levels the prediction has one more axis than the target, the last, with one prediction for each level.
public struct QuantileLoss: ElementwiseLoss, Codable, Hashable {
  /// How the terms become one number.
  public let reduction: LossReduction
  /// The levels q, each between 0 and 1.
  public let levels: [Scalar]

  /// A loss for these levels.
  public init(levels: [Scalar], reduction: LossReduction = .mean) {
    require(
      !levels.isEmpty && levels.allSatisfy { $0 > 0 && $0 < 1 },
      LayerMessages.option("QuantileLoss", "levels", expected: "one or more between 0 and 1", received: levels))
    self.levels = levels
    self.reduction = reduction
  }

  /// One prediction for each level.
  public var predictionsPerTarget: Int { levels.count }

  /// One term and its slope; the slope at equality is 0.
  public func term(_ prediction: Scalar, _ target: Scalar, index: Int) -> (value: Scalar, slope: Scalar) {
    let (level, difference) = (levels[index], target - prediction)
    if difference > 0 { return (level * difference, -level) }
    return ((level - 1) * difference, difference < 0 ? 1 - level : 0 * difference)
  }
}
