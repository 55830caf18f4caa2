/// The order in which a step takes the weights of its blocks of units.
///
/// Where one or two rows meet weights that outgrow a processor's own cache, they are swept to and fro: each step begins with
/// what the step before has left there. More rows hide the way to memory by their arithmetic. No order changes a bit.
struct WeightSweep {
  private static let chunkBytes = 3 << 16
  private static let mostRows = 2

  private let blocks: Range<Int>
  private let length, count: Int

  /// Weights of `bytesEach` for each block, of which a tile of one row takes `together` at once.
  init(_ blocks: Range<Int>, bytesEach: Int, together: Int, rows: Int) {
    self.blocks = blocks
    let isSwept = rows <= Self.mostRows && blocks.count * bytesEach > SequenceLayout.cachedBytes
    length = isSwept ? max(1, Self.chunkBytes / bytesEach / together) * together : max(1, blocks.count)
    count = (blocks.count + length - 1) / length
  }

  /// Whether every step takes all weights at once.
  var isWhole: Bool { count <= 1 }

  @inline(__always)
  func forEach(in step: Int, _ body: (Range<Int>) -> Void) {
    for index in 0..<count {
      let first = blocks.lowerBound + (step & 1 == 0 ? index : count - 1 - index) * length
      body(first..<min(blocks.upperBound, first + length))
    }
  }
}
