import Recurrent

extension PixelSequences {
  /// The share of other images that one ridge map from all pixels at once to the classes gets right: what it takes to beat
  /// who needs no network, and no order of the pixels.
  ///
  ///     ŷ = argmax(W x + b)         W of least squared error on one-hot classes, with a penalty
  ///
  /// - Parameters:
  ///   - learned: The images of this set to learn from; the first `most` of them are taken.
  ///   - test: The images to judge on, read in the same way.
  ///   - most: The most images to learn from.
  /// - Returns: A share of 1; nil if there is no such map.
  package func ridgeAccuracy(learned: Range<Int>, on test: PixelSequences, most: Int = 10_000) -> Double? {
    let known = batch(Array(learned.prefix(most)))
    guard
      let map = Linear(
        ridgeFrom: known.inputs.reshaped(to: [1, known.rowCount, steps]),
        to: Tensor.oneHot(known.classes, count: classes).reshaped(to: [1, known.rowCount, classes]), penalty: 0.01)
    else { return nil }
    let asked = test.batch(Array(0..<test.count))
    let said = map(asked.inputs.reshaped(to: [asked.rowCount, steps])).argmax()
    return Double(zip(said, asked.classes).count { $0 == $1 }) / Double(test.count)
  }
}
