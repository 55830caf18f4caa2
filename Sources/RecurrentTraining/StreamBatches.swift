public import RecurrentTensor

/// Contiguous batches of one long series: the series is cut into as many stretches as a batch has rows, and every batch
/// continues each row where the batch before ended.
///
///     row r of batch b: the steps  r · (count / rows) + b · steps ..< ... + steps
///
/// The last `count % rows` steps of the series are left out. With a trainer's truncation the state is carried from batch
/// to batch; take `steps` equal to its `k1`.
///
/// ```swift
/// let batches = StreamBatches(count: series.count - 1, rows: 16, steps: 50) { stretch in
///   SequencePairs(
///     inputs: stretch.rows(of: series), targets: stretch.rows(of: series, ahead: 1),
///     startingRows: stretch.startingRows)
/// }
/// ```
public struct StreamBatches<Batch>: BatchProvider {
  private let rows: Int
  private let rowSteps: Int
  private let steps: Int
  private let batch: (StreamStretch) -> Batch

  /// - Parameters:
  ///   - count: The steps of the series, at least one for each row.
  ///   - rows: The rows of a batch.
  ///   - steps: The steps of a batch; the last batch of an epoch may have fewer.
  ///   - batch: Makes a batch of the given steps.
  public init(count: Int, rows: Int, steps: Int, batch: @escaping (StreamStretch) -> Batch) {
    checkCount("StreamBatches rows", rows)
    checkCount("StreamBatches steps", steps)
    checkCount("StreamBatches count / rows", count / rows)
    self.rows = rows
    rowSteps = count / rows
    self.steps = steps
    self.batch = batch
  }

  /// The number of batches in every epoch.
  public var batchesPerEpoch: Int? { (rowSteps + steps - 1) / steps }

  /// The same, if batches are cut into pieces.
  public func batchesPerEpoch(cutEvery steps: Int) -> Int? {
    let (whole, rest) = rowSteps.quotientAndRemainder(dividingBy: self.steps)
    return whole * ((self.steps + steps - 1) / steps) + (rest + steps - 1) / steps
  }

  /// The batches of an epoch: the same in every epoch, and from the start of the series.
  public func batches(epoch: Int, random: RandomSource) -> some Swift.Sequence<Batch> {
    stride(from: 0, to: rowSteps, by: steps).lazy.map { first in
      batch(
        StreamStretch(
          starts: (0..<rows).map { $0 * rowSteps + first }, steps: min(steps, rowSteps - first), isFirst: first == 0))
    }
  }
}

/// Which steps of a series a batch of `StreamBatches` holds.
public struct StreamStretch: Hashable, Sendable {
  /// The first step of each row.
  public let starts: [Int]
  /// The steps of every row.
  public let steps: Int
  /// Whether the rows begin here; else they go on.
  public let isFirst: Bool

  /// For each row whether it begins here.
  public var startingRows: [Bool] { starts.map { _ in isFirst } }

  /// The steps of a series `[time, features]`, or those some steps later: `[rows, steps, features]`.
  public func rows(of series: Tensor, ahead: Int = 0) -> Tensor {
    series.rows(at: starts.flatMap { $0 + ahead..<$0 + ahead + steps })
      .reshaped(to: [starts.count, steps, series.shape[1]])
  }
}
