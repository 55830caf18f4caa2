public import RecurrentTensor

/// The weights of a cell with gates, in PyTorch's layout and under PyTorch's names.
///
/// The rows of the gates lie below each other in the order that the cell documents.
public struct CellWeights: Module {
  /// `weight_ih`, `[gates * hidden, input]`: what meets the input, a block for each gate that does.
  public var inputWeight: Tensor
  /// `weight_hh`, `[gates * hidden, hidden]`: what meets the hidden state, a block for each gate that does. Where equations
  /// have gates over several values of a unit, it has columns for each of them.
  public var recurrentWeight: Tensor
  /// `bias_ih`, `[gates * hidden]`, added to the input's product; nil without bias.
  public var inputBias: Tensor?
  /// `bias_hh`, `[gates * hidden]`, added to the hidden state's product; nil without bias.
  public var recurrentBias: Tensor?

  /// Weights of one number a unit, which cells of ``CellEquations`` may have.
  public var unitWeights: [UnitWeight] = []

  /// One trained number for each unit.
  public struct UnitWeight: Sendable {
    /// The name among the parameters.
    public let name: String
    /// `[hidden]`.
    public var tensor: Tensor

    /// A weight of this name.
    public init(name: String, tensor: Tensor) { (self.name, self.tensor) = (name, tensor) }
  }

  /// The features of the input.
  public var inputSize: Int { inputWeight.shape[1] }
  /// The units of the hidden state.
  public var hiddenSize: Int { recurrentWeight.shape[1] / operands }
  /// The values of a unit that the recurrent weights meet.
  private let operands: Int

  /// Weights as `initialization` starts them.
  public init(
    inputSize: Int, hiddenSize: Int, gates: Int, hasBias: Bool, initialization: CellInitialization, random: RandomSource
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, inputGates: gates, recurrentGates: gates, operands: 1,
      hasBias: hasBias, initialization: initialization, random: random)
  }

  /// Weights for a cell of these equations. Weights of single units start as biases do.
  ///
  /// - Parameters:
  ///   - equations: The cell's equations.
  ///   - inputSize: The features of the input.
  ///   - hiddenSize: The units of the state.
  ///   - hasBias: Whether there are biases.
  ///   - initialization: How the weights start.
  ///   - random: The randomness of the start.
  public init(
    for equations: CellEquations, inputSize: Int, hiddenSize: Int, hasBias: Bool = true,
    initialization: CellInitialization = .uniformAsPyTorch, random: RandomSource = .unseeded()
  ) {
    self.init(
      inputSize: inputSize * equations.inputSteps, hiddenSize: hiddenSize, inputGates: equations.inputGates,
      recurrentGates: equations.recurrentGates, operands: max(1, equations.operands.count), hasBias: hasBias,
      initialization: initialization, random: random)
    unitWeights = equations.unitWeights.map { name in
      UnitWeight(
        name: name, tensor: initialization.bias.bias(count: hiddenSize, fan: hiddenSize, random: random.stream(name)))
    }
  }

  private init(
    inputSize: Int, hiddenSize: Int, inputGates: Int, recurrentGates: Int, operands: Int, hasBias: Bool,
    initialization: CellInitialization, random: RandomSource
  ) {
    require(
      inputSize >= 0, LayerMessages.option("CellWeights", "inputSize", expected: "at least 0", received: inputSize))
    require(
      hiddenSize > 0, LayerMessages.option("CellWeights", "hiddenSize", expected: "at least 1", received: hiddenSize))
    inputWeight = initialization.inputWeight.weights(
      outputs: hiddenSize, inputs: inputSize, blocks: inputGates, fan: hiddenSize, random: random.stream("weight_ih"))
    recurrentWeight = initialization.recurrentWeight.weights(
      outputs: hiddenSize, inputs: operands * hiddenSize, blocks: recurrentGates, fan: hiddenSize,
      random: random.stream("weight_hh"))
    self.operands = operands
    guard hasBias else { return }
    func bias(_ name: String, _ gates: Int) -> Tensor? {
      gates == 0
        ? nil : initialization.bias.bias(count: gates * hiddenSize, fan: hiddenSize, random: random.stream(name))
    }
    inputBias = bias("bias_ih", inputGates)
    recurrentBias = bias("bias_hh", recurrentGates)
  }

  /// Shows `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`, as far as the cell has them, then the weights of single
  /// units.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    if inputWeight.shape[0] > 0 { visitor.visit(&inputWeight, "weight_ih") }
    if recurrentWeight.shape[0] > 0 { visitor.visit(&recurrentWeight, "weight_hh") }
    visitor.visit(&inputBias, "bias_ih")
    visitor.visit(&recurrentBias, "bias_hh")
    for index in unitWeights.indices { visitor.visit(&unitWeights[index].tensor, unitWeights[index].name) }
  }

  /// The input's part of all gates, `[batch, gates * hidden]`.
  func inputProduct(_ input: Tensor) -> Tensor {
    input.linear(weight: inputWeight, bias: inputBias)
  }

  /// The hidden state's part of all gates, `[batch, gates * hidden]`.
  func recurrentProduct(_ hidden: Tensor) -> Tensor {
    hidden.linear(weight: recurrentWeight, bias: recurrentBias)
  }

  /// The part of `gates` `[batch, gates * hidden]` that belongs to the gate of this number.
  func gate(_ index: Int, of gates: Tensor) -> Tensor {
    gates[index * hiddenSize..<(index + 1) * hiddenSize, axis: 1]
  }
}
