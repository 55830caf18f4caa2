import RecurrentNN
import RecurrentTensor

/// Which outputs of a described layer go on to the next one.
public enum StepOutputs: String, Hashable, Sendable, Codable, CaseIterable {
  /// The outputs of every step.
  case all
  /// Those of each row's last step: backward of its first.
  case last

  /// What comes out of a layer with so many features.
  func form(features: Int) -> SequenceForm { self == .all ? .steps(features: features) : .whole(features: features) }

  /// What goes on of a run.
  func chosen(from run: EncodedSequence) -> Tensor { self == .all ? run.outputs : run.lastOutputs }
}
