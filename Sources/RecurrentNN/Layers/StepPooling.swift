public import RecurrentTensor

/// One vector for each row of a batch of sequences, made from its valid steps.
///
/// A row without a valid step gives zeros.
public enum StepPooling: String, Hashable, Sendable, Codable, CaseIterable {
  /// The last valid step.
  case last
  /// The mean over the valid steps.
  case mean
  /// The maximum of each feature over the valid steps.
  case max

  /// Pools sequences.
  ///
  /// - Parameters:
  ///   - sequences: `[batch, time, features]`.
  ///   - lengths: The valid steps of each row, each in `0...time`; nil if all are valid.
  /// - Returns: `[batch, features]`.
  public func callAsFunction(_ sequences: Tensor, lengths: [Int]? = nil) -> Tensor {
    require(
      sequences.shape.rank == 3,
      LayerMessages.shape("StepPooling", "input", expected: "[batch, time, features]", received: sequences.shape))
    let valid = StepLengths("StepPooling", lengths, inputs: sequences)
    switch self {
    case .last:
      return valid.lastStep(of: sequences)
    case .mean:
      let factors = (0..<valid.rows).map { 1 / Scalar(Swift.max(1, valid.length(ofRow: $0))) }
      return valid.masked(sequences).sum(axis: 1).multiplying(perRow: Tensor(factors, shape: [valid.rows]))
    case .max:
      guard valid.longest > 0 else { return Tensor(zeros: [valid.rows, sequences.shape[2]]) }
      return valid.withoutEmptyRows(valid.masked(sequences, padding: -.infinity).max(axis: 1))
    }
  }
}

extension StepLengths {
  /// The last valid step of each row of `[batch, time, features]`; zeros for rows without one.
  func lastStep(of sequences: Tensor) -> Tensor {
    guard lengths != nil, steps > 0 else { return edgeStep(of: sequences, at: steps - 1) }
    let flat = sequences.reshaped(to: [rows * steps, sequences.shape[2]])
    return withoutEmptyRows(flat.rows(at: (0..<rows).map { $0 * steps + max(0, length(ofRow: $0) - 1) }))
  }

  /// The first step of each row of `[batch, time, features]`; zeros for rows without a valid step.
  func firstStep(of sequences: Tensor) -> Tensor {
    withoutEmptyRows(edgeStep(of: sequences, at: 0))
  }

  private func edgeStep(of sequences: Tensor, at step: Int) -> Tensor {
    steps > 0 ? sequences[at: step, axis: 1] : Tensor(zeros: [rows, sequences.shape[2]])
  }

  /// `[batch, features]` with zeros in the rows without a valid step.
  func withoutEmptyRows(_ tensor: Tensor) -> Tensor {
    guard let mask = mask(at: 0) else { return tensor }
    return Tensor.select(where: mask, tensor, otherwise: Tensor(zeros: tensor.shape))
  }
}
