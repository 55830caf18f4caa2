public import RecurrentTensor

/// How a forward pass is meant: training or inference, and where its randomness comes from.
///
/// Random numbers are a pure function of (seed, step, call, row, time, unit), never of the order in which they are drawn:
/// a run repeats, resumes and shards to the bit. Each layer that needs randomness takes one call number.
///
/// ```swift
/// var context = ForwardContext.training(RandomSource(seed: 7), step: 12)
/// let hidden = dropout(lstm(x, context: &context).outputs, context: &context)
/// ```
public struct ForwardContext: Sendable {
  /// Whether layers that behave differently in training (dropout) do so.
  public let isTraining: Bool
  /// The training step: other steps have other random numbers.
  public let step: Int
  /// The number of the batch's first row in the whole batch: greater than zero in the later shards of a batch.
  public let firstRow: Int

  private let random: RandomSource
  private var calls = 0

  /// What the layers called so far add to the loss; nil if none adds anything.
  private var penalty: Tensor?

  private init(isTraining: Bool, random: RandomSource, step: Int, firstRow: Int) {
    self.isTraining = isTraining
    self.random = random
    self.step = step
    self.firstRow = firstRow
  }

  /// No randomness, no dropout. Calls without a context mean this.
  public static let inference = ForwardContext(isTraining: false, random: RandomSource(seed: 0), step: 0, firstRow: 0)

  /// A training pass.
  ///
  /// - Parameters:
  ///   - random: The randomness of the run.
  ///   - step: The training step.
  ///   - firstRow: The number of the batch's first row, where a batch is split in shards.
  /// - Returns: The context of one forward pass.
  public static func training(_ random: RandomSource, step: Int, firstRow: Int = 0) -> ForwardContext {
    ForwardContext(isTraining: true, random: random, step: step, firstRow: firstRow)
  }
}

extension ForwardContext {
  /// Numbers that are 0 with probability `rate`, else 1 / (1 - rate), from the next call's randomness; nil in inference
  /// and at rate 0.
  ///
  /// - Parameters:
  ///   - rate: The probability, kept to within 2⁻¹⁶.
  ///   - rows: The rows of the batch.
  ///   - rowCount: The numbers of each row, by time and unit.
  /// - Returns: `[rows, rowCount]`.
  package mutating func dropoutMask(rate: Scalar, rows: Int, rowCount: Int) -> Tensor? {
    mask(rate: rate, firstRow: firstRow, rowCounts: [Int](repeating: rowCount, count: rows))?
      .reshaped(to: [rows, rowCount])
  }

  /// The same for rows of unequal length, one after another: as many numbers of each row as it has.
  ///
  /// - Parameters:
  ///   - rate: The probability, kept to within 2⁻¹⁶.
  ///   - rowCounts: The numbers of each row, by time and unit.
  /// - Returns: `[sum of rowCounts]`.
  package mutating func dropoutMask(rate: Scalar, rowCounts: [Int]) -> Tensor? {
    mask(rate: rate, firstRow: firstRow, rowCounts: rowCounts)
  }

  /// The same for what all rows of a batch share, as weights: `[count]`, alike in every shard of the batch.
  package mutating func sharedMask(rate: Scalar, count: Int) -> Tensor? {
    mask(rate: rate, firstRow: 0, rowCounts: [count])
  }

  private mutating func mask(rate: Scalar, firstRow: Int, rowCounts: [Int]) -> Tensor? {
    defer { calls += 1 }
    guard isTraining, rate > 0 else { return nil }
    let source = random.stream(step).stream(calls)
    let dropped = UInt64((rate * 65536).rounded())
    let kept = 1 / (1 - rate)
    return Tensor(shape: [rowCounts.reduce(0, +)]) { mask in
      var rowMask = mask
      for (row, rowCount) in rowCounts.enumerated() {
        let rowSource = source.stream(firstRow + row)
        for start in stride(from: 0, to: rowCount, by: 4) {
          let bits = rowSource.bits(at: start / 4)
          for lane in 0..<min(4, rowCount - start) {
            rowMask[start + lane] = bits >> (16 * UInt64(lane)) & 0xFFFF < dropped ? 0 : kept
          }
        }
        rowMask += rowCount
      }
    }
  }
}

extension ForwardContext {
  /// Adds to the price that this pass is to pay beside its loss, as a layer with an activity penalty does in training.
  ///
  /// - Parameter amount: A single scalar, on the tape of the pass.
  public mutating func addPenalty(_ amount: Tensor) {
    require(
      amount.count == 1, LayerMessages.shape("ForwardContext", "a penalty", expected: "[]", received: amount.shape))
    penalty = penalty.map { $0 + amount } ?? amount
  }

  /// The loss with the penalties of the layers called since the last time: what gradients are to be taken of. `Trainer`
  /// does this by itself; the losses that it tells are without.
  ///
  /// ```swift
  /// let (_, gradients) = valueAndGradients(of: model) { model in
  ///   let loss = MeanSquaredError()(model(x, context: &context).outputs, y)
  ///   return context.penalized(loss)
  /// }
  /// ```
  ///
  /// - Parameter loss: The loss, of shape `[]`.
  /// - Returns: The sum; the loss itself if there are no penalties.
  public mutating func penalized(_ loss: Tensor) -> Tensor {
    defer { penalty = nil }
    return penalty.map { loss + $0 } ?? loss
  }
}
