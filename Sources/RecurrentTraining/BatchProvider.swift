public import RecurrentTensor

/// Where a trainer gets its batches: for each epoch a sequence that depends on the epoch's randomness alone.
public protocol BatchProvider<Batch> {
  /// What the model computes a loss on.
  associatedtype Batch
  /// The batches of one epoch.
  associatedtype Batches: Swift.Sequence<Batch>

  /// The number of batches in every epoch, where known: it gives the progress its total.
  var batchesPerEpoch: Int? { get }

  /// The number of pieces in every epoch if batches are cut into pieces of at most `steps` steps, where known.
  func batchesPerEpoch(cutEvery steps: Int) -> Int?

  /// The batches of an epoch. Equal arguments give equal batches.
  ///
  /// - Parameters:
  ///   - epoch: The epoch, from 1.
  ///   - random: The epoch's randomness, different in every epoch.
  /// - Returns: The batches, in order; they may be made as they are asked for.
  func batches(epoch: Int, random: RandomSource) -> Batches
}

extension BatchProvider {
  /// Not known.
  public func batchesPerEpoch(cutEvery steps: Int) -> Int? { nil }
}

/// Batches of numbered samples, in an order drawn anew for each epoch.
///
/// ```swift
/// let batches = SampleBatches(count: windows.count, batchSize: 32) { windows.batch(at: $0) }
/// ```
public struct SampleBatches<Batch>: BatchProvider {
  private let count: Int
  private let batchSize: Int
  private let mostBatches: Int
  private let shuffled: Bool
  private let batch: ([Int]) -> Batch

  /// - Parameters:
  ///   - count: The number of samples.
  ///   - batchSize: The samples of a batch; the last batch of an epoch may have fewer.
  ///   - mostBatches: The batches of an epoch, at most; which samples are left out differs from epoch to epoch.
  ///   - shuffled: Whether the order is drawn anew for each epoch.
  ///   - batch: Makes a batch of the samples with the given numbers.
  public init(
    count: Int, batchSize: Int, mostBatches: Int = .max, shuffled: Bool = true, batch: @escaping ([Int]) -> Batch
  ) {
    require(
      batchSize > 0,
      TrainingMessages.option("SampleBatches batchSize", expected: "above 0", received: Double(batchSize)))
    self.count = count
    self.batchSize = batchSize
    self.mostBatches = mostBatches
    self.shuffled = shuffled
    self.batch = batch
  }

  /// The number of batches in every epoch.
  public var batchesPerEpoch: Int? { min(mostBatches, (count + batchSize - 1) / batchSize) }

  /// The batches of an epoch, made one by one as they are asked for.
  public func batches(epoch: Int, random: RandomSource) -> some Swift.Sequence<Batch> {
    let order = shuffled ? random.permutation(count) : nil
    // The prefix of a lazy sequence is not lazy itself: a map of it would make all batches at once.
    return stride(from: 0, to: count, by: batchSize).lazy.map { start in
      let range = start..<min(start + batchSize, count)
      return batch(order.map { Array($0[range]) } ?? Array(range))
    }.prefix(mostBatches)
  }
}
