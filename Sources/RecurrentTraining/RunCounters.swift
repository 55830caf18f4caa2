/// Where a run stands, as numbers: what a checkpoint keeps beside tensors.
struct RunCounters: Codable, Equatable {
  /// The best evaluation so far.
  struct Best: Codable, Equatable {
    var loss: Double
    var epoch: Int
    var step: Int
  }

  /// The present epoch, from 1; 0 before the first.
  var epoch = 0
  /// The batches of the present epoch that were taken: the data cursor.
  var batches = 0
  /// The updates made.
  var step = 0
  var trainLoss = WeightedMean()
  var stepsSinceEvaluation = 0
  var epochsSinceEvaluation = 0
  var evaluationsWithoutImprovement = 0
  var lastTrainLoss: Double?
  var best: Best?
  var gradientNorm = 0.0
  /// The seconds spent on training, in runs before this one.
  var secondsBefore = 0.0

  /// More than anything is ever counted, and far from what an integer holds.
  static let most = 1 << 53

  /// Whether a run with an update can come to these.
  var arePossible: Bool {
    let counts = [epoch, batches, step, stepsSinceEvaluation, epochsSinceEvaluation, evaluationsWithoutImprovement]
    return counts.allSatisfy { (0...Self.most).contains($0) } && epoch > 0 && step > 0 && stepsSinceEvaluation <= step
      && secondsBefore.isFinite && secondsBefore >= 0
  }
}
