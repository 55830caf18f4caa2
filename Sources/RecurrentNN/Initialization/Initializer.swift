public import RecurrentTensor

/// How weights start.
///
/// `fanIn` and `fanOut` are the inputs and outputs of a weight matrix `[outputs, inputs]`; the matrices of a cell's gates
/// lie below each other and each starts on its own. All numbers come from the `RandomSource` that is given.
///
/// Sources: Glorot and Bengio 2010; He et al. 2015; LeCun et al. 1998; orthogonal, Saxe et al. 2014; identity, Le et al.
/// 2015.
public enum Initializer: Hashable, Sendable, Codable {
  /// Uniform within ±√(6 / (fanIn + fanOut)).
  case glorotUniform
  /// Normal with variance 2 / (fanIn + fanOut).
  case glorotNormal
  /// Uniform within ±√(6 / fanIn).
  case heUniform
  /// Normal with variance 2 / fanIn.
  case heNormal
  /// Uniform within ±√(3 / fanIn).
  case lecunUniform
  /// Normal with variance 1 / fanIn.
  case lecunNormal
  /// Normal with mean 0.
  case normal(standardDeviation: Double)
  /// Uniform within ±limit.
  case uniform(limit: Double)
  /// Uniform within ±1/√fan as PyTorch starts its layers: `fan` is the hidden size of a recurrent layer, for weights and
  /// biases alike, and the input size of a linear one.
  case uniformAsPyTorch
  /// Orthonormal rows or columns, whichever are fewer, times `gain`.
  case orthogonal(gain: Double)
  /// Ones (times `gain`) on the diagonal, else zeros.
  case identity(gain: Double)
  /// One number everywhere.
  case constant(Double)

  /// A weight matrix, or several below each other.
  ///
  /// - Parameters:
  ///   - outputs: The rows of one matrix.
  ///   - inputs: The columns.
  ///   - blocks: How many matrices, each started on its own: a cell's gates.
  ///   - fan: What `uniformAsPyTorch` takes the root of; the inputs if nil.
  ///   - random: The randomness; equal sources give equal weights.
  /// - Returns: `[blocks * outputs, inputs]`.
  public func weights(
    outputs: Int, inputs: Int, blocks: Int = 1, fan: Int? = nil, random: RandomSource
  ) -> Tensor {
    let size = outputs * inputs
    return Tensor(shape: [blocks * outputs, inputs]) { result in
      for block in 0..<blocks {
        fill(result + block * size, outputs, inputs, fan ?? inputs, random.stream(block))
      }
    }
  }

  /// A bias vector: any initialiser that needs no inputs.
  ///
  /// - Parameters:
  ///   - count: Its length.
  ///   - fan: What `uniformAsPyTorch` takes the root of.
  ///   - random: The randomness.
  /// - Returns: `[count]`.
  public func bias(count: Int, fan: Int, random: RandomSource) -> Tensor {
    switch self {
    case .normal, .uniform, .uniformAsPyTorch, .constant:
      return weights(outputs: count, inputs: 1, fan: fan, random: random).reshaped(to: [count])
    default:
      stop(
        LayerMessages.option(
          "Initializer", "the initialiser of a bias", expected: "normal, uniform, uniformAsPyTorch or constant",
          received: self))
    }
  }

  private func fill(
    _ result: UnsafeMutablePointer<Scalar>, _ outputs: Int, _ inputs: Int, _ fan: Int, _ random: RandomSource
  ) {
    let (fanIn, fanOut) = (Double(max(1, inputs)), Double(max(1, outputs)))
    let count = outputs * inputs
    func uniform(_ limit: Double) {
      for index in 0..<count { result[index] = Scalar(limit) * (2 * random.uniform(at: index) - 1) }
    }
    func normal(_ variance: Double) {
      let deviation = Scalar(variance.squareRoot())
      for index in 0..<count { result[index] = deviation * random.normal(at: index) }
    }
    switch self {
    case .glorotUniform: uniform((6 / (fanIn + fanOut)).squareRoot())
    case .glorotNormal: normal(2 / (fanIn + fanOut))
    case .heUniform: uniform((6 / fanIn).squareRoot())
    case .heNormal: normal(2 / fanIn)
    case .lecunUniform: uniform((3 / fanIn).squareRoot())
    case .lecunNormal: normal(1 / fanIn)
    case .normal(let deviation): normal(deviation * deviation)
    case .uniform(let limit): uniform(limit)
    case .uniformAsPyTorch: uniform(1 / Double(max(1, fan)).squareRoot())
    case .orthogonal(let gain): fillOrthogonal(result, outputs, inputs, gain: gain, random)
    case .identity(let gain):
      for index in 0..<count { result[index] = index / inputs == index % inputs ? Scalar(gain) : 0 }
    case .constant(let value): result.update(repeating: Scalar(value), count: count)
    }
  }
}

extension RandomSource {
  /// A source with a seed from the operating system: the default of layers that are given none.
  ///
  /// Runs that shall repeat pass a seeded source, a stream of its own to each layer.
  public static func unseeded() -> RandomSource { RandomSource(seed: .random(in: 0 ... .max)) }
}
