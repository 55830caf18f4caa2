public import RecurrentTensor

/// Prices on what a recurrent layer puts out: activation regularisation and its temporal form, Merity et al. 2017.
///
///     activity · mean(h_t²) + temporal · mean((h_t - h_(t-1))²)
///
/// The means are over the valid steps (pairs of them) of all rows and over all units.
public struct ActivityPenalty: Hashable, Sendable {
  /// The price of large outputs (AR).
  public var activity: Scalar
  /// The price of outputs that change from step to step (TAR).
  public var temporal: Scalar

  /// A penalty of these prices, each at least 0.
  public init(activity: Scalar = 0, temporal: Scalar = 0) {
    for (name, price) in [("activity", activity), ("temporal", temporal)] {
      require(
        price >= 0 && price.isFinite,
        LayerMessages.option("ActivityPenalty", name, expected: "at least 0", received: price))
    }
    (self.activity, self.temporal) = (activity, temporal)
  }

  /// The penalty of outputs.
  ///
  /// - Parameters:
  ///   - outputs: `[batch, time, features]`. What stands behind a row's length has no influence.
  ///   - lengths: The valid steps of each row; nil if all are valid.
  /// - Returns: A single scalar, of shape `[]`; 0 where there is no valid step.
  public func callAsFunction(_ outputs: Tensor, lengths: [Int]? = nil) -> Tensor {
    self(outputs, changing: outputs, StepLengths("ActivityPenalty", lengths, inputs: outputs))
  }

  /// The price of `outputs`, and of the changes of `changing`, the same outputs as they were before dropout.
  func callAsFunction(_ outputs: Tensor, changing: Tensor, _ valid: StepLengths) -> Tensor {
    var penalty = Tensor(0 as Scalar)
    if activity > 0 {
      penalty = penalty + activity * mean(of: outputs, valid)
    }
    if temporal > 0, valid.steps > 1 {
      let pairs = valid.steps - 1
      let changes = changing[1..<valid.steps, axis: 1] - changing[0..<pairs, axis: 1]
      let lengths = valid.lengths.map { $0.map { max(0, $0 - 1) } }
      penalty =
        penalty + temporal * mean(of: changes, StepLengths("ActivityPenalty", lengths, rows: valid.rows, steps: pairs))
    }
    return penalty
  }

  /// The mean square of the valid steps.
  private func mean(of sequences: Tensor, _ valid: StepLengths) -> Tensor {
    let count = valid.validCount * (sequences.count / max(1, valid.rows * valid.steps))
    return valid.masked(sequences).squared().sum() / Scalar(max(1, count))
  }
}
