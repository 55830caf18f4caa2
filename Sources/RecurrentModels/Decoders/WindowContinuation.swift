import RecurrentData
package import RecurrentTensor

/// The first rows of the horizon as windows would show them, where the forecasts of the target are still to be written.
///
/// In units of the window, the first channel of a row is what the target has gained since the window's end, its forecast
/// `base + scale * output`. Where windows also show columns by their level, the target's column is its forecast on that
/// scale; other columns, whose values are not known, stay at their last one. The calendar is that of the row, and nothing
/// is marked as missing.
package struct WindowContinuation {
  /// The base of the rows in units of the window, `[windows, rows]`.
  package let base: Tensor
  /// What outputs are multiplied by in these units, `[windows]`.
  package let scale: Tensor
  /// The other channels, zero at the target's column, `[windows, rows, channels - 1]`; nil if there is none.
  package let channels: Tensor?
  /// The last value of the target and the place of its column among the other channels, where columns are shown by
  /// their level.
  package let levels: (last: Tensor, columns: [Int])?

  package init(base: Tensor, scale: Tensor, channels: Tensor?, levels: (last: Tensor, columns: [Int])?) {
    (self.base, self.scale, self.channels, self.levels) = (base, scale, channels, levels)
  }

  /// A forecast segment as a window would show it.
  ///
  /// - Parameters:
  ///   - number: Which segment of the horizon.
  ///   - forecasts: The point outputs of its rows, `[windows, segment]`.
  /// - Returns: `[windows, segment * channels]`.
  func segment(_ number: Int, forecasts: Tensor) -> Tensor {
    let (windows, length) = (forecasts.shape[0], forecasts.shape[1])
    let rows = number * length..<(number + 1) * length
    let values = base[rows, axis: 1] + forecasts.multiplying(perRow: scale)
    guard let channels else { return values }
    let width = channels.shape[2], count = windows * length
    var others = channels[rows, axis: 1].reshaped(to: [count, width])
    if let levels {
      let bound = Scalar(WindowShape.levelBound)
      let level = values.adding(perRow: levels.last).clamped(to: -bound...bound).reshaped(to: [count])
      let places = Tensor.oneHot((0..<count).map { levels.columns[$0 / length] }, count: width)
      others = others + places.multiplying(perRow: level)
    }
    return Tensor.concatenate([values.reshaped(to: [count, 1]), others], axis: 1)
      .reshaped(to: [windows, length * (width + 1)])
  }
}

extension WindowShape {
  /// The rows of a horizon after some windows that are read again, once they are forecast: all but its last segment.
  ///
  /// - Parameters:
  ///   - samples: The windows.
  ///   - normalizations: What `write` gave for each.
  ///   - bases: What is added to the network's outputs, `[window][step]`.
  ///   - scales: What outputs are multiplied by for each target, in units of a window.
  ///   - frame: The series in model space.
  /// - Returns: The rows; nil if the horizon is within one segment.
  func continuation(
    of samples: [ForecastSample], _ normalizations: [WindowNormalization], bases: [[Double]], scales: [Double],
    in frame: ForecastFrame
  ) -> WindowContinuation? {
    let horizon = bases.first?.count ?? 0
    let rows = (max(1, horizon) - 1) / segment * segment
    guard rows > 0 else { return nil }
    let width = channels(of: frame) - 1
    var others: [Scalar] = []
    others.reserveCapacity(samples.count * rows * width)
    for sample in samples where width > 0 {
      let window = sample.origin - self.window..<sample.origin
      let held = view == .level ? frame.columns.indices.map { bounded(frame.newest($0, window)) } : []
      for row in sample.origin..<sample.origin + rows {
        for (column, value) in held.enumerated() { others.append(column == frame.targets[sample.target] ? 0 : value) }
        if frame.marksMissing { others.append(0) }
        for feature in frame.calendar { others.append(Scalar(feature[row])) }
      }
    }
    let paths = zip(bases, normalizations).flatMap { path, normalization in
      path[..<rows].map { Scalar(normalization.normalized($0)) }
    }
    let count = samples.count
    return WindowContinuation(
      base: Tensor(paths, shape: [count, rows]),
      scale: Tensor(samples.map { Scalar(scales[$0.target]) }, shape: [count]),
      channels: width > 0 ? Tensor(others, shape: [count, rows, width]) : nil,
      levels: view == .level
        ? (
          last: Tensor(normalizations.map { Scalar($0.level) }, shape: [count]),
          columns: samples.map { frame.targets[$0.target] }
        ) : nil)
  }

  private func bounded(_ value: Double) -> Scalar { Scalar(min(max(value, -Self.levelBound), Self.levelBound)) }
}
