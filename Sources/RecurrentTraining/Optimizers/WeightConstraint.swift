public import RecurrentNN
import RecurrentTensor

/// What weights must be after every update.
public enum WeightLimit: Hashable, Sendable, Codable {
  /// Every row, the weights that come into one unit, is at most this long (Srivastava et al. 2014); longer ones are
  /// shortened.
  case maximumNorm(Double)
  /// Every row is of length 1; a row of zeros stays.
  case unitNorm
  /// No weight is below 0; those that are become 0.
  case nonNegative
  /// No weight is larger in magnitude; those that are become the bound, or its negative. For the recurrent weights of units that
  /// meet nobody (Li et al. 2018) 2^(1/T) keeps values over T steps from more than doubling.
  case magnitude(Double)
  /// Every square block, the recurrent weights of a gate, lengthens a vector at most by this factor (Yoshida and Miyato 2017);
  /// others are scaled down. A matrix that is no square blocks below each other counts as one block.
  case spectralNorm(Double)
  /// No eigenvalue of a square block is larger in magnitude; others are scaled down (Jaeger 2001).
  case spectralRadius(Double)

  /// Whether it can hold for weights of this shape.
  fileprivate func fits(_ shape: Shape) -> Bool {
    switch self {
    case .spectralNorm: shape.rank == 2 && shape[1] > 0
    case .spectralRadius: shape.isSquareBlocks
    case .maximumNorm, .unitNorm, .nonNegative, .magnitude: true
    }
  }

  /// Its number, if it has one.
  var bound: Double? {
    switch self {
    case .maximumNorm(let bound), .spectralNorm(let bound), .spectralRadius(let bound), .magnitude(let bound): bound
    case .unitNorm, .nonNegative: nil
    }
  }
}

/// A limit on some of a model's weights.
public struct WeightConstraint: Hashable, Sendable, Codable {
  /// Which parameters: a dotted path, the name of a part for all below it, or a path with `*` for any characters.
  public var pattern: String
  /// What they must be.
  public var limit: WeightLimit

  /// - Parameters:
  ///   - pattern: Which parameters, as `*.weight_hh*`.
  ///   - limit: What they must be; a number in it is above 0.
  public init(_ pattern: String, _ limit: WeightLimit) {
    if let bound = limit.bound {
      require(
        bound > 0 && bound.isFinite, TrainingMessages.option("WeightConstraint", expected: "above 0", received: bound))
    }
    (self.pattern, self.limit) = (pattern, limit)
  }

  /// Reads a constraint.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: `DecodingError` for what is missing, and for a number that is not above 0.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    pattern = try container.decode(String.self, forKey: .pattern)
    limit = try container.decode(WeightLimit.self, forKey: .limit)
    if let bound = limit.bound, !(bound > 0 && bound.isFinite) {
      throw DecodingError.dataCorruptedError(
        forKey: .limit, in: container, debugDescription: "expected a number above 0, received \(bound)")
    }
  }
}

/// The limits on the weights of one model, which hold after every update of a trainer. Where several match a parameter they
/// act in their order.
///
/// ```swift
/// trainer.constraints = try WeightConstraints([WeightConstraint("*weight_hh*", .spectralRadius(1))], of: model)
/// ```
public struct WeightConstraints: Sendable {
  private let layout: ParameterLayout
  private let limits: [[WeightLimit]]

  /// Finds the parameters of each constraint.
  ///
  /// - Parameters:
  ///   - constraints: The constraints. Those of norms and radii of blocks want matrices of square blocks.
  ///   - model: The model that will be trained.
  /// - Throws: `ParameterPatternError` if a pattern matches no trained parameter.
  public init(_ constraints: [WeightConstraint], of model: some Module) throws(ParameterPatternError) {
    let layout = ParameterLayout(of: model)
    var limits = [[WeightLimit]](repeating: [], count: layout.entries.count)
    for constraint in constraints {
      for index in try ParameterPattern(constraint.pattern).indices(in: layout) {
        let entry = layout.entries[index]
        require(
          constraint.limit.fits(entry.shape),
          TrainingMessages.squareBlocks(constraint.pattern, entry.path, "\(entry.shape)"))
        limits[index].append(constraint.limit)
      }
    }
    (self.layout, self.limits) = (layout, limits)
  }

  /// Makes the weights of a model what they must be. Weights that are within the limits keep their bits.
  public func apply(to model: inout some Module) {
    require(layout == ParameterLayout(of: model), TrainingMessages.foreignModel)
    var limiter = Limiter(limits: limits)
    model.visitParameters(&limiter)
  }
}

private struct Limiter: ParameterVisitor {
  let limits: [[WeightLimit]]
  var next = 0

  mutating func visit(_ tensor: inout Tensor, _ name: String, _ kind: ParameterKind) {
    for limit in limits[next] { apply(limit, to: &tensor) }
    next += 1
  }

  private func apply(_ limit: WeightLimit, to tensor: inout Tensor) {
    switch limit {
    case .maximumNorm(let bound): tensor.scaleRows { $0 > bound ? bound / $0 : 1 }
    case .unitNorm: tensor.scaleRows { $0 > 0 ? 1 / $0 : 1 }
    case .nonNegative: if tensor.scalars.contains(where: { $0 < 0 }) { tensor = tensor.relu() }
    case .magnitude(let bound): tensor.clamp(to: Scalar(bound))
    case .spectralNorm(let bound): tensor.scaleBlocks(to: bound) { $0.spectralNorm }
    case .spectralRadius(let bound): tensor.scaleBlocks(to: bound) { $0.spectralRadius }
    }
  }
}

extension Tensor {
  /// Multiplies every row, a vector being one, by what `factor` makes of its length.
  fileprivate mutating func scaleRows(_ factor: (Double) -> Double) {
    let (count, length) = (count, shape.rank < 2 ? count : count / Swift.max(1, shape[0]))
    guard length > 0 else { return }
    let factors = withUnsafePointer { weights in
      stride(from: 0, to: count, by: length).map { start in
        factor((start..<start + length).reduce(0.0) { $0 + Double(weights[$1]) * Double(weights[$1]) }.squareRoot())
      }
    }
    scale(factors, each: length)
  }

  fileprivate mutating func clamp(to bound: Scalar) {
    guard scalars.contains(where: { abs($0) > bound }) else { return }
    let count = count
    withUnsafeMutablePointer { weights in
      for index in 0..<count { weights[index] = Swift.min(Swift.max(weights[index], -bound), bound) }
    }
  }

  /// Scales every square block, or a matrix that has none, whose measure is above the bound down to it.
  fileprivate mutating func scaleBlocks(to bound: Double, _ measure: (Tensor) -> Double) {
    let height = shape.isSquareBlocks ? shape[1] : Swift.max(1, shape[0])
    let factors = (0..<shape[0] / height).map { block in
      let size = measure(detached()[block * height..<(block + 1) * height, axis: 0])
      return size > bound ? bound / size : 1
    }
    scale(factors, each: height * shape[1])
  }

  private mutating func scale(_ factors: [Double], each length: Int) {
    guard factors.contains(where: { $0 != 1 }) else { return }
    withUnsafeMutablePointer { weights in
      for (part, factor) in factors.enumerated() where factor != 1 {
        for index in part * length..<(part + 1) * length { weights[index] *= Scalar(factor) }
      }
    }
  }
}

extension Shape {
  /// Whether this is a matrix of square blocks below each other.
  fileprivate var isSquareBlocks: Bool { rank == 2 && self[1] > 0 && self[0].isMultiple(of: self[1]) }
}
