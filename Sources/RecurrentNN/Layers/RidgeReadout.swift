public import RecurrentTensor

extension Linear {
  /// The affine map with the least squared error on given sequences, and a penalty on its weights: ridge regression (Hoerl
  /// and Kennard 1970), as the readout of a reservoir (``EchoStateCell``).
  ///
  ///     (X'X + penalty · mean of the diagonal · I) W = X'Y
  ///
  /// X and Y are the inputs and targets of all valid steps after the washout, less their means; the bias takes the means
  /// back. Sums and the solution (by Cholesky's factorisation) are in Double. There is no map (nil) if no step is left, if a
  /// number is not finite, or if `penalty` is too small for inputs that depend on each other.
  ///
  /// ```swift
  /// let reservoir = RecurrentLayer(inputSize: 1) { _ in
  ///   EchoStateCell(inputSize: 1, hiddenSize: 200, spectralRadius: 0.9, random: RandomSource(seed: 3))
  /// }
  /// let readout = Linear(ridgeFrom: reservoir(x).outputs, to: y, washout: 100)
  /// ```
  ///
  /// - Parameters:
  ///   - inputs: `[batch, time, in]`.
  ///   - targets: `[batch, time, out]`.
  ///   - lengths: The valid steps of each row; nil if all are valid.
  ///   - washout: The first steps of each row that are left out, while the state still shows how it began.
  ///   - penalty: The weight of the penalty, as a share of the inputs' mean variance.
  /// - Complexity: O(steps · in²) and O(in³).
  public init?(
    ridgeFrom inputs: Tensor, to targets: Tensor, lengths: [Int]? = nil, washout: Int = 0, penalty: Double = 1e-6
  ) {
    let steps = StepLengths("Linear(ridgeFrom:to:)", lengths, inputs: inputs)
    require(
      inputs.shape.rank == 3 && targets.shape.rank == 3 && targets.shape[0] == steps.rows
        && targets.shape[1] == steps.steps,
      LayerMessages.shape(
        "Linear(ridgeFrom:to:)", "targets", expected: "[\(steps.rows), \(steps.steps), out]", received: targets.shape))
    require(
      washout >= 0 && penalty >= 0,
      LayerMessages.option(
        "Linear(ridgeFrom:to:)", "washout and penalty", expected: "at least 0", received: "\(washout) and \(penalty)"))
    let (features, outputs) = (inputs.shape[2], targets.shape[2])
    var moments = RidgeMoments(inputs: features, outputs: outputs, count: 0)
    let (x, y) = (inputs.scalars, targets.scalars)
    for row in 0..<steps.rows where steps.length(ofRow: row) > washout {
      for step in row * steps.steps + washout..<row * steps.steps + steps.length(ofRow: row) {
        moments.add(
          x[step * features..<(step + 1) * features].map { Double($0) },
          y[step * outputs..<(step + 1) * outputs].map { Double($0) })
      }
    }
    guard moments.count > 0, let map = moments.ridgeMaps(penalties: [penalty])[0],
      (map.weights + map.intercepts).allSatisfy(\.isFinite)
    else { return nil }
    self.init(inputSize: features, outputSize: outputs, weightInitializer: .constant(0), random: RandomSource(seed: 0))
    weight = Tensor(map.weights.map { Scalar($0) }, shape: [features, outputs]).transposed()
    bias = Tensor(map.intercepts.map { Scalar($0) }, shape: [outputs])
  }
}
