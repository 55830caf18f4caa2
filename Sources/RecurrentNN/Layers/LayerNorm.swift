public import RecurrentTensor

/// Layer normalisation over the last axis: Ba, Kiros and Hinton 2016.
///
///     y = weight (x - mean) / √(variance + epsilon) + bias
///
/// Mean and (biased) variance are those of each vector along the last axis, or of each of its parts. Defaults as PyTorch:
/// weight 1, bias 0, epsilon 1e-5.
public struct LayerNorm: Layer, CustomStringConvertible {
  /// The factors, `[size]`.
  public var weight: Tensor
  /// The shifts, `[size]`.
  public var bias: Tensor
  /// What keeps the root away from zero.
  public let epsilon: Scalar
  /// The sizes of the parts of a vector that are each normalised by themselves.
  public let parts: [Int]

  /// A normalisation of vectors of this size.
  public init(size: Int, epsilon: Scalar = 1e-5) { self.init(parts: [size], epsilon: epsilon) }

  /// A normalisation of vectors that consist of parts of these sizes, each by itself.
  public init(parts: [Int], epsilon: Scalar = 1e-5) {
    require(
      !parts.isEmpty && parts.allSatisfy { $0 > 0 },
      LayerMessages.option("LayerNorm", "size", expected: "at least 1", received: parts.min() ?? 0))
    require(epsilon > 0, LayerMessages.option("LayerNorm", "epsilon", expected: "above 0", received: epsilon))
    let size = parts.reduce(0, +)
    weight = Tensor(repeating: 1, shape: [size])
    bias = Tensor(zeros: [size])
    (self.epsilon, self.parts) = (epsilon, parts)
  }

  /// The length of the vectors.
  public var size: Int { weight.count }

  /// The columns of each part.
  private var ranges: [Range<Int>] {
    var start = 0
    return parts.map { size in
      defer { start += size }
      return start..<start + size
    }
  }

  /// Normalises `[..., size]`, as one entry of the tape.
  ///
  /// With n the normalised input, u the gradient of it and s = 1 / √(variance + epsilon), the gradient of a part is
  /// s (u - mean(u) - n mean(u n)).
  public func callAsFunction(_ input: Tensor, context: inout ForwardContext) -> Tensor {
    require(
      input.shape.rank >= 1 && input.shape.last == size,
      LayerMessages.shape("LayerNorm", "input", expected: "[..., \(size)]", received: input.shape))
    let (normalized, scales) = normalized(input)
    let factors = weight.detached()
    let result = normalized.multiplying(rowVector: factors).adding(rowVector: bias.detached())
    guard let tape = Tape.recording(input, weight, bias) else { return result }
    let (slot, weightSlot, biasSlot, ranges) = (input.slot, weight.slot, bias.slot, ranges)
    return tape.record(result, keeping: normalized.count + scales.reduce(0) { $0 + $1.count }) { upstream, sink in
      sink.addColumnSums(of: upstream, into: biasSlot)
      if weightSlot != nil { sink.addColumnSums(of: upstream * normalized, into: weightSlot) }
      guard slot != nil else { return }
      let scaled = upstream.multiplying(rowVector: factors)
      let axis = scaled.shape.rank - 1
      let gradients = zip(ranges, scales).map { range, scales in
        let isWhole = ranges.count == 1
        return Self.gradient(
          isWhole ? scaled : scaled[range, axis: axis], isWhole ? normalized : normalized[range, axis: axis], scales)
      }
      sink.accumulate(ranges.count == 1 ? gradients[0] : Tensor.concatenate(gradients, axis: axis), into: slot)
    }
  }

  /// (x - mean) / √(variance + epsilon) of every part of every row, and 1 / √(variance + epsilon) of each, part by part.
  private func normalized(_ input: Tensor) -> (Tensor, scales: [Tensor]) {
    let (rows, size, epsilon) = (input.shape.rowCount, size, epsilon)
    var scales = ranges.map { _ in Tensor(zeros: [rows]) }
    let result = Tensor(shape: input.shape) { result in
      input.withUnsafePointer { input in
        for (part, range) in ranges.enumerated() {
          let count = Scalar(range.count)
          scales[part].withUnsafeMutablePointer { scales in
            for row in 0..<rows {
              let (x, y) = (input + row * size, result + row * size)
              let mean = range.reduce(Scalar(0)) { $0 + x[$1] } / count
              for index in range { y[index] = x[index] - mean }
              let variance = range.reduce(Scalar(0)) { $0 + y[$1] * y[$1] } / count
              scales[row] = 1 / (variance + epsilon).squareRoot()
              for index in range { y[index] *= scales[row] }
            }
          }
        }
      }
    }
    return (result, scales)
  }

  /// The gradient of a part whose normalised values have the gradient `upstream`.
  private static func gradient(_ upstream: Tensor, _ normalized: Tensor, _ scales: Tensor) -> Tensor {
    let (axis, size) = (upstream.shape.rank - 1, Scalar(upstream.shape.last))
    let means = (upstream.sum(axis: axis), (upstream * normalized).sum(axis: axis))
    let centred = upstream.adding(perRow: means.0 * (-1 / size))
    let gradient = centred - normalized.multiplying(perRow: means.1 * (1 / size))
    return gradient.multiplying(perRow: scales.reshaped(to: means.0.shape))
  }

  /// Shows `weight`, `bias`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&weight, "weight")
    visitor.visit(&bias, "bias")
  }

  /// As `LayerNorm(20), 40 parameters`.
  public var description: String {
    described(as: "LayerNorm", [parts.map { "\($0)" }.joined(separator: " + ")])
  }
}
