public import RecurrentTensor

/// The weights of a cell with gates, in PyTorch's layout and under PyTorch's names.
///
/// The rows of the gates lie below each other in the order that the cell documents.
public struct CellWeights: Module {
  /// `weight_ih`, `[gates * hidden, input]`: what meets the input.
  public var inputWeight: Tensor
  /// `weight_hh`, `[gates * hidden, hidden]`: what meets the hidden state.
  public var recurrentWeight: Tensor
  /// `bias_ih`, `[gates * hidden]`, added to the input's product; nil without bias.
  public var inputBias: Tensor?
  /// `bias_hh`, `[gates * hidden]`, added to the hidden state's product; nil without bias.
  public var recurrentBias: Tensor?

  /// The features of the input.
  public var inputSize: Int { inputWeight.shape[1] }
  /// The units of the hidden state.
  public var hiddenSize: Int { recurrentWeight.shape[1] }

  /// Weights as `initialization` starts them.
  public init(
    inputSize: Int, hiddenSize: Int, gates: Int, hasBias: Bool, initialization: CellInitialization, random: RandomSource
  ) {
    require(
      inputSize >= 0, LayerMessages.option("CellWeights", "inputSize", expected: "at least 0", received: inputSize))
    require(
      hiddenSize > 0, LayerMessages.option("CellWeights", "hiddenSize", expected: "at least 1", received: hiddenSize))
    inputWeight = initialization.inputWeight.weights(
      outputs: hiddenSize, inputs: inputSize, blocks: gates, fan: hiddenSize, random: random.stream("weight_ih"))
    recurrentWeight = initialization.recurrentWeight.weights(
      outputs: hiddenSize, inputs: hiddenSize, blocks: gates, fan: hiddenSize, random: random.stream("weight_hh"))
    guard hasBias else { return }
    let count = gates * hiddenSize
    inputBias = initialization.bias.bias(count: count, fan: hiddenSize, random: random.stream("bias_ih"))
    recurrentBias = initialization.bias.bias(count: count, fan: hiddenSize, random: random.stream("bias_hh"))
  }

  /// Shows `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&inputWeight, "weight_ih")
    visitor.visit(&recurrentWeight, "weight_hh")
    visitor.visit(&inputBias, "bias_ih")
    visitor.visit(&recurrentBias, "bias_hh")
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
