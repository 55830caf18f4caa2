public import RecurrentTensor

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The cross-entropy of independent yes-or-no targets, from logits.
///
///     -(w t log σ(x) + (1 - t) log(1 - σ(x)))
///
/// computed without overflow. Targets lie in 0...1; `w`, the weight of yes, is 1 by default.
public struct SigmoidCrossEntropy: ElementwiseLoss, Codable, Hashable {
  /// How the terms become one number.
  public let reduction: LossReduction
  /// The weight w of yes.
  public let positiveWeight: Scalar

  /// A loss with this weight of yes and this reduction.
  public init(positiveWeight: Scalar = 1, reduction: LossReduction = .mean) {
    require(
      positiveWeight > 0,
      LayerMessages.option("SigmoidCrossEntropy", "positiveWeight", expected: "above 0", received: positiveWeight))
    self.positiveWeight = positiveWeight
    self.reduction = reduction
  }

  /// One term and its slope.
  public func term(_ logit: Scalar, _ target: Scalar, index: Int) -> (value: Scalar, slope: Scalar) {
    let (x, t) = (Double(logit), Double(target))
    let yes = Double(positiveWeight) * t
    let small = exp(-abs(x))
    let rest = log1p(small)
    let notSigmoid = x >= 0 ? small / (1 + small) : 1 / (1 + small)
    let value = (1 - t) * (max(x, 0) + rest) + yes * (max(-x, 0) + rest)
    return (Scalar(value), Scalar((1 - t) * (1 - notSigmoid) - yes * notSigmoid))
  }
}
