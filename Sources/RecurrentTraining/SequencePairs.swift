public import RecurrentTensor

/// Inputs and targets for every step of some sequences, or of stretches of them.
public struct SequencePairs: SequenceBatch, Sendable {
  /// `[batch, time, features]`.
  public let inputs: Tensor
  /// `[batch, time, ...]`.
  public let targets: Tensor
  /// The valid steps of each row; nil if all are valid.
  public let lengths: [Int]?
  /// For each row whether its sequence begins here.
  public let startingRows: [Bool]

  /// - Parameters:
  ///   - inputs: `[batch, time, features]`.
  ///   - targets: `[batch, time, ...]`.
  ///   - lengths: The valid steps of each row, each in `0...time`; nil if all are valid.
  ///   - startingRows: For each row whether its sequence begins here; nil if every row's does.
  public init(inputs: Tensor, targets: Tensor, lengths: [Int]? = nil, startingRows: [Bool]? = nil) {
    require(
      inputs.shape.rank >= 2 && targets.shape.rank >= 2 && inputs.shape.sizes[..<2] == targets.shape.sizes[..<2],
      "SequencePairs: expected inputs and targets [batch, time, ...]; received \(inputs.shape) and \(targets.shape).")
    let rows = inputs.shape[0]
    require(
      lengths?.count ?? rows == rows && startingRows?.count ?? rows == rows,
      "SequencePairs: expected \(rows) lengths and starting rows, one for each row.")
    self.inputs = inputs
    self.targets = targets
    self.lengths = lengths
    self.startingRows = startingRows ?? Array(repeating: true, count: rows)
  }

  /// The sequences.
  public var rowCount: Int { inputs.shape[0] }

  /// The steps of the longest row.
  public var stepCount: Int { inputs.shape[1] }

  /// The valid steps of all rows.
  public var validStepCount: Int { lengths?.reduce(0, +) ?? rowCount * stepCount }

  /// A batch of these rows.
  public func rows(in range: Range<Int>) -> SequencePairs {
    SequencePairs(
      inputs: inputs[range, axis: 0], targets: targets[range, axis: 0], lengths: lengths.map { Array($0[range]) },
      startingRows: Array(startingRows[range]))
  }

  /// A batch of these steps.
  public func steps(in range: Range<Int>) -> SequencePairs {
    SequencePairs(
      inputs: inputs[range, axis: 1], targets: targets[range, axis: 1],
      lengths: lengths?.map { min(max($0 - range.lowerBound, 0), range.count) },
      startingRows: startingRows.map { $0 && range.lowerBound == 0 })
  }
}

extension TrainableModel where Batch == SequencePairs {
  /// A batch counts as many times as it has valid steps.
  public func weight(of batch: SequencePairs) -> Double { Double(batch.validStepCount) }
}
