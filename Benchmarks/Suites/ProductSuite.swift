import Recurrent

extension BenchmarkSuite {
  /// The matrix product alone: what the rows of `layers` can reach at most.
  static let products = BenchmarkSuite(
    name: "products", summary: "one product of two large square matrices, as a measure for the layers",
    rows: [square(1024)])

  private static func square(_ size: Int) -> BenchmarkRow {
    BenchmarkRow("product/\(size)x\(size)x\(size)") { seconds in
      let random = RandomSource(seed: 2)
      let (left, right) = (random.stream("left").normal([size, size]), random.stream("right").normal([size, size]))
      return MedianTime.of(seconds: seconds) { _ = left.matrixProduct(right) }
    }
  }
}
