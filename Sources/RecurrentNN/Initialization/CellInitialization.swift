/// How the weights of a cell start.
public struct CellInitialization: Hashable, Sendable, Codable {
  /// The weights that meet the input.
  public var inputWeight: Initializer
  /// The weights that meet the state.
  public var recurrentWeight: Initializer
  /// Both biases.
  public var bias: Initializer

  /// Each part by its own initialiser.
  public init(inputWeight: Initializer, recurrentWeight: Initializer, bias: Initializer) {
    self.inputWeight = inputWeight
    self.recurrentWeight = recurrentWeight
    self.bias = bias
  }

  /// The default: everything uniform within ±1/√hiddenSize, as PyTorch.
  public static let uniformAsPyTorch = CellInitialization(
    inputWeight: .uniformAsPyTorch, recurrentWeight: .uniformAsPyTorch, bias: .uniformAsPyTorch)

  /// Glorot-uniform input weights, orthogonal recurrent weights, zero biases, as Keras.
  public static let orthogonal = CellInitialization(
    inputWeight: .glorotUniform, recurrentWeight: .orthogonal(gain: 1), bias: .constant(0))
}
