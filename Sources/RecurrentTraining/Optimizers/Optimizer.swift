public import RecurrentNN

/// A rule that moves the parameters of a model against their gradients.
///
/// ```swift
/// var optimizer = Adam(learningRate: 1e-3)
/// let (loss, gradients) = valueAndGradients(of: model) { model in
///   MeanSquaredError()(model(x), y)
/// }
/// optimizer.update(&model, with: gradients)
/// ```
public protocol Optimizer: Sendable {
  /// The step size; a schedule changes it from step to step.
  var learningRate: Double { get set }

  /// What the optimizer remembers between updates.
  var state: OptimizerState { get set }

  /// Changes the parameters in place: nothing is copied unless somebody else holds the same weights.
  mutating func update(_ model: inout some Module, with gradients: Gradients)

  /// The model that a trainer judges and gives back in place of the updated one: the same by default, that of averaged
  /// weights for an optimizer that averages them.
  func averaged<M: Module>(_ model: M) -> M
}

extension Optimizer {
  /// The model itself.
  public func averaged<M: Module>(_ model: M) -> M { model }
}
