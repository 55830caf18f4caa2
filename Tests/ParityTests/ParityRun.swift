import Foundation
import RecurrentNN
import RecurrentTensor

/// A cell that knows only its step: what the fast forms are measured against must itself be right.
struct SteppedCell<Base: RecurrentCell>: RecurrentCell {
  var base: Base

  var inputSize: Int { base.inputSize }
  var outputSize: Int { base.outputSize }

  func initialState(batchSize: Int) -> Base.State { base.initialState(batchSize: batchSize) }

  func step(_ input: Tensor, from state: Base.State) -> (output: Tensor, state: Base.State) {
    base.step(input, from: state)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) { base.visitParameters(&visitor) }
}

/// Replaces every parameter by the tensor of its path.
private struct WeightSetter: PathVisitor {
  var path = ParameterPath()
  var weights: [String: Tensor]

  mutating func visit(_ tensor: inout Tensor, at path: String, _ kind: ParameterKind) {
    guard let weight = weights.removeValue(forKey: path), weight.shape == tensor.shape else {
      preconditionFailure("the case has no weight \(path) \(tensor.shape)")
    }
    tensor = weight
  }
}

extension ParityFile {
  /// Builds the layer of a case, runs it forward and backward, and compares everything with the peers' results.
  ///
  /// - Parameters:
  ///   - parityCase: The case.
  ///   - bySteps: Whether the cells are reduced to their `step`, which the default loop walks over.
  ///   - spoiled: Changes the weights, for tests of this harness.
  /// - Returns: The worst difference.
  /// - Throws: If the file cannot be read.
  func worstDifference(
    of parityCase: ParityCase, bySteps: Bool = false, spoiled: (inout [String: Tensor]) -> Void = { _ in }
  ) throws -> Difference {
    func compare(_ makeCell: (Int) -> some RecurrentCell) throws -> Difference {
      bySteps
        ? try worst(parityCase, spoiled) { SteppedCell(base: makeCell($0)) }
        : try worst(parityCase, spoiled, makeCell: makeCell)
    }
    let (size, hasBias) = (parityCase.hiddenSize, parityCase.hasBias)
    switch parityCase.cell {
    case "lstm": return try compare { LSTMCell(inputSize: $0, hiddenSize: size, hasBias: hasBias) }
    case "gru":
      let reset: GRUCell.Reset = parityCase.reset == "before" ? .beforeProduct : .afterProduct
      return try compare { GRUCell(inputSize: $0, hiddenSize: size, reset: reset, hasBias: hasBias) }
    default:
      let activation = Activation(rawValue: parityCase.activation!)!
      return try compare { ElmanCell(inputSize: $0, hiddenSize: size, activation: activation, hasBias: hasBias) }
    }
  }

  private func worst<Cell: RecurrentCell>(
    _ parityCase: ParityCase, _ spoiled: (inout [String: Tensor]) -> Void, makeCell: (Int) -> Cell
  ) throws -> Difference {
    var layer = RecurrentLayer(
      inputSize: parityCase.inputSize, layers: parityCase.layers, direction: parityCase.layerDirection
    ) { makeCell($0.inputSize) }
    var weights = try tensors("weights.", of: parityCase)
    spoiled(&weights)
    var setter = WeightSetter(weights: weights)
    layer.visitParameters(&setter)
    precondition(setter.weights.isEmpty, "the layer has no \(setter.weights.keys.sorted())")

    let parts = parityCase.cell == "lstm" ? ["hidden", "cell"] : ["hidden"]
    let stateNames = parityCase.suffixes.flatMap { suffix in parts.map { $0 + suffix } }
    let input = try tensor("input", of: parityCase)!
    let given = parityCase.givesInitialState ? try stateNames.map { try tensor("initial." + $0, of: parityCase)! } : []

    var received: [String: Tensor] = [:]
    let (_, gradients, inputGradients) = valueAndGradients(of: layer, inputs: [input] + given) { layer, inputs in
      var states = inputs.dropFirst().makeIterator()
      let start = layer.initialState(batchSize: parityCase.batch).mapTensors { states.next() ?? $0 }
      let run = layer(inputs[0], lengths: parityCase.lengths, from: given.isEmpty ? nil : start)
      received["outputs"] = run.outputs.detached()
      var loss = (run.outputs * wave(cos, 0.37, 0.5, run.outputs.shape)).sum()
      for (index, (name, state)) in zip(stateNames, run.finalState.tensors).enumerated() {
        received["final." + name] = state.detached()
        loss = loss + (state * wave(sin, 0.53, 0.8 * Double(index + 1), state.shape)).sum()
      }
      return loss
    }
    for name in weights.keys { received["gradient." + name] = gradients[name] }
    for (name, gradient) in zip(["input"] + stateNames.map { "initial." + $0 }, inputGradients) {
      received["gradient." + name] = gradient
    }
    return try tensors("expected.", of: parityCase).map { name, expected in
      Difference(of: received[name], from: expected, place: "\(parityCase.name): \(name)")
    }.max() ?? Difference()
  }
}

/// The closed-form gradient of the loss with respect to a result: `function(step * i + shift)` in row-major order.
private func wave(_ function: (Double) -> Double, _ step: Double, _ shift: Double, _ shape: Shape) -> Tensor {
  Tensor((0..<shape.count).map { Scalar(function(step * Double($0) + shift)) }, shape: shape)
}
