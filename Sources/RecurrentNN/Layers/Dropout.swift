public import RecurrentTensor

/// Zeroes each element with a probability, in training only: Srivastava et al. 2014.
///
/// What stays is multiplied by 1 / (1 - rate), so that the expectation does not change. Which elements fall depends on
/// (seed, step, call, row, time, unit) alone; the rate is kept to within 2⁻¹⁶.
public struct Dropout: Layer, CustomStringConvertible {
  /// The probability with which an element is zeroed: at least 0, below 1.
  public let rate: Scalar

  /// A dropout of this rate.
  public init(rate: Scalar) {
    require(
      rate >= 0 && rate < 1,
      LayerMessages.option("Dropout", "rate", expected: "at least 0 and below 1", received: rate))
    self.rate = rate
  }

  /// The input `[batch, ...]` with elements zeroed; the last axis is the unit, what lies between is time.
  public func callAsFunction(_ input: Tensor, context: inout ForwardContext) -> Tensor {
    require(
      input.shape.rank >= 1, LayerMessages.shape("Dropout", "input", expected: "[batch, ...]", received: input.shape))
    let rows = input.shape[0]
    guard let mask = context.dropoutMask(rate: rate, rows: rows, rowCount: input.count / max(1, rows)) else {
      return input
    }
    return input * mask.reshaped(to: input.shape)
  }

  /// There are no parameters.
  public func visitParameters(_ visitor: inout some ParameterVisitor) {}

  /// As `Dropout(0.2)`.
  public var description: String { "Dropout(\(rate))" }
}

extension Scalar {
  /// A share at least 0 and below 1, below 1 also where the nearest scalar is 1.
  package init(share: Double) { self = min(Scalar(share), Scalar(1).nextDown) }
}
