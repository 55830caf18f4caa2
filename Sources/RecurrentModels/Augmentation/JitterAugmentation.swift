import RecurrentData
import RecurrentTensor

extension Augmentation {
  /// Noise on every column of the window, none on the horizon: the network learns to look through noise (Um et al. 2017,
  /// "Data augmentation of wearable sensor data").
  ///
  ///     x'[t] = x[t] + 0.05 * spread(x) * normal[t]
  ///
  /// with the standard deviation of the column in the window as its spread.
  static let jitter = Augmentation("jitter") { piece, random in
    for column in piece.columns.indices {
      let window = WindowNormalization(piece.columns[column][piece.window], level: .mean, minimumSpread: 0)
      let noise = random.stream(column)
      for (place, row) in piece.window.enumerated() {
        piece.columns[column][row] += 0.05 * window.spread * Double(noise.normal(at: place))
      }
    }
  }
}
