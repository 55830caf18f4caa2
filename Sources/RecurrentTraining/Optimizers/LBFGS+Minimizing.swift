public import RecurrentNN
public import RecurrentTensor

extension LBFGS {
  /// How the length of a step is found.
  public enum LineSearch: String, Hashable, Sendable, Codable, CaseIterable {
    /// The learning rate is the length.
    case fixed
    /// The loss falls enough and its slope has become flat enough (strong Wolfe conditions; Nocedal and Wright, 2006,
    /// section 3.5).
    case strongWolfe
  }

  /// How a minimisation ended.
  public struct Minimization: Hashable, Sendable {
    /// The loss of the model as it is now; that of the last evaluation where there is no line search.
    public let loss: Double
    /// The steps made.
    public let iterations: Int
    /// The evaluations of loss and gradients.
    public let evaluations: Int
  }

  /// Moves the parameters towards a minimum in several steps. A later call goes on where this one ended.
  ///
  /// - Parameters:
  ///   - model: The model; without a finite loss it stays as it was. It never moves to a place where the loss is known not to
  ///     be finite.
  ///   - maximumIterations: The most steps.
  ///   - maximumEvaluations: The most evaluations; nil for 1.25 times the iterations. The last line search may be cut
  ///     short by it.
  ///   - lineSearch: How the length of a step is found.
  ///   - evaluate: The loss and the gradients of a model, always of the same data.
  /// - Returns: How it ended.
  /// - Throws: What `evaluate` throws.
  @discardableResult
  public mutating func minimize<M: Module, Failure: Error>(
    _ model: inout M, maximumIterations: Int = 20, maximumEvaluations: Int? = nil,
    lineSearch: LineSearch = .strongWolfe,
    evaluate: (M) throws(Failure) -> (value: Scalar, gradients: Gradients)
  ) throws(Failure) -> Minimization {
    let most = maximumEvaluations ?? maximumIterations * 5 / 4
    var point = try point(model, length: 0, evaluate)
    var (iterations, evaluations) = (0, 1)
    while iterations < maximumIterations, point.isFinite, point.gradients.largestMagnitude > gradientTolerance {
      iterations += 1
      state.begin(point.gradients.layout)
      let slope = turn(against: point.gradients)
      guard slope <= -changeTolerance, slope.isFinite else { break }
      let before = point.loss
      var length = state.numbers["stepSize", default: 0]
      if lineSearch == .strongWolfe {
        var search = StrongWolfeSearch(
          start: SearchPoint(length: 0, loss: point.loss, slope: slope, gradients: point.gradients), length: length,
          largestDirection: largestDirection, changeTolerance: changeTolerance, mostEvaluations: most - evaluations)
        let start = model
        point = try search.run { (length) throws(Failure) in
          var trial = start
          advance(&trial, point.gradients, by: length)
          return try self.point(trial, length: length, evaluate)
        }
        length = point.length
        evaluations += search.evaluations
        if length > 0 { advance(&model, point.gradients, by: length) }
      } else {
        let start = model
        advance(&model, point.gradients, by: length)
        if iterations < maximumIterations {
          let next = try self.point(model, length: length, evaluate)
          evaluations += 1
          if next.isFinite { point = next } else { (model, length) = (start, 0) }
        }
      }
      state.numbers["stepSize"] = length
      if evaluations >= most || largestDirection * length <= changeTolerance { break }
      if abs(point.loss - before) < changeTolerance { break }
    }
    return Minimization(loss: point.loss, iterations: iterations, evaluations: evaluations)
  }

  private var largestDirection: Double {
    let direction = state.arenas[0]
    return direction.withUnsafePointer { scalars in
      Double((0..<direction.count).reduce(Scalar(0)) { max($0, abs(scalars[$1])) })
    }
  }

  private func point<M: Module, Failure: Error>(
    _ model: M, length: Double, _ evaluate: (M) throws(Failure) -> (value: Scalar, gradients: Gradients)
  ) throws(Failure) -> SearchPoint {
    let (value, raw) = try evaluate(model)
    let gradients = regularized(raw, of: model)
    var slope = 0.0
    if let direction = state.arenas.first {
      slope = direction.withUnsafePointer { direction in
        gradients.arena.withUnsafePointer { dot($0, direction, gradients.arena.count) }
      }
    }
    return SearchPoint(length: length, loss: Double(value), slope: slope, gradients: gradients)
  }
}
