import RecurrentData
import RecurrentTensor

extension Augmentation {
  /// One factor for the swings of all columns around their last value before the horizon, in the window and after it (Um et
  /// al. 2017, "Data augmentation of wearable sensor data").
  ///
  ///     x'[t] = x[last] + factor * (x[t] - x[last]),  factor = 1 + 0.1 * normal
  ///
  /// A network of the view `shape` divides by the spread of the window and sees little of it.
  static let scaling = Augmentation("scaling") { piece, random in
    let factor = 1 + 0.1 * Double(random.normal(at: 0))
    for column in piece.columns.indices {
      let level = WindowNormalization(piece.columns[column][piece.window], level: .last, dividesBySpread: false).level
      for row in piece.whole {
        piece.columns[column][row] = level + factor * (piece.columns[column][row] - level)
      }
    }
  }
}
