public import RecurrentNN
public import RecurrentTensor

/// A model that a `Trainer` can fit: it knows the loss of a batch.
public protocol TrainableModel: Module {
  /// What the model computes a loss on: inputs, targets, lengths.
  associatedtype Batch

  /// The loss of a batch, a single scalar.
  ///
  /// - Parameters:
  ///   - batch: The batch.
  ///   - context: Training or inference, and the randomness of dropout.
  /// - Returns: The loss, of shape `[]`.
  func loss(on batch: Batch, context: inout ForwardContext) -> Tensor

  /// What a batch counts in the mean loss of several and in the mean gradient of shards: its number of samples, where
  /// batches differ. A batch that counts 0 is passed over. Default: the rows of a `RowBatch`, else 1.
  func weight(of batch: Batch) -> Double
}

extension TrainableModel {
  /// Every batch counts the same.
  public func weight(of batch: Batch) -> Double { 1 }

  /// The mean loss over all batches of a provider, in inference.
  public func meanLoss(over provider: some BatchProvider<Batch>) -> Double {
    var mean = WeightedMean()
    for batch in provider.batches(epoch: 1, random: RandomSource(seed: 0)) {
      var context = ForwardContext.inference
      mean.add(Double(loss(on: batch, context: &context).scalar), weight: weight(of: batch))
    }
    return mean.value
  }
}

/// A mean of numbers that count differently.
struct WeightedMean: Codable, Equatable {
  private var sum = 0.0
  private var weights = 0.0

  mutating func add(_ number: Double, weight: Double) {
    sum += number * weight
    weights += weight
  }

  /// NaN before the first number.
  var value: Double { sum / weights }
}
