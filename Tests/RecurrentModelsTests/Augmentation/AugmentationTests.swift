import Foundation
import RecurrentData
import RecurrentKernels
import RecurrentModels
import RecurrentTensor
import Testing

@Suite struct AugmentationTests {
  private let random = RandomSource(seed: 5)

  private func augmentation(_ name: String) throws -> Augmentation {
    try #require(Augmentation.named([name])?.first)
  }

  /// Seven rows before the window, 40 of it, 12 of the horizon: a ramp, and a column with missing values.
  private func piece() -> WindowPiece {
    let ramp = (0..<59).map(Double.init)
    var waves = ramp.map { 50 + 3 * sin($0) }
    for row in [20, 21, 46, 50] { waves[row] = .nan }
    return WindowPiece(
      columns: [ramp, waves], calendar: [ramp.map { 2 * $0 }], known: [ramp.map { -$0 }], window: 7..<47, whole: 7..<59)
  }

  @Test func namesAreTakenInOrder() throws {
    #expect(Augmentation.all.map(\.name) == ["warping", "scaling", "jitter"])
    #expect(Augmentation.named(["jitter", "warping"])?.map(\.name) == ["warping", "jitter"])
    #expect(Augmentation.named(["noise"]) == nil)
    #expect(Augmentation.named([])?.isEmpty == true)
  }

  @Test func jitterChangesTheWindowAlone() throws {
    let before = piece()
    var after = before
    try augmentation("jitter").change(&after, random)
    #expect(after.calendar == before.calendar && after.known == before.known)
    for column in 0..<2 {
      let pairs = zip(before.columns[column], after.columns[column]).map { $1 - $0 }
      for row in Array(0..<7) + Array(47..<59) where !before.columns[column][row].isNaN { #expect(pairs[row] == 0) }
      #expect(before.columns[column].map(\.isNaN) == after.columns[column].map(\.isNaN))
      let noise = pairs[7..<47].filter { !$0.isNaN }
      let size = (noise.map { $0 * $0 }.reduce(0, +) / Double(noise.count)).squareRoot()
      // 40 rows of a ramp have a standard deviation of 11.54, a sine of amplitude 3 one of about 2.1.
      let expected = 0.05 * (column == 0 ? 11.54 : 2.1)
      #expect(size > 0.6 * expected && size < 1.5 * expected, "\(column): \(size)")
    }
    var other = before
    try augmentation("jitter").change(&other, random.stream(1))
    #expect(other.columns[0] != after.columns[0])
  }

  @Test func scalingKeepsTheLevel() throws {
    let before = piece()
    var after = before
    try augmentation("scaling").change(&after, random)
    let factor = after.columns[0][8] - after.columns[0][7]
    #expect(factor != 1 && abs(factor - 1) < 0.5)
    for (column, last) in [(0, 46), (1, 45)] {
      let level = before.columns[column][last]
      for row in 7..<59 where !before.columns[column][row].isNaN {
        let expected = level + factor * (before.columns[column][row] - level)
        #expect(abs(after.columns[column][row] - expected) < 1e-9, "\(column) \(row)")
      }
      #expect(after.columns[column][6] == before.columns[column][6])
    }
  }

  @Test func warpingKeepsWindowAndHorizonTogether() throws {
    let before = piece()
    var speeds: Set<Int> = []
    for number in 0..<20 {
      var after = before
      try augmentation("warping").change(&after, random.stream(number))
      // The ramp tells from where each row comes.
      let places = after.columns[0][7..<59].map { $0 }
      #expect(Array(after.columns[0][..<7]) == Array(before.columns[0][..<7]))
      #expect(places.first == 7 && places.last == 58)
      #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 })
      let steps = zip(places, places.dropFirst()).map { $1 - $0 }
      // A slice of 5 of 51 steps at double or half speed, everything else a little slower or faster.
      let isSlow = (steps.min() ?? 1) < 0.9
      speeds.insert(isSlow ? 0 : 1)
      let usual = isSlow ? 56.0 / 51 : 48.5 / 51
      #expect(steps.filter { abs($0 - usual) < 1e-9 }.count >= 35, "\(steps)")
      #expect(steps.contains { abs($0 - usual * (isSlow ? 0.5 : 2)) < 1e-9 })
      for row in 7..<59 {
        #expect(abs(after.calendar[0][row] - 2 * after.columns[0][row]) < 1e-9)
        #expect(abs(after.known[0][row] + after.columns[0][row]) < 1e-9)
        let place = places[row - 7]
        let nearest = before.columns[1][Int(place)]
        let isMissing = nearest.isNaN || place > place.rounded(.down) && before.columns[1][Int(place) + 1].isNaN
        #expect(after.columns[1][row].isNaN == isMissing)
      }
    }
    #expect(speeds == [0, 1])
  }

  /// Pieces that nothing is done to show a network what the series shows it, whatever is missing.
  @Test(arguments: MissingValues.Method.allCases) func untouchedPiecesAreTheSeries(_ method: MissingValues.Method) {
    var columns = (0..<2).map { column in (0..<90).map { Double(($0 * 37 + column * 11) % 23) } }
    for row in Array(9..<31) + [40, 47, 48, 63] { columns[0][row] = .nan }
    let calendar = [(0..<90).map { Double($0) }]
    let frame = ForecastFrame(
      columns: columns, targets: [1, 0], calendar: calendar,
      missing: MissingValues(method, fitting: columns, period: 5),
      marksMissing: true)
    let windows = AugmentedWindows(frame, window: 8, horizon: 3, augmentations: [], random: random)
    let samples = [8, 9, 33, 41, 12, 30, 87].map { ForecastSample(origin: $0, target: $0 % 2) }
    let pieces = windows.pieces(of: Array(samples.indices), samples, epoch: 1)
    for (sample, place) in zip(samples, pieces.samples) {
      #expect(place.target == sample.target)
      for column in 0..<2 {
        let expected = frame.window(column, sample.origin - 8..<sample.origin)
        #expect(
          pieces.frame.window(column, place.origin - 8..<place.origin) == expected, "\(method), row \(sample.origin)")
        let truth = zip(
          frame.columns[column][sample.origin..<sample.origin + 3],
          pieces.frame.columns[column][place.origin..<place.origin + 3])
        #expect(truth.allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
      }
    }
  }

  /// A piece depends on the seed, the epoch and the number of the window, not on what else is in the batch.
  @Test func piecesStandAlone() {
    let column = (0..<90).map { Double(($0 * 37) % 23) }
    let frame = ForecastFrame(
      columns: [column], targets: [0], calendar: [], missing: MissingValues(.mask, fitting: [column]),
      marksMissing: false)
    let windows = AugmentedWindows(frame, window: 8, horizon: 3, augmentations: Augmentation.all, random: random)
    let samples = (8..<60).map { ForecastSample(origin: $0, target: 0) }
    func piece(_ number: Int, among numbers: [Int], epoch: Int) -> [Double] {
      let pieces = windows.pieces(of: numbers, numbers.map { samples[$0] }, epoch: epoch)
      let place = pieces.samples[numbers.firstIndex(of: number) ?? 0]
      return Array(pieces.frame.columns[0][place.origin - 8..<place.origin + 3])
    }
    var changed = 0
    for number in 0..<40 {
      let alone = piece(number, among: [number], epoch: 3)
      #expect(alone == piece(number, among: [51, 7, number, 44], epoch: 3))
      if alone != piece(number, among: [number], epoch: 4) { changed += 1 }
    }
    // One in 64 is left alone in both epochs.
    #expect(changed > 30)
  }

  @Test func trainingDependsOnTheSeedAlone() throws {
    let series = try SampleSeries(rows: 150, gaps: [(40..<44, 0)]).series()
    func digest(_ change: (inout ForecasterConfiguration) -> Void = { _ in }) throws -> String {
      let configuration = quick {
        ($0.augmentations, $0.allowsShortcut) = (["jitter", "scaling", "warping"], true)
        change(&$0)
      }
      return try Forecaster(fittedTo: series, configuration: configuration).weightsDigest
    }
    let expected = try WorkerPool.using(threads: 1) { try digest() }
    for threads in [2, 3] { #expect(try WorkerPool.using(threads: threads) { try digest() } == expected) }
    #expect(try digest { $0.augmentations = ["jitter"] } != expected)
    #expect(try digest { $0.augmentations = nil } != expected)
    #expect(try digest { $0.augmentations = nil } == digest { $0.augmentations = [] })
    #expect(throws: DataError.self) { try digest { $0.augmentations = ["noise"] } }
  }
}
