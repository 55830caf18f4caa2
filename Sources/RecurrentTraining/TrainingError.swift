/// Why a run failed.
public enum TrainingError: Error {
  /// A number that must be finite is not.
  case notFinite(NotFinite)
  /// The caller's `saveBest` failed after the given step.
  case cannotSave(step: Int, underlying: any Error)
  /// The gradients of the other ranks could not be had in the given step.
  case cannotReduce(step: Int, underlying: any Error)
  /// The checkpoint of an earlier run cannot be continued; nothing was done.
  case cannotResume(CheckpointError)
  /// A checkpoint could not be written after the given step; the one before is as it was.
  case cannotCheckpoint(step: Int, CheckpointError)

  /// Where a number stopped being finite.
  public struct NotFinite: Hashable, Sendable {
    /// What stopped being finite.
    public enum Quantity: String, Hashable, Sendable {
      /// The loss of a training batch.
      case loss
      /// A gradient.
      case gradient
      /// The result of validation.
      case validationLoss = "validation loss"
    }

    /// What stopped being finite.
    public let quantity: Quantity
    /// The step, from 1.
    public let step: Int
    /// The epoch, from 1.
    public let epoch: Int
    /// The path of the first tensor that holds a number that is not finite, if one does: a weight, else a gradient.
    public let parameter: String?

    package init(quantity: Quantity, step: Int, epoch: Int, parameter: String?) {
      self.quantity = quantity
      self.step = step
      self.epoch = epoch
      self.parameter = parameter
    }

    /// The path of the layer that owns the tensor; the whole model's is empty.
    public var layer: String? {
      parameter.map { path in path.split(separator: ".").dropLast().joined(separator: ".") }
    }
  }
}

extension TrainingError: CustomStringConvertible {
  /// The whole story in a sentence.
  public var description: String {
    switch self {
    case .notFinite(let place):
      var text = "the \(place.quantity.rawValue) is not finite at step \(place.step) (epoch \(place.epoch))"
      if let parameter = place.parameter {
        let layer = place.layer ?? ""
        text +=
          layer.isEmpty ? "; first in parameter \(parameter)" : "; first in layer \(layer), parameter \(parameter)"
      }
      return text + ": lower the learning rate, clip the gradients, or look for extreme values in the data"
    case .cannotSave(let step, let underlying):
      return "the best model of step \(step) could not be saved: \(underlying)"
    case .cannotReduce(let step, let underlying):
      return "the gradients of step \(step) could not be joined with those of the other ranks: \(underlying)"
    case .cannotResume(let error):
      return "the run cannot be continued: \(error)"
    case .cannotCheckpoint(let step, let error):
      return "stopped after step \(step), because it could not be written down: \(error)"
    }
  }
}
