/// First and second moments of inputs and outputs over many samples, not centred, from which ridge maps follow.
package struct RidgeMoments {
  package let inputs: Int
  package let outputs: Int
  package private(set) var count: Double
  package var inputSums: [Double]
  package var outputSums: [Double]
  /// `[inputs, inputs]`
  package var inputProducts: [Double]
  /// `[inputs, outputs]`
  package var crossProducts: [Double]
  package var outputSquares: [Double]

  package init(inputs: Int, outputs: Int, count: Double) {
    self.inputs = inputs
    self.outputs = outputs
    self.count = count
    inputSums = Array(repeating: 0, count: inputs)
    outputSums = Array(repeating: 0, count: outputs)
    inputProducts = Array(repeating: 0, count: inputs * inputs)
    crossProducts = Array(repeating: 0, count: inputs * outputs)
    outputSquares = Array(repeating: 0, count: outputs)
  }

  /// Adds one sample with its outputs.
  package mutating func add(_ x: [Double], _ z: [Double]) {
    count += 1
    for h in 0..<outputs {
      outputSums[h] += z[h]
      outputSquares[h] += z[h] * z[h]
    }
    for i in 0..<inputs {
      inputSums[i] += x[i]
      let input = x[i]
      for j in 0..<inputs { inputProducts[i * inputs + j] += input * x[j] }
      for h in 0..<outputs { crossProducts[i * outputs + h] += input * z[h] }
    }
  }

  /// The moments about the means; nothing when there are no samples.
  private func centered() -> RidgeMoments {
    var centered = self
    guard count > 0 else { return centered }
    for i in 0..<inputs {
      let mean = inputSums[i] / count
      for j in 0..<inputs { centered.inputProducts[i * inputs + j] -= mean * inputSums[j] }
      for h in 0..<outputs { centered.crossProducts[i * outputs + h] -= mean * outputSums[h] }
    }
    return centered
  }

  /// The ridge maps with intercept of each penalty: `(X'X + penalty * trace(X'X) / inputs * I) W = X'Z` on centred
  /// inputs and outputs (Hoerl & Kennard 1970). A penalty too small for the arithmetic gives nil.
  package func ridgeMaps(penalties: [Double]) -> [RidgeMap?] {
    let centered = centered()
    let trace = (0..<inputs).reduce(0) { $0 + centered.inputProducts[$1 * inputs + $1] }
    return penalties.map { penalty in
      guard trace > 0 else { return RidgeMap(weights: crossProducts.map { _ in 0 }, about: self, penalty: penalty) }
      var matrix = centered.inputProducts
      for i in 0..<inputs { matrix[i * inputs + i] += penalty * trace / Double(inputs) }
      guard let weights = solvePositiveDefinite(matrix, centered.crossProducts, size: inputs, columns: outputs) else {
        return nil
      }
      return RidgeMap(weights: weights, about: self, penalty: penalty)
    }
  }

  /// The squared error of `map` over the samples of these moments, summed over samples and outputs.
  package func squaredError(of map: RidgeMap) -> Double {
    var error = 0.0
    // Z'Z - 2 W'X'Z - 2 b Z'1 + W'X'XW + 2 b W'X'1 + n b b, output by output.
    var products = [Double](repeating: 0, count: inputs * outputs)
    for i in 0..<inputs {
      for j in 0..<inputs {
        let product = inputProducts[i * inputs + j]
        for h in 0..<outputs { products[i * outputs + h] += product * map.weights[j * outputs + h] }
      }
    }
    for h in 0..<outputs {
      let intercept = map.intercepts[h]
      error += outputSquares[h] - 2 * intercept * outputSums[h] + count * intercept * intercept
      for i in 0..<inputs {
        let weight = map.weights[i * outputs + h]
        error += weight * (products[i * outputs + h] - 2 * crossProducts[i * outputs + h])
        error += 2 * intercept * weight * inputSums[i]
      }
    }
    return error
  }
}

/// A linear map with intercepts, as from the inputs of a window to the steps of a horizon.
package struct RidgeMap: Codable, Sendable {
  /// `[inputs, outputs]`
  package var weights: [Double]
  package var intercepts: [Double]
  package let penalty: Double

  package init(weights: [Double], about moments: RidgeMoments, penalty: Double) {
    self.weights = weights
    self.penalty = penalty
    let outputs = moments.outputs
    intercepts = (0..<outputs).map { h in
      guard moments.count > 0 else { return 0 }
      var total = moments.outputSums[h]
      for i in 0..<moments.inputs { total -= moments.inputSums[i] * weights[i * outputs + h] }
      return total / moments.count
    }
  }
}
