import Recurrent
import RecurrentExperiments
import Testing

@Suite struct PixelSequencesTests {
  /// Two images of 4 times 2 pixels.
  private func images() throws -> LabeledImages {
    let pixels: [UInt8] = [0, 10, 20, 30, 40, 50, 60, 70, 255, 5, 15, 25, 35, 45, 55, 65]
    return try LabeledImages(
      images: IDXArray(bytes: [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 2] + pixels, named: "images"),
      labels: IDXArray(bytes: [0, 0, 8, 1, 0, 0, 0, 2, 3, 1], named: "labels"))
  }

  /// What was added and multiplied is taken back, so that pixels of the file are seen.
  private func pixels(_ batch: PixelBatch, row: Int, like first: [Scalar]) -> [Scalar] {
    let values = batch.inputs[at: row, axis: 0].scalars
    let (low, high) = (first.min()!, first.max()!)
    return values.map { ($0 - low) / (high - low) * 70 }
  }

  @Test func stepsAreThePixelsOfTheLearnedImagesStandardised() throws {
    let sequences = try PixelSequences(images(), learned: 0..<1)
    let batch = sequences.batch([1, 0])
    #expect(sequences.steps == 8 && sequences.classes == 4 && sequences.count == 2)
    #expect(batch.inputs.shape == [2, 8, 1] && batch.classes == [1, 3])
    let first = batch.inputs[at: 1, axis: 0].scalars
    #expect(abs(first.reduce(0, +)) < 1e-4 && abs(first.map { $0 * $0 }.reduce(0, +) / 8 - 1) < 1e-4)
    #expect(
      zip(pixels(batch, row: 1, like: first), [0, 10, 20, 30, 40, 50, 60, 70]).allSatisfy { abs($0 - $1) < 1e-3 })
    #expect(zip(pixels(batch, row: 0, like: first), [255, 5, 15, 25]).allSatisfy { abs($0 - $1) < 1e-2 })
    let others = try PixelSequences(try images(), as: sequences)
    #expect(others.batch([0]).inputs == batch.inputs[1..<2, axis: 0])
    #expect(batch.rows(in: 1..<2).inputs == others.batch([0]).inputs && batch.rows(in: 1..<2).classes == [3])
  }

  @Test func squaresOfPixelsAreAveraged() throws {
    let batch = try PixelSequences(images(), learned: 0..<1, shrink: 2).batch([0])
    // The means of 0, 10, 20, 30 and 40, 50, 60, 70.
    #expect(batch.inputs.shape == [1, 2, 1])
    #expect(abs(batch.inputs[0, 0, 0] + 1) < 1e-4 && abs(batch.inputs[0, 1, 0] - 1) < 1e-4)
  }

  @Test(arguments: [3, 4, 8, 0, -1]) func noPixelIsLeftOver(_ shrink: Int) throws {
    let images = try images()
    let error = #expect(throws: ExperimentError.self) { try PixelSequences(images, learned: 0..<1, shrink: shrink) }
    #expect(error?.description == "--shrink: expected a divisor of 4 and 2, received \(shrink)")
  }

  @Test func allImagesAreReadInOneOrder() throws {
    let plain = try PixelSequences(images(), learned: 0..<2).batch([0, 1]).inputs
    let random = RandomSource(seed: 5)
    let mixed = try PixelSequences(images(), learned: 0..<2, permutation: random).batch([0, 1]).inputs
    let order = random.permutation(8)
    #expect(order != Array(0..<8))
    for row in 0..<2 { for step in 0..<8 { #expect(mixed[row, step, 0] == plain[row, order[step], 0]) } }
  }

  @Test func imagesAreMovedAnewInEachEpoch() throws {
    let sequences = try PixelSequences(images(), learned: 0..<1)
    let first = sequences.batch([0]).inputs[at: 0, axis: 0].scalars
    // The blank that comes in is as dark as the darkest pixel.
    let moved = (0..<150).map { seed in
      pixels(sequences.batch([0], shift: 1, random: RandomSource(seed: seed)), row: 0, like: first)
        .map { Int($0.rounded()) }
    }
    #expect(moved.contains([0, 0, 0, 10, 20, 30, 40, 50]) && moved.contains([30, 0, 50, 0, 70, 0, 0, 0]))
    #expect(Set(moved).count == 9)
    let batches = PixelBatches(sequences, 0..<2, size: 2, shift: 1)
    func epoch(_ seed: UInt64) -> [Tensor] { batches.batches(epoch: 1, random: RandomSource(seed: seed)).map(\.inputs) }
    #expect(epoch(1) == epoch(1) && (2..<9).contains { epoch($0) != epoch(1) })
  }

  @Test func batchesTakeEveryImageOnce() throws {
    let folder = try ImageFolder(training: 23)
    defer { folder.remove() }
    let sequences = try PixelSequences(LabeledImages.part("train", of: folder.path), learned: 0..<23)
    let batches = PixelBatches(sequences, 3..<20, size: 5)
    let taken = batches.batches(epoch: 1, random: RandomSource(seed: 1)).map(\.rowCount)
    #expect(taken == [5, 5, 5, 2] && batches.batchesPerEpoch == 4)
    let inOrder = PixelBatches(sequences, 3..<20, size: 5, isShuffled: false)
    let classes = inOrder.batches(epoch: 1, random: RandomSource(seed: 1)).flatMap(\.classes)
    #expect(classes == (3..<20).map { $0 % 4 })
    let mixed = batches.batches(epoch: 1, random: RandomSource(seed: 1)).flatMap(\.classes)
    #expect(mixed.sorted() == classes.sorted() && mixed != classes)
  }
}
