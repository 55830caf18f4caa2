import RecurrentKernels
public import RecurrentTensor

/// The gradients of all trained tensors of a module, in one flat arena in visit order.
///
/// One pass over the arena clips or updates, one call hands it to a reducer.
public struct Gradients: Sendable {
  /// Which part of the arena belongs to which tensor.
  public let layout: ParameterLayout
  /// All gradients behind each other: `[layout.trainableCount]`.
  package var arena: Tensor

  package init(layout: ParameterLayout, arena: Tensor) {
    require(
      arena.count == layout.trainableCount,
      LayerMessages.count("Gradients", "scalars", expected: layout.trainableCount, received: arena.count))
    self.layout = layout
    self.arena = arena
  }

  /// Gradients that are all zero.
  public init(zerosFor layout: ParameterLayout) {
    self.init(layout: layout, arena: Tensor(zeros: [layout.trainableCount]))
  }

  /// A copy of the gradient of one tensor, by its dotted path; nil if no trained tensor has that path.
  public subscript(path: String) -> Tensor? {
    guard let entry = layout[path], entry.kind == .parameter else { return nil }
    return Tensor(shape: entry.shape) { result in
      arena.withUnsafePointer { result.update(from: $0 + entry.range.lowerBound, count: entry.range.count) }
    }
  }

  /// The sum of the squares of all gradients.
  public var sumOfSquares: Scalar {
    arena.withUnsafePointer { VectorMath.sumOfSquares($0, count: arena.count) }
  }

  /// The path of the first tensor whose gradient holds an infinity or NaN, or nil.
  public var firstNonFinitePath: String? {
    arena.withUnsafePointer { scalars in
      layout.parameterIndices.lazy.map { layout.entries[$0] }
        .first { entry in !entry.range.allSatisfy { scalars[$0].isFinite } }?.path
    }
  }

  /// Adds other gradients of the same model.
  public mutating func add(_ other: Gradients) {
    require(layout == other.layout, LayerMessages.foreignGradients)
    let count = arena.count
    arena.withUnsafeMutablePointer { sum in
      other.arena.withUnsafePointer { for index in 0..<count { sum[index] += $0[index] } }
    }
  }

  /// Multiplies every gradient by a number.
  public mutating func scale(by factor: Scalar) {
    let count = arena.count
    arena.withUnsafeMutablePointer { for index in 0..<count { $0[index] *= factor } }
  }
}
