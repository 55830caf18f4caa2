import RecurrentData
package import RecurrentTensor
import RecurrentTraining

/// Training windows changed by augmentations: a frame made of pieces, one a window, each as long as what a network and its
/// base read of the series.
package struct AugmentedWindows {
  private let frame: ForecastFrame
  private let window, horizon: Int
  private let augmentations: [Augmentation]
  private let random: RandomSource
  /// Rows before each window, from which missing values are filled.
  private let before: Int

  /// - Parameters:
  ///   - frame: The series in model space.
  ///   - window: Rows of a window.
  ///   - horizon: Rows of a horizon.
  ///   - augmentations: What is done to a window, in this order.
  ///   - random: The randomness of one network's training.
  package init(_ frame: ForecastFrame, window: Int, horizon: Int, augmentations: [Augmentation], random: RandomSource) {
    (self.frame, self.window, self.horizon) = (frame, window, horizon)
    (self.augmentations, self.random) = (augmentations, random)
    let reach = max(window, frame.missing.method == .seasonal ? 4 * frame.missing.period : 0)
    // The first row stands for all rows before it.
    before = frame.isComplete.allSatisfy(\.self) ? 0 : reach + 1
  }

  /// The pieces of some windows one after the other, and where the windows lie in them. A piece is a function of the seed,
  /// the epoch and the number of its window, whatever else is in the batch.
  package func pieces(
    of numbers: [Int], _ samples: [ForecastSample], epoch: Int
  ) -> (frame: ForecastFrame, samples: [ForecastSample]) {
    let length = before + window + horizon
    let places = (window: before..<before + window, whole: before..<length)
    var columns = [[Double]](repeating: [], count: frame.columns.count)
    var calendar = [[Double]](repeating: [], count: frame.calendar.count)
    var known = [[Double]](repeating: [], count: frame.known.count)
    for (number, sample) in zip(numbers, samples) {
      let rows = sample.origin - window - before..<sample.origin + horizon
      var piece = WindowPiece(
        columns: frame.columns.map { cut(rows, of: $0) }, calendar: frame.calendar.map { cut(rows, of: $0) },
        known: frame.known.map { cut(rows, of: $0) }, window: places.window, whole: places.whole)
      let random = random.stream(epoch).stream(number)
      for augmentation in augmentations {
        let own = random.stream(augmentation.name)
        if own.bits(at: 0) & 1 == 0 { augmentation.change(&piece, own.stream(0)) }
      }
      for column in columns.indices { columns[column] += piece.columns[column] }
      for feature in calendar.indices { calendar[feature] += piece.calendar[feature] }
      for feature in known.indices { known[feature] += piece.known[feature] }
    }
    let pieces = ForecastFrame(
      columns: columns, targets: frame.targets, calendar: calendar, missing: frame.missing,
      marksMissing: frame.marksMissing, known: known)
    return (
      pieces,
      samples.enumerated().map { ForecastSample(origin: $0 * length + before + window, target: $1.target) }
    )
  }

  /// Rows of a column; missing before its start. With rows before the window the first is the last known one up to there.
  private func cut(_ rows: Range<Int>, of column: [Double]) -> [Double] {
    var piece = [Double](repeating: .nan, count: max(0, min(0, rows.upperBound) - rows.lowerBound))
    piece += column[max(0, rows.lowerBound)..<rows.upperBound]
    if before > 0, rows.lowerBound > 0 { piece[0] = column[...rows.lowerBound].last { !$0.isNaN } ?? .nan }
    return piece
  }
}

/// Batches of numbered training windows that may differ from epoch to epoch.
struct EpochBatches<Batch>: BatchProvider {
  let numbers: SampleBatches<[Int]>
  let batch: (_ numbers: [Int], _ epoch: Int) -> Batch

  var batchesPerEpoch: Int? { numbers.batchesPerEpoch }

  func batches(epoch: Int, random: RandomSource) -> some Swift.Sequence<Batch> {
    numbers.batches(epoch: epoch, random: random).lazy.map { batch($0, epoch) }
  }
}
