import RecurrentNN

/// Cells with norms, whose roots of variances near zero bend too much for differences to show derivatives.
protocol NormedCell: RecurrentCell {
  /// The cell with a larger number below the roots, and fresh gains.
  var smoothed: Self { get }
}

extension LayerNormLSTMCell: NormedCell {
  var smoothed: Self {
    var cell = self
    cell.inputNorm = LayerNorm(size: 4 * outputSize, epsilon: 0.5)
    cell.recurrentNorm = LayerNorm(size: 4 * outputSize, epsilon: 0.5)
    cell.memoryNorm = LayerNorm(size: outputSize, epsilon: 0.5)
    return cell
  }
}

extension LayerNormGRUCell: NormedCell {
  var smoothed: Self {
    var cell = self
    cell.inputNorm = LayerNorm(parts: [2 * outputSize, outputSize], epsilon: 0.5)
    cell.recurrentNorm = LayerNorm(parts: [2 * outputSize, outputSize], epsilon: 0.5)
    return cell
  }
}
