import RecurrentNN
import RecurrentTensor
import RecurrentTraining

/// One network of a forecaster of many series.
///
/// The forecast of a window on its own level and spread is `base + network(window)`.
struct PanelMember: TrainableModel {
  /// Everything but weights.
  struct Plan: RecurrentNetworkPlan, Equatable {
    let cell: String
    let hiddenSize, layers: Int
    let dropout: Double
    let window, segment, horizon: Int
    let hasShortcut: Bool
    /// The numbers of each category, those of unknown texts included.
    let vocabularies: [Int]
    /// The features of the static columns; nil without any.
    var staticSize: Int?
    var connections: LayerConnections?
    var regularization: RecurrentRegularization?

    var segments: Int { segment > 0 ? window / segment : 0 }
  }

  /// Windows with what is to be learned from them.
  struct Batch {
    /// `[rows, window]`.
    let inputs: Tensor
    /// By category, the number of each row.
    let categories: [[Int]]
    /// The static features, `[rows, features]`; nil without any.
    let statics: Tensor?
    /// Truth less base, `[rows, horizon]`, zero where missing; and the weight of the window where the truth is known.
    let residuals, weights: Tensor
    let weight: Double
  }

  let plan: Plan
  private var network: PanelNetwork

  init(_ plan: Plan, kind: SequenceEncoderKind, random: RandomSource) {
    self.plan = plan
    network = PanelNetwork(plan, kind: kind, random: random)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) { network.visitParameters(&visitor) }

  func weight(of batch: Batch) -> Double { batch.weight }

  /// The weighted mean absolute error over known values, each on the scale of its window.
  func loss(on batch: Batch, context: inout ForwardContext) -> Tensor {
    let outputs = network(batch.inputs, categories: batch.categories, statics: batch.statics, context: &context)
    return ((batch.residuals - outputs).absolute() * batch.weights).sum()
      * (1 / Scalar(batch.weight > 0 ? batch.weight : 1))
  }

  /// The batch of some samples.
  func batch(_ samples: [PanelSample], of frame: PanelFrame) -> Batch {
    let windows = samples.map { frame.window($0) }
    var residuals: [Scalar] = []
    var weights: [Scalar] = []
    for (sample, window) in zip(samples, windows) {
      for (truth, base) in zip(frame.truth(sample, in: window), window.base) {
        residuals.append(truth.isNaN ? 0 : Scalar(truth - base))
        weights.append(truth.isNaN ? 0 : Scalar(window.weight))
      }
    }
    let shape: Shape = [samples.count, plan.horizon]
    return Batch(
      inputs: inputs(windows), categories: numbers(samples, of: frame), statics: statics(samples, of: frame),
      residuals: Tensor(residuals, shape: shape), weights: Tensor(weights, shape: shape),
      weight: weights.reduce(0) { $0 + Double($1) })
  }

  /// Forecasts on the scale of each window, `[sample][step]`.
  func forecasts(_ samples: [PanelSample], _ windows: [PanelWindow], of frame: PanelFrame) -> [[Double]] {
    var context = ForwardContext.inference
    let outputs = network(
      inputs(windows), categories: numbers(samples, of: frame), statics: statics(samples, of: frame),
      context: &context
    ).scalars
    return windows.enumerated().map { row, window in
      window.base.enumerated().map { $1 + Double(outputs[row * plan.horizon + $0]) }
    }
  }

  private func inputs(_ windows: [PanelWindow]) -> Tensor {
    Tensor(windows.flatMap { window in window.inputs.map { Scalar($0) } }, shape: [windows.count, plan.window])
  }

  private func numbers(_ samples: [PanelSample], of frame: PanelFrame) -> [[Int]] {
    plan.vocabularies.indices.map { category in samples.map { frame.categories[$0.series][category] } }
  }

  private func statics(_ samples: [PanelSample], of frame: PanelFrame) -> Tensor? {
    plan.staticSize.map { size in
      Tensor(samples.flatMap { frame.statics[$0.series].map { Scalar($0) } }, shape: [samples.count, size])
    }
  }
}
