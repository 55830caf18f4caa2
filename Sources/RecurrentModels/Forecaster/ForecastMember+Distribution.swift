import RecurrentData
import RecurrentNN
import RecurrentTensor

/// How the counts of a target stand in model space: `count = center + scale * value`.
struct CountCode: Codable, Sendable {
  let center, scale: Double

  /// The count that a value in model space stands for.
  func count(_ value: Double) -> Double { center + scale * value }

  /// The value in model space that stands for a count.
  func value(_ count: Double) -> Double { (count - center) / scale }

  var isSound: Bool { center.isFinite && scale.isFinite && scale > 0 }
}

/// Windows as counts, `[rows, horizon]` each.
package struct CountWindows {
  let frame: DistributionFrame
  /// The counts observed; 0 where missing.
  let truth: Tensor
}

extension ForecastMember {
  /// The mean negative log-likelihood of what is known: of values in model space less the base, or of counts.
  func likelihoodLoss(
    of outputs: Tensor, under distribution: any ForecastDistribution, on batch: Batch
  ) -> Tensor {
    let frame =
      batch.counts?.frame
      ?? DistributionFrame(
        location: Tensor(zeros: batch.scales.shape), scale: batch.scales,
        level: Tensor(repeating: 1, shape: batch.scales.shape))
    let parameters = distribution.parameters(of: steps(of: outputs), in: frame)
    return distribution.loss(
      Tensor.stack(parameters, axis: 2), batch.counts?.truth ?? batch.residuals, weights: batch.known)
  }

  /// The outputs of each kind, `[rows, horizon]`.
  private func steps(of outputs: Tensor) -> [Tensor] {
    (0..<plan.outputs).map { outputs[$0 * plan.horizon..<($0 + 1) * plan.horizon, axis: 1] }
  }

  /// Quantiles in model space around the paths of the base, for each sample `[probabilities, horizon]`.
  func quantiles(
    _ probabilities: [Double], of outputs: Tensor, under distribution: any ForecastDistribution,
    samples: [ForecastSample], scales: [Double], paths: [[Double]], of frame: ForecastFrame
  ) -> [[Double]] {
    let horizon = plan.horizon
    let measures = self.frame(samples, scales: scales, paths: paths, of: frame)
    let parameters = distribution.parameters(of: steps(of: outputs), in: measures).map(\.scalars)
    return samples.enumerated().map { row, sample in
      let steps = (0..<horizon).map { step in parameters.map { Double($0[row * horizon + step]) } }
      return probabilities.flatMap { probability in
        steps.enumerated().map { step, own in
          let quantile = distribution.quantile(probability, of: own)
          // Added here, not in single precision: a base may be far larger than its errors.
          guard let code = plan.counts?[sample.target] else { return paths[row][step] + quantile }
          return code.value(quantile) - explained(sample, step, of: frame)
        }
      }
    }
  }

  /// Windows with the paths of their base and their truth as counts; nil unless counts are learned.
  func counts(
    _ samples: [ForecastSample], scales: [Double], paths: [[Double]], of frame: ForecastFrame
  ) -> CountWindows? {
    guard let codes = plan.counts else { return nil }
    let truth = samples.flatMap { sample in
      let column = frame.columns[frame.targets[sample.target]]
      return (0..<plan.horizon).map { step -> Scalar in
        let value = column[sample.origin + step] + explained(sample, step, of: frame)
        // What was a whole number in the file is one again.
        return value.isNaN ? 0 : Scalar(max(0, codes[sample.target].count(value).rounded()))
      }
    }
    return CountWindows(
      frame: self.frame(samples, scales: scales, paths: paths, of: frame),
      truth: Tensor(truth, shape: [samples.count, plan.horizon]))
  }

  /// What outputs are measured by, in model space or in counts.
  private func frame(
    _ samples: [ForecastSample], scales: [Double], paths: [[Double]], of frame: ForecastFrame
  ) -> DistributionFrame {
    var (location, scale, level): ([Scalar], [Scalar], [Scalar]) = ([], [], [])
    for (row, sample) in samples.enumerated() {
      let code = plan.counts?[sample.target]
      let windowLevel = code.map { self.level(sample, $0, of: frame) } ?? 1
      for step in 0..<plan.horizon {
        let base = paths[row][step] + (code == nil ? 0 : explained(sample, step, of: frame))
        location.append(Scalar(code?.count(base) ?? 0))
        scale.append(Scalar(scales[row] * (code?.scale ?? 1)))
        level.append(Scalar(windowLevel))
      }
    }
    let shape: Shape = [samples.count, plan.horizon]
    return DistributionFrame(
      location: Tensor(location, shape: shape), scale: Tensor(scale, shape: shape), level: Tensor(level, shape: shape))
  }

  /// The mean of the known counts of a window, and 1 (Salinas et al. 2020).
  private func level(_ sample: ForecastSample, _ code: CountCode, of frame: ForecastFrame) -> Double {
    let column = frame.columns[frame.targets[sample.target]]
    var (sum, count) = (0.0, 0.0)
    for row in sample.origin - plan.shape.window..<sample.origin where !column[row].isNaN {
      sum += code.count(column[row] + (frame.explained.isEmpty ? 0 : frame.explained[sample.target][row]))
      count += 1
    }
    return 1 + max(0, sum) / max(1, count)
  }

  /// What known columns explain of a step, in model space.
  private func explained(_ sample: ForecastSample, _ step: Int, of frame: ForecastFrame) -> Double {
    frame.explained.isEmpty ? 0 : frame.explained[sample.target][sample.origin + step]
  }
}
