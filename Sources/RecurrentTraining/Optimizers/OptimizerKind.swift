import RecurrentTensor

/// An optimizer that can be chosen by name: one row of the table `all`.
public struct OptimizerKind: Sendable {
  /// The name in options and files: `adam`.
  public let name: String
  /// A learning rate to begin with.
  public let learningRate: Double
  /// Whether it wants the gradient of all data in each update, and is led astray by that of a batch.
  public let wantsWholeData: Bool
  private let make: @Sendable (_ learningRate: Double, _ weightDecay: Double?) -> any Optimizer

  /// Every optimizer that can be chosen by name; what differs from an optimizer's own defaults is written here.
  public static let all: [OptimizerKind] = [
    OptimizerKind("adam", learningRate: 2e-3) { Adam(learningRate: $0, weightDecay: $1 ?? 0) },
    OptimizerKind("adamw", learningRate: 2e-3) { AdamW(learningRate: $0, weightDecay: $1 ?? 1e-4) },
    OptimizerKind("amsgrad", learningRate: 2e-3) { Adam(learningRate: $0, weightDecay: $1 ?? 0, amsgrad: true) },
    OptimizerKind("nadam", learningRate: 2e-3) { Nadam(learningRate: $0, weightDecay: $1 ?? 0) },
    OptimizerKind("sgd", learningRate: 0.05) { SGD(learningRate: $0, momentum: 0.9, weightDecay: $1 ?? 0) },
    OptimizerKind("asgd", learningRate: 0.5) { AveragedSGD(learningRate: $0, weightDecay: $1 ?? 0) },
    OptimizerKind("rmsprop", learningRate: 2e-3) { RMSProp(learningRate: $0, weightDecay: $1 ?? 0) },
    OptimizerKind("adagrad", learningRate: 0.02) { Adagrad(learningRate: $0, weightDecay: $1 ?? 0) },
    OptimizerKind("adadelta", learningRate: 1) { Adadelta(learningRate: $0, weightDecay: $1 ?? 0) },
    OptimizerKind("rprop", learningRate: 0.01, wantsWholeData: true) { Rprop(learningRate: withoutDecay($0, $1)) },
    OptimizerKind("lbfgs", learningRate: 1, wantsWholeData: true) { LBFGS(learningRate: withoutDecay($0, $1)) },
  ]

  /// The optimizer of this name, or nil.
  public init?(named name: String) {
    guard let kind = Self.all.first(where: { $0.name == name }) else { return nil }
    self = kind
  }

  private init(
    _ name: String, learningRate: Double, wantsWholeData: Bool = false,
    make: @escaping @Sendable (_ learningRate: Double, _ weightDecay: Double?) -> any Optimizer
  ) {
    (self.name, self.learningRate, self.wantsWholeData, self.make) = (name, learningRate, wantsWholeData, make)
  }

  /// Makes the optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: The learning rate; nil for that of the table.
  ///   - weightDecay: The weight decay in the optimizer's own form; nil for that of the table. The optimizers of whole data
  ///     have none: use `Trainer.penalties`.
  /// - Returns: The optimizer, which remembers nothing yet.
  public func make(_ learningRate: Double? = nil, weightDecay: Double? = nil) -> any Optimizer {
    make(learningRate ?? self.learningRate, weightDecay)
  }

  private static func withoutDecay(_ learningRate: Double, _ weightDecay: Double?) -> Double {
    require(weightDecay == nil, "OptimizerKind: rprop and lbfgs have no weight decay; use Trainer.penalties.")
    return learningRate
  }
}
