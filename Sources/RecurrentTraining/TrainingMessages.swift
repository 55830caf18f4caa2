/// The texts of programmer's mistakes in training.
enum TrainingMessages {
  static let foreignModel = """
    Optimizer: the parameters of the model differ from those of the gradients or of the earlier updates. An optimizer \
    serves one model; compute the gradients of the model that is updated.
    """

  static func option(_ name: String, expected: String, received: Double) -> String {
    "\(name): expected \(expected); received \(received)."
  }

  static func scheduleMemory(expected: Int, received: Int) -> String {
    """
    LearningRateSchedule.memory: expected \(expected) numbers; received \(received). It can be set only to what a \
    schedule with the same options gave.
    """
  }

  static func squareBlocks(_ pattern: String, _ path: String, _ shape: String) -> String {
    "WeightConstraint “\(pattern)”: expected matrices of square blocks; received \(path) of shape \(shape)."
  }

  static func emptyEpoch(_ epoch: Int) -> String {
    "Trainer: epoch \(epoch) has no batch."
  }

  static func noRowBatch(_ type: Any.Type) -> String {
    """
    Trainer: gradient shards and accumulation want batches whose rows can be taken apart; \(type) does not conform to \
    RowBatch.
    """
  }

  static func repeatedShard(_ shard: Int) -> String {
    "GradientTree: shard \(shard) was added twice."
  }
}
