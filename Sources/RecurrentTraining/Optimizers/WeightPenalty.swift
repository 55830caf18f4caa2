public import RecurrentNN
import RecurrentTensor

/// A price on large weights that is added to the loss, as Keras's `L1`, `L2` and `L1L2`:
///
///     loss + l1 · Σ|w| + l2 · Σw²        gradient + l1 · sign(w) + 2 · l2 · w
///
/// L1 drives weights to zero, L2 makes all of them smaller (weight decay of plain gradient descent is 2 · l2).
public struct WeightPenalty: Hashable, Sendable, Codable {
  /// Which parameters: a dotted path, the name of a part for all below it, or a path with `*` for any characters.
  public var pattern: String
  /// The price of the sum of magnitudes.
  public var l1: Double
  /// The price of the sum of squares.
  public var l2: Double

  /// - Parameters:
  ///   - pattern: Which parameters, as `*.weight*`; all trained ones by default.
  ///   - l1: The price of the sum of magnitudes.
  ///   - l2: The price of the sum of squares.
  public init(_ pattern: String = "*", l1: Double = 0, l2: Double = 0) {
    checkOption("WeightPenalty l1", l1)
    checkOption("WeightPenalty l2", l2)
    self.pattern = pattern
    self.l1 = l1
    self.l2 = l2
  }

  /// Reads a penalty.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: `DecodingError` for what is missing, and for a price below 0.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    pattern = try container.decode(String.self, forKey: .pattern)
    l1 = try container.option(.l1)
    l2 = try container.option(.l2)
  }
}

/// The penalties on the weights of one model. Where several match a parameter they add up.
///
/// ```swift
/// trainer.penalties = try WeightPenalties([WeightPenalty("*.weight*", l2: 1e-4)], of: model)
/// ```
public struct WeightPenalties: Sendable {
  private let layout: ParameterLayout
  private let prices: [(l1: Double, l2: Double)]

  /// Finds the parameters of each penalty.
  ///
  /// - Parameters:
  ///   - penalties: The penalties.
  ///   - model: The model that will be trained.
  /// - Throws: `ParameterPatternError` if a pattern matches no trained parameter.
  public init(_ penalties: [WeightPenalty], of model: some Module) throws(ParameterPatternError) {
    let layout = ParameterLayout(of: model)
    var prices = [(l1: Double, l2: Double)](repeating: (0, 0), count: layout.entries.count)
    for penalty in penalties {
      for index in try ParameterPattern(penalty.pattern).indices(in: layout) {
        prices[index].l1 += penalty.l1
        prices[index].l2 += penalty.l2
      }
    }
    self.layout = layout
    self.prices = prices
  }

  /// Adds the gradients of the penalties to those of a model.
  ///
  /// - Parameters:
  ///   - gradients: The gradients of the model.
  ///   - model: The model.
  /// - Returns: The sum of the penalties.
  @discardableResult
  public func add(to gradients: inout Gradients, of model: some Module) -> Double {
    require(layout == gradients.layout, TrainingMessages.foreignModel)
    var model = model
    return gradients.arena.withUnsafeMutablePointer { arena in
      var adder = PenaltyAdder(layout: layout, prices: prices, arena: arena)
      model.visitParameters(&adder)
      return adder.sum
    }
  }
}

private struct PenaltyAdder: ParameterVisitor {
  let layout: ParameterLayout
  let prices: [(l1: Double, l2: Double)]
  let arena: UnsafeMutablePointer<Scalar>
  var next = 0
  var sum = 0.0

  mutating func visit(_ tensor: inout Tensor, _ name: String, _ kind: ParameterKind) {
    require(next < prices.count, TrainingMessages.foreignModel)
    let (range, price) = (layout.entries[next].range, prices[next])
    next += 1
    guard kind == .parameter, price.l1 > 0 || price.l2 > 0 else { return }
    let (pull, slope, slopes) = (Scalar(price.l1), Scalar(2 * price.l2), arena + range.lowerBound)
    let (magnitudes, squares) = tensor.withUnsafePointer { weights in
      var (magnitudes, squares) = (0.0, 0.0)
      for index in 0..<range.count {
        let weight = weights[index]
        magnitudes += Double(abs(weight))
        squares += Double(weight) * Double(weight)
        slopes[index] += (weight > 0 ? pull : weight < 0 ? -pull : 0) + slope * weight
      }
      return (magnitudes, squares)
    }
    sum += price.l1 * magnitudes + price.l2 * squares
  }
}
