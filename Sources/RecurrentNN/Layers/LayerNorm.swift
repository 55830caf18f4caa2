public import RecurrentTensor

/// Layer normalisation over the last axis: Ba, Kiros and Hinton 2016.
///
///     y = weight (x - mean) / √(variance + epsilon) + bias
///
/// Mean and (biased) variance are those of each vector along the last axis. Defaults as PyTorch: weight 1, bias 0,
/// epsilon 1e-5.
public struct LayerNorm: Layer, CustomStringConvertible {
  /// The factors, `[size]`.
  public var weight: Tensor
  /// The shifts, `[size]`.
  public var bias: Tensor
  /// What keeps the root away from zero.
  public let epsilon: Scalar

  /// A normalisation of vectors of this size.
  public init(size: Int, epsilon: Scalar = 1e-5) {
    require(size > 0, LayerMessages.option("LayerNorm", "size", expected: "at least 1", received: size))
    require(epsilon > 0, LayerMessages.option("LayerNorm", "epsilon", expected: "above 0", received: epsilon))
    weight = Tensor(repeating: 1, shape: [size])
    bias = Tensor(zeros: [size])
    self.epsilon = epsilon
  }

  /// The length of the vectors.
  public var size: Int { weight.count }

  /// Normalises `[..., size]`.
  public func callAsFunction(_ input: Tensor, context: inout ForwardContext) -> Tensor {
    require(
      input.shape.rank >= 1 && input.shape.last == size,
      LayerMessages.shape("LayerNorm", "input", expected: "[..., \(size)]", received: input.shape))
    return normalized(input).multiplying(rowVector: weight).adding(rowVector: bias)
  }

  /// (x - mean) / √(variance + epsilon) of every row, as one entry of the tape.
  ///
  /// With n the result, u the upstream gradient and s = 1 / √(variance + epsilon), the gradient of a row is
  /// s (u - mean(u) - n mean(u n)).
  private func normalized(_ input: Tensor) -> Tensor {
    let (rows, size, epsilon) = (input.shape.rowCount, size, epsilon)
    var scales = Tensor(zeros: [rows])
    let result = Tensor(shape: input.shape) { result in
      scales.withUnsafeMutablePointer { scales in
        input.withUnsafePointer { input in
          for row in 0..<rows {
            let (x, y) = (input + row * size, result + row * size)
            let mean = (0..<size).reduce(Scalar(0)) { $0 + x[$1] } / Scalar(size)
            for index in 0..<size { y[index] = x[index] - mean }
            let variance = (0..<size).reduce(Scalar(0)) { $0 + y[$1] * y[$1] } / Scalar(size)
            scales[row] = 1 / (variance + epsilon).squareRoot()
            for index in 0..<size { y[index] *= scales[row] }
          }
        }
      }
    }
    guard let tape = Tape.recording(input) else { return result }
    let (slot, kept) = (input.slot, scales)
    return tape.record(result) { upstream, sink in
      let inner = upstream * result
      let means = (upstream.sum(axis: upstream.shape.rank - 1), inner.sum(axis: inner.shape.rank - 1))
      let factors = kept.reshaped(to: means.0.shape)
      let centred = upstream.adding(perRow: means.0 * (-1 / Scalar(size)))
      let gradient = centred - result.multiplying(perRow: means.1 * (1 / Scalar(size)))
      sink.accumulate(gradient.multiplying(perRow: factors), into: slot)
    }
  }

  /// Shows `weight`, `bias`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&weight, "weight")
    visitor.visit(&bias, "bias")
  }

  /// As `LayerNorm(20), 40 parameters`.
  public var description: String { described(as: "LayerNorm", ["\(size)"]) }
}
