package import RecurrentNN
package import RecurrentTensor

/// A distribution that a network learns of each value to come, in place of the value alone: its parameters are what the
/// network puts out for a step.
///
/// A distribution is a file of its own that conforms to this, its loss in `RecurrentNN`, and a row in `all`.
package protocol ForecastDistribution: Sendable {
  /// Its name on the command line and in model folders.
  var name: String { get }

  /// Whether it is one of counts: 0, 1, 2, ... Its parameters are then those of the numbers in the file; of others they are
  /// those of the values in model space.
  var isOfCounts: Bool { get }

  /// The negative log-likelihood; a step has an output for each parameter.
  var loss: any LikelihoodLoss { get }

  /// The parameters that outputs stand for, in the order of the loss.
  ///
  /// Outputs of zero, which an untrained network gives, are to stand for the base and the size of its errors.
  ///
  /// - Parameters:
  ///   - outputs: `[rows, horizon]` for each parameter.
  ///   - frame: What they are measured by.
  /// - Returns: `[rows, horizon]` for each parameter.
  func parameters(of outputs: [Tensor], in frame: DistributionFrame) -> [Tensor]

  /// A quantile; of counts the smallest that is not exceeded with at least this probability.
  ///
  /// - Parameters:
  ///   - probability: Between 0 and 1.
  ///   - parameters: Those of one step, in the order of the loss.
  /// - Returns: The quantile. At a random number evenly spread over 0...1 it is a draw.
  func quantile(_ probability: Double, of parameters: [Double]) -> Double
}

/// What the outputs for some windows are measured by; all `[rows, horizon]`.
package struct DistributionFrame {
  /// What the location is added to: the base.
  package let location: Tensor
  /// The size of the errors of the base, above 0.
  package let scale: Tensor
  /// The mean of the window and 1: the size of counts.
  package let level: Tensor

  package init(location: Tensor, scale: Tensor, level: Tensor) {
    (self.location, self.scale, self.level) = (location, scale, level)
  }
}

extension ForecastDistribution {
  /// The number of outputs of a step.
  package var outputs: Int { loss.parameterCount }

  /// The point forecast: the median, which has the least absolute error.
  package func point(of parameters: [Double]) -> Double { quantile(0.5, of: parameters) }
}

/// The table of distributions.
package enum ForecastDistributions {
  /// Every distribution.
  package static let all: [any ForecastDistribution] = [
    GaussianDistribution(), StudentTDistribution(), NegativeBinomialDistribution(),
  ]

  /// The distribution of this name; nil if there is none.
  package static func named(_ name: String) -> (any ForecastDistribution)? { all.first { $0.name == name } }
}

extension Tensor {
  /// A number above 0.001 for every element: `softplus(x + ln(e - 1)) + 0.001`, about 1 at 0.
  package func positiveFactors() -> Tensor { (self + 0.541_324_854_6).softplus() + 1e-3 }
}
