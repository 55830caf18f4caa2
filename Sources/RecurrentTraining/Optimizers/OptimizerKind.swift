/// An optimizer that can be chosen by name: one row of the table `all`.
public struct OptimizerKind: Sendable {
  /// The name in options and files: `adam`.
  public let name: String
  /// Makes the optimizer with a learning rate.
  public let make: @Sendable (_ learningRate: Double) -> any Optimizer

  /// Every optimizer that can be chosen by name; what differs from an optimizer's own defaults is written here.
  public static let all: [OptimizerKind] = [
    OptimizerKind(name: "adam") { Adam(learningRate: $0) },
    OptimizerKind(name: "adamw") { AdamW(learningRate: $0, weightDecay: 1e-4) },
    OptimizerKind(name: "amsgrad") { Adam(learningRate: $0, amsgrad: true) },
    OptimizerKind(name: "nadam") { Nadam(learningRate: $0) },
    OptimizerKind(name: "sgd") { SGD(learningRate: $0, momentum: 0.9) },
    OptimizerKind(name: "asgd") { AveragedSGD(learningRate: $0) },
    OptimizerKind(name: "rmsprop") { RMSProp(learningRate: $0) },
    OptimizerKind(name: "adagrad") { Adagrad(learningRate: $0) },
    OptimizerKind(name: "adadelta") { Adadelta(learningRate: $0) },
    OptimizerKind(name: "rprop") { Rprop(learningRate: $0) },
    OptimizerKind(name: "lbfgs") { LBFGS(learningRate: $0) },
  ]
}
