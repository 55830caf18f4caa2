import RecurrentData
import RecurrentNN
import RecurrentTensor

/// What sampled paths are made of beside a forecast: how past forecasts erred at each step, and how the errors of one
/// forecast hung together.
package struct PathErrors: Sendable, Equatable {
  /// The probabilities at which the distribution of a step is known, rising.
  let probabilities: [Double]
  /// From the outcomes of the validation part: for paths from any row, since nothing later is in it.
  let validation: Outcomes
  /// From the newest outcomes of the series, for paths after its last row only.
  let newest: Outcomes

  /// The errors of some forecasts.
  struct Outcomes: Sendable, Equatable {
    /// What corrects the quantiles of a forecast.
    let calibration: QuantileCalibration
    /// The errors of whole forecasts in units of what was expected, `[forecast][horizon * targets]`.
    let trajectories: [[Double]]
  }

  /// The probabilities of a model: every twentieth and some far out, and those of its intervals.
  package static func probabilities(with own: [Double]) -> [Double] {
    let outer = [0.01, 0.025, 0.05, 0.95, 0.975, 0.99]
    // Not the half: the point forecast stands in its place.
    let inner = (2...18).filter { $0 != 10 }.map { Double($0) / 20 }
    let others = (outer + inner).filter { one in own.allSatisfy { abs($0 - one) > 1e-6 } }
    return rounded((others + own).sorted())
  }

  /// Numbers as the file keeps them, so that a model gives the same paths before and after it was written.
  fileprivate static func rounded(_ numbers: [Double]) -> [Double] { numbers.map { Double(Scalar($0)) } }

  /// The most trajectories that are kept: 400, fewer for long horizons of many targets, but at least 40.
  package static func mostTrajectories(entries: Int) -> Int { min(400, max(40, 400_000 / entries)) }

  /// The most forecasts whose errors make the distributions, where quantiles are learned: so many that memory stays below
  /// 128 MiB, but at least 50.
  static func mostOutcomes(entries: Int, probabilities: Int) -> Int { max(50, 16_000_000 / (entries * probabilities)) }
}

extension PathErrors {
  /// Collects the errors of forecasts, in time order.
  struct Collector {
    private var calibrator: QuantileCalibrator
    private let probabilities: [Double]
    private let horizon, targets: Int
    private var trajectories: [[Double]] = []

    init(probabilities: [Double], horizon: Int, targets: Int, memory: Int) {
      calibrator = QuantileCalibrator(
        probabilities: probabilities, horizon: horizon, targetCount: targets, memory: memory)
      (self.probabilities, self.horizon, self.targets) = (probabilities, horizon, targets)
    }

    mutating func add(origin: Int, _ forecast: ForecastPredictor.Result, truth: [Double]) {
      calibrator.add(origin: origin, quantiles: forecast.raw, truth: truth, sizes: forecast.sizes)
      let entries = horizon * targets
      let (low, high) = (probabilities.firstIndex { $0 > 0.15 } ?? 0, probabilities.lastIndex { $0 < 0.85 } ?? 0)
      var errors = (0..<entries).map { entry in
        let spread = forecast.raw[high * entries + entry] - forecast.raw[low * entries + entry]
        return (truth[entry] - forecast.point[entry]) / (spread > 0 ? spread : forecast.sizes[entry])
      }
      for target in 0..<targets {
        let steps = (0..<horizon).map { $0 * targets + target }
        guard fillGaps(of: steps, in: &errors) else { return }
      }
      trajectories.append(errors)
    }

    /// Gives steps of unknown truth the error of the nearest known one; false if there is none.
    private func fillGaps(of steps: [Int], in errors: inout [Double]) -> Bool {
      let known = steps.indices.filter { errors[steps[$0]].isFinite }
      guard !known.isEmpty else { return false }
      for (place, step) in steps.enumerated() where !errors[step].isFinite {
        let nearest = known.min { abs($0 - place) < abs($1 - place) } ?? known[0]
        errors[step] = errors[steps[nearest]]
      }
      return true
    }

    /// What was collected, with trajectories spread evenly over time.
    var outcomes: Outcomes {
      let calibration = calibrator.calibration()
      let most = PathErrors.mostTrajectories(entries: horizon * targets)
      let count = min(most, trajectories.count)
      return Outcomes(
        calibration: QuantileCalibration(
          probabilities: probabilities, corrections: PathErrors.rounded(calibration.corrections)),
        trajectories: (0..<count).map { PathErrors.rounded(trajectories[($0 + 1) * trajectories.count / count - 1]) })
    }
  }
}

extension PathErrors {
  private static let names = (probabilities: "probabilities", validation: "validation", newest: "newest")

  /// The file that keeps it.
  var bytes: [UInt8] {
    var tensors = [(name: Self.names.probabilities, tensor: Self.tensor(probabilities, rows: 1))]
    for (name, outcomes) in [(Self.names.validation, validation), (Self.names.newest, newest)] {
      let (corrections, errors) = (outcomes.calibration.corrections, outcomes.trajectories)
      tensors.append(("\(name).corrections", Self.tensor(corrections, rows: probabilities.count)))
      tensors.append(("\(name).errors", Self.tensor(Array(errors.joined()), rows: errors.count)))
    }
    return SafetensorsFile.encoded(tensors)
  }

  private static func tensor(_ numbers: [Double], rows: Int) -> Tensor {
    Tensor(numbers.map { Scalar($0) }, shape: [rows, rows == 0 ? 0 : numbers.count / rows])
  }

  /// Reads what `bytes` gave.
  ///
  /// - Throws: `SafetensorsError`, or `ModelFolderError` for numbers that fit nothing.
  init(_ file: SafetensorsFile, horizon: Int, targets: Int) throws {
    let entries = horizon * targets
    func numbers(_ name: String, width: Int?) throws -> [[Double]] {
      let tensor = try file.tensor(name)
      let scalars = tensor.scalars.map { Double($0) }
      guard tensor.shape.rank == 2, tensor.shape[0] == 0 || tensor.shape[1] == width ?? tensor.shape[1],
        scalars.allSatisfy(\.isFinite)
      else { throw ModelFolderError.damaged(file: file.name, reason: "\(name) has the shape \(tensor.shape)") }
      return (0..<tensor.shape[0]).map { Array(scalars[$0 * tensor.shape[1]..<($0 + 1) * tensor.shape[1]]) }
    }
    let probabilities = try numbers(Self.names.probabilities, width: nil).first ?? []
    func outcomes(_ name: String) throws -> Outcomes {
      let corrections = try numbers("\(name).corrections", width: entries)
      guard corrections.count == probabilities.count, probabilities.count > 1,
        probabilities.allSatisfy({ $0 > 0 && $0 < 1 }), zip(probabilities, probabilities.dropFirst()).allSatisfy(<)
      else { throw ModelFolderError.damaged(file: file.name, reason: "its probabilities do not fit") }
      return Outcomes(
        calibration: QuantileCalibration(probabilities: probabilities, corrections: Array(corrections.joined())),
        trajectories: try numbers("\(name).errors", width: entries))
    }
    self.init(
      probabilities: probabilities, validation: try outcomes(Self.names.validation),
      newest: try outcomes(Self.names.newest))
  }
}
