import RecurrentNN

/// One linear map from a window to what its base misses, the same for every series: ridge regression with an intercept
/// (Hoerl & Kennard 1970) on windows on their own level and spread. The penalty is the one of `LinearBaseline.penalties`
/// with the least squared error on the validation part.
struct PanelLinearMap: Codable, Sendable {
  private let map: RidgeMap

  /// More windows settle no weight.
  private static let mostWindows = 8_000

  /// Fits the map; nil where no penalty gives one.
  init?(_ frame: PanelFrame, training: [PanelSample], validation: [PanelSample]) {
    let step = max(1, (training.count + Self.mostWindows - 1) / Self.mostWindows)
    let known = Self.moments(frame, stride(from: 0, to: training.count, by: step).map { training[$0] })
    let judged = Self.moments(frame, validation)
    let maps = known.ridgeMaps(penalties: LinearBaseline.penalties).compactMap(\.self)
    guard let best = maps.min(by: { judged.squaredError(of: $0) < judged.squaredError(of: $1) }) else { return nil }
    map = best
  }

  /// The forecast on the scale of a window, `[horizon]`.
  func forecast(_ window: PanelWindow) -> [Double] {
    let outputs = map.intercepts.count
    var steps = zip(window.base, map.intercepts).map { $0 + $1 }
    for (index, input) in window.inputs.enumerated() {
      for step in 0..<outputs { steps[step] += input * map.weights[index * outputs + step] }
    }
    return steps
  }

  /// The mean absolute error of some samples in the unit of their windows, each window with its weight: comparable between
  /// frames that bring windows to different sizes.
  func error(on samples: [PanelSample], of frame: PanelFrame, in unit: PanelUnit) -> Double {
    var sum = 0.0, total = 0.0
    for sample in samples {
      let window = frame.window(sample)
      let errors = zip(frame.truth(sample, in: window), forecast(window)).map { abs($0 - $1) }.filter { !$0.isNaN }
      guard !errors.isEmpty else { continue }
      let (size, weight) = unit.measure(window.inputs.map { $0 * window.spread })
      sum += weight * window.spread / size * errors.reduce(0, +) / Double(errors.count)
      total += weight
    }
    return total > 0 ? sum / total : 0
  }

  func isSound(_ encoding: PanelEncoding) -> Bool {
    map.intercepts.count == encoding.horizon && map.weights.count == encoding.window * encoding.horizon
  }

  private static func moments(_ frame: PanelFrame, _ samples: [PanelSample]) -> RidgeMoments {
    let inputs = frame.encoding.window, outputs = frame.encoding.horizon
    var moments = RidgeMoments(inputs: inputs, outputs: outputs, count: 0)
    for sample in samples {
      let window = frame.window(sample)
      let residuals = zip(frame.truth(sample, in: window), window.base).map { $0 - $1 }
      guard !residuals.contains(where: \.isNaN) else { continue }
      moments.add(window.inputs, residuals)
    }
    return moments
  }
}
