import Recurrent

extension BenchmarkSuite {
  /// One recurrent layer over rows of unequal length.
  static let lengths = BenchmarkSuite(
    name: "lengths",
    summary: "one layer over rows of full length (full), and over rows of half of it on average (half)",
    rows: BenchmarkCell.allCases.flatMap { cell in
      LayerSize.unequal.flatMap { size in
        cell.rows("lengths/\(cell)/\(size)/full", size)
          + cell.rows("lengths/\(cell)/\(size)/half", size, lengths: size.halfLengths)
      }
    })
}

extension LayerSize {
  /// A few rows and many, where lengths matter.
  fileprivate static let unequal = [(8, 100, 64, 64), (8, 100, 128, 128), (32, 100, 64, 64), (32, 100, 128, 128)].map(
    LayerSize.init)

  /// As many lengths as rows, evenly apart from 1 to the longest, so that their mean is half of it; in an order of chance.
  fileprivate var halfLengths: [Int] {
    RandomSource(seed: 3).permutation(batch).map { max(1, (2 * time * $0 + batch - 1) / (2 * (batch - 1))) }
  }
}
