import RecurrentData
package import RecurrentNN
package import RecurrentTensor
import RecurrentTraining

/// One network of a forecaster, with how it sees a window and what its outputs are added to.
///
/// The forecast of a window in model space is `base + spread * residualScale * network(window)`, or the median of a
/// distribution whose parameters the network gives.
package struct ForecastMember: TrainableModel {
  /// What the network's outputs are added to.
  enum Base: String, Codable, Sendable, CaseIterable {
    /// The last known value.
    case last
    /// The linear map from the window to the horizon.
    case linear
  }

  /// Everything but weights.
  struct Plan: RecurrentNetworkPlan {
    let cell: String
    let hiddenSize, layers: Int
    let dropout: Double
    let shape: WindowShape
    let base: Base
    let targets, horizon, inputSize: Int
    /// Quantiles beside the point forecast; their heads learn offsets from the point.
    let probabilities: [Double]
    /// Size of the base's training errors, by target.
    let residualScales: [Double]
    /// Features of the known columns of each row of the horizon; nil without known columns.
    let knownSize: Int?
    let decoder: DecoderKind
    /// Features of the calendar of each row of the horizon, where the decoder reads them.
    let calendarSize: Int?
    /// The name of the distribution whose parameters are learned; nil to learn the forecast itself.
    var distribution: String?
    var connections: LayerConnections?
    var regularization: RecurrentRegularization?
    /// How counts stand in model space, by target; nil unless the distribution is one of counts.
    var counts: [CountCode]?

    var segments: Int { shape.segment > 0 ? shape.segments : 0 }
    var outputs: Int { distribution.flatMap(ForecastDistributions.named)?.outputs ?? 1 + probabilities.count }
  }

  /// Windows with what is to be learned from them.
  package struct Batch {
    let inputs: Tensor
    /// What is known of the rows of the horizon.
    let rows: HorizonRows
    let targets: [Int]
    /// What the network's outputs are multiplied by, `[rows, horizon]`.
    let scales: Tensor
    /// Truth less base, `[rows, horizon]`, zero where missing; and 1 where the truth is known.
    let residuals, known: Tensor
    let knownCount: Int
    /// The windows in counts; nil unless counts are learned.
    let counts: CountWindows?
  }

  var network: SegmentNetwork
  let plan: Plan
  /// Mean of `residualScales`, which brings the loss to the size of 1.
  private let lossScale: Scalar
  /// What the outputs are the parameters of; nil where they are the forecast itself.
  let distribution: (any ForecastDistribution)?

  init(_ plan: Plan, kind: SequenceEncoderKind, random: RandomSource) {
    self.plan = plan
    distribution = plan.distribution.flatMap(ForecastDistributions.named)
    var sizes = HorizonDecoderPlan(
      kind: kind, hiddenSize: plan.hiddenSize, layers: plan.layers, dropout: Scalar(share: plan.dropout),
      segments: plan.segments, horizon: plan.horizon, segment: plan.shape.segment, outputs: plan.outputs,
      knownSize: plan.knownSize, calendarSize: plan.calendarSize, random: random)
    (sizes.connections, sizes.regularization) = (plan.connections, plan.regularization)
    network = SegmentNetwork(inputSize: plan.inputSize, targets: plan.targets, decoder: plan.decoder, sizes)
    let mean = plan.residualScales.reduce(0, +) / Double(max(1, plan.residualScales.count))
    lossScale = Scalar(1 / max(mean, 1e-6))
  }

  package mutating func visitParameters(_ visitor: inout some ParameterVisitor) { network.visitParameters(&visitor) }

  package func weight(of batch: Batch) -> Double { Double(batch.knownCount) }

  /// Mean absolute error, plus the pinball loss of each quantile head (Koenker & Bassett 1978), over known values; of a
  /// distribution their mean negative log-likelihood.
  package func loss(on batch: Batch, context: inout ForwardContext) -> Tensor {
    let outputs = network(batch.inputs, rows: batch.rows, targets: batch.targets, context: &context)
    if let distribution { return likelihoodLoss(of: outputs, under: distribution, on: batch) }
    let horizon = plan.horizon
    let share = lossScale / Scalar(max(1, batch.knownCount))
    let errors = batch.residuals - outputs[0..<horizon, axis: 1] * batch.scales
    var loss = (errors.absolute() * batch.known).sum() * share
    for (index, probability) in plan.probabilities.enumerated() {
      let head = outputs[(index + 1) * horizon..<(index + 2) * horizon, axis: 1] * batch.scales
      let misses = errors.detached() - head
      let pinball = misses * Scalar(probability) + (-misses).relu()
      loss = loss + (pinball * batch.known).sum() * (2 * share)
    }
    return loss
  }

  /// What the network reads of some windows with these bases, and the scale of its outputs.
  func read(
    _ samples: [ForecastSample], bases: [[Double]], of frame: ForecastFrame
  ) -> (inputs: Tensor, rows: HorizonRows, scales: [Double]) {
    let shape = plan.shape
    let width = shape.window * shape.channels(of: frame)
    var values = [Float](repeating: 0, count: samples.count * width)
    var normalizations: [WindowNormalization] = []
    values.withUnsafeMutableBufferPointer { buffer in
      for (row, sample) in samples.enumerated() {
        guard let base = buffer.baseAddress else { return }
        normalizations.append(shape.write(sample, of: frame, to: base + row * width))
      }
    }
    let inputs = Tensor(values.map { Scalar($0) }, shape: [samples.count, shape.segments, plan.inputSize])
    var rows = HorizonRows()
    if plan.knownSize != nil { rows.known = frame.horizons(of: frame.known, samples, plan.horizon) }
    if plan.calendarSize != nil { rows.calendar = frame.horizons(of: frame.calendar, samples, plan.horizon) }
    if plan.decoder.reads.contains(.continuation) {
      rows.continuation = shape.continuation(
        of: samples, normalizations, bases: bases, scales: plan.residualScales, in: frame)
    }
    return (inputs, rows, zip(samples, normalizations).map { $1.spread * plan.residualScales[$0.target] })
  }
}

/// The base forecasts of members: the last value, or the linear map, in model space.
struct ForecastBases: Sendable {
  let frame: ForecastFrame
  let horizon: Int
  /// Fitted to the targets in model space; nil where no member uses it.
  let linear: LinearBaseline?
  private let targetColumns: [[Double]]

  init(frame: ForecastFrame, horizon: Int, linear: LinearBaseline?) {
    (self.frame, self.horizon, self.linear) = (frame, horizon, linear)
    targetColumns = frame.targets.map { frame.columns[$0] }
  }

  /// The base of one window of so many rows, `[horizon]`.
  func base(_ kind: ForecastMember.Base, _ sample: ForecastSample, window: Int) -> [Double] {
    if kind == .linear, let linear {
      let history = ForecastHistory(values: targetColumns, origin: sample.origin)
      return linear.forecast(target: sample.target, after: history)
    }
    let last = frame.newest(frame.targets[sample.target], sample.origin - window..<sample.origin)
    return [Double](repeating: last, count: horizon)
  }
}

extension ForecastMember {
  /// Windows with their truth, for training.
  func batch(_ samples: [ForecastSample], bases: ForecastBases) -> Batch {
    let paths = samples.map { bases.base(plan.base, $0, window: plan.shape.window) }
    let (inputs, rows, scales) = read(samples, bases: paths, of: bases.frame)
    let horizon = plan.horizon
    var residuals = [Scalar](repeating: 0, count: samples.count * horizon)
    var known = residuals
    var spread = residuals
    var knownCount = 0
    for (row, sample) in samples.enumerated() {
      let truth = bases.frame.columns[bases.frame.targets[sample.target]]
      for step in 0..<horizon {
        spread[row * horizon + step] = Scalar(scales[row])
        let value = truth[sample.origin + step]
        guard !value.isNaN else { continue }
        residuals[row * horizon + step] = Scalar(value - paths[row][step])
        known[row * horizon + step] = 1
        knownCount += 1
      }
    }
    let shape: Shape = [samples.count, horizon]
    return Batch(
      inputs: inputs, rows: rows, targets: samples.map(\.target),
      scales: Tensor(spread, shape: shape),
      residuals: Tensor(residuals, shape: shape), known: Tensor(known, shape: shape), knownCount: knownCount,
      counts: counts(samples, scales: scales, paths: paths, of: bases.frame))
  }

  /// Forecasts in model space.
  ///
  /// - Parameters:
  ///   - samples: The windows.
  ///   - bases: What outputs are added to.
  ///   - probabilities: The quantiles that a distribution is asked for; heads give those that they learned.
  /// - Returns: For each sample `[outputs, horizon]`, the point and then the quantiles.
  func forecast(_ samples: [ForecastSample], bases: ForecastBases, probabilities: [Double] = []) -> [[Double]] {
    let paths = samples.map { bases.base(plan.base, $0, window: plan.shape.window) }
    let (inputs, rows, scales) = read(samples, bases: paths, of: bases.frame)
    var context = ForwardContext.inference
    let outputs = network(inputs, rows: rows, targets: samples.map(\.target), context: &context)
    if let distribution {
      return quantiles(
        [0.5] + probabilities, of: outputs, under: distribution, samples: samples, scales: scales, paths: paths,
        of: bases.frame)
    }
    return forecasts(from: paths, outputs: outputs.scalars, scales: scales)
  }

  private func forecasts(from paths: [[Double]], outputs: [Scalar], scales: [Double]) -> [[Double]] {
    let horizon = plan.horizon, width = horizon * plan.outputs
    return paths.indices.map { row in
      (0..<width).map { index in
        let point = paths[row][index % horizon] + Double(outputs[row * width + index % horizon]) * scales[row]
        return index < horizon ? point : point + Double(outputs[row * width + index]) * scales[row]
      }
    }
  }
}
