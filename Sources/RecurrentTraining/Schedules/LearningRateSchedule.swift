/// How the learning rate changes during training, as a factor of the optimizer's own.
public protocol LearningRateSchedule: Sendable {
  /// The factor for a step.
  ///
  /// - Parameters:
  ///   - step: The step, from 0.
  ///   - total: The steps of the whole run, where known.
  /// - Returns: What the optimizer's own learning rate is multiplied with.
  func factor(step: Int, of total: Int?) -> Double

  /// Takes notice of the loss after an evaluation.
  mutating func observe(loss: Double)

  /// Everything that `observe` changes, all finite: what a run has to keep in order to continue later. It is set to what
  /// a schedule with the same options gave, so the count never differs. Other numbers are made possible ones, not trapped
  /// upon: that the memory is not what it was set to is how a run finds that its checkpoint was changed.
  var memory: [Double] { get set }
}

extension LearningRateSchedule {
  /// Takes no notice.
  public mutating func observe(loss: Double) {}

  /// Empty: the factors depend on the step alone.
  public var memory: [Double] {
    get { [] }
    set {}
  }
}

/// The same learning rate all the time.
public struct ConstantLearningRate: LearningRateSchedule {
  /// The same learning rate all the time.
  public init() {}

  /// Always 1.
  public func factor(step: Int, of total: Int?) -> Double { 1 }
}
