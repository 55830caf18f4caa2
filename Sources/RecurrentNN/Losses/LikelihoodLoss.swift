public import RecurrentTensor

/// The negative log-likelihood of targets under a distribution whose parameters are predicted, one by one.
///
/// ```swift
/// let loss = GaussianLikelihoodLoss()(parameters, target, lengths: lengths)
/// ```
///
/// The predictions are the parameters themselves, as `torch.distributions` takes them: what has to be above 0 goes through
/// `softplus()` first. A loss of your own gives one term and its slopes; lengths, weights, reduction and gradients come with
/// it.
public protocol LikelihoodLoss: Sendable {
  /// How the terms become one number.
  var reduction: LossReduction { get }

  /// How many parameters the distribution has, at most 4.
  var parameterCount: Int { get }

  /// One term of the loss.
  ///
  /// - Parameters:
  ///   - parameters: The parameters, in the order of the prediction's last axis; zeros behind them.
  ///   - target: What was observed.
  /// - Returns: `-log p(target)`, and its derivative by each parameter.
  func term(_ parameters: SIMD4<Double>, _ target: Double) -> (value: Double, slopes: SIMD4<Double>)
}

extension LikelihoodLoss {
  /// The loss of a batch, in nats.
  ///
  /// What is not valid has no influence, not even NaN: steps behind a row's length, targets of weight 0. Parameters that the
  /// distribution does not allow give NaN.
  ///
  /// - Parameters:
  ///   - parameters: `[batch, time, ..., parameters]`, or without the time if there are no lengths.
  ///   - target: Constants of that shape without its last axis.
  ///   - lengths: The valid steps of each row, each in `0...time`; nil if all are valid.
  ///   - weights: What each target counts, of the target's shape, not negative; 0 for missing ones; nil for 1. The mean is
  ///     taken over the weights.
  /// - Returns: One number, of shape `[]`.
  public func callAsFunction(
    _ parameters: Tensor, _ target: Tensor, lengths: [Int]? = nil, weights: Tensor? = nil
  ) -> Tensor {
    let (name, count) = (String(describing: Self.self), parameterCount)
    require((1...4).contains(count), LayerMessages.option(name, "parameterCount", expected: "1 to 4", received: count))
    let expected = target.shape.appending(count)
    require(
      parameters.shape == expected,
      LayerMessages.shape(name, "parameters", expected: "\(expected)", received: parameters.shape))
    require(
      weights == nil || weights?.shape == target.shape,
      LayerMessages.shape(name, "weights", expected: "\(target.shape)", received: weights?.shape ?? []))
    let targets = ValidTargets(name, lengths, target: target)
    let weightValues = weights?.scalars
    var slopes = Tensor(zeros: parameters.shape)
    var weightTotal: Scalar = 0
    let values = Tensor(zeros: target.shape).filled { values in
      slopes.withUnsafeMutablePointer { slopes in
        parameters.withUnsafePointer { parameters in
          target.withUnsafePointer { target in
            for index in targets.ranges.joined() {
              let weight = weightValues?[index] ?? 1
              if weight == 0 { continue }
              weightTotal += weight
              var own = SIMD4<Double>.zero
              for number in 0..<count { own[number] = Double(parameters[index * count + number]) }
              let term = term(own, Double(target[index]))
              values[index] = weight * Scalar(term.value)
              for number in 0..<count { slopes[index * count + number] = weight * Scalar(term.slopes[number]) }
            }
          }
        }
      }
    }
    let scale = reduction == .sum ? 1 : weightTotal > 0 ? 1 / weightTotal : 0
    return reducedLoss(of: parameters, values: values, slopes: slopes, scale: scale)
  }
}
