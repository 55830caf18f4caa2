import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// Every built-in recurrent layer against PyTorch and Keras: outputs, final states and all gradients.
///
/// `scripts/parity/make_cases.py` draws the cases and says what they hold. `RECURRENT_PARITY` names another file of cases.
@Suite struct ParityTests {
  @Test(arguments: ParityCases.stored.cases)
  func agrees(with parityCase: ParityCase) throws {
    switch parityCase.cell {
    case "elman":
      try check(parityCase) { place in
        ElmanCell(
          inputSize: place.inputSize, hiddenSize: parityCase.hiddenSize,
          activation: Activation(rawValue: parityCase.activation!)!, hasBias: parityCase.hasBias)
      } state: {
        $0("hidden")
      }
    case "lstm":
      try check(parityCase) { place in
        LSTMCell(inputSize: place.inputSize, hiddenSize: parityCase.hiddenSize, hasBias: parityCase.hasBias)
      } state: {
        LSTMState(hidden: $0("hidden"), cell: $0("cell"))
      }
    default:
      try check(parityCase) { place in
        GRUCell(
          inputSize: place.inputSize, hiddenSize: parityCase.hiddenSize,
          reset: parityCase.reset == "after" ? .afterProduct : .beforeProduct, hasBias: parityCase.hasBias)
      } state: {
        $0("hidden")
      }
    }
  }

  private func check<Cell: RecurrentCell>(
    _ parityCase: ParityCase, makeCell: (RecurrentLayer<Cell>.Place) -> Cell,
    state: ((String) -> Tensor) -> Cell.State
  ) throws {
    let file = ParityCases.stored
    var suffixes: [String] = []
    let untrained = RecurrentLayer<Cell>(
      inputSize: parityCase.inputSize, layers: parityCase.layers, direction: parityCase.walk
    ) { place in
      suffixes.append(place.suffix)
      return makeCell(place)
    }
    let layer = ModuleTensors.replacing(untrained, file.group(parityCase, "weights"))
    let initial = file.group(parityCase, "initial")
    let stateNames = parityCase.cell == "lstm" ? ["hidden", "cell"] : ["hidden"]
    let keys = suffixes.flatMap { suffix in stateNames.map { $0 + suffix } }
    let input = file[parityCase, "input"]!
    let zeros = Tensor(zeros: [parityCase.batch, parityCase.hiddenSize])
    var outputs: [String: Tensor] = [:]
    let run = valueAndGradients(of: layer, inputs: [input] + keys.map { initial[$0] ?? zeros }) {
      (layer: RecurrentLayer<Cell>, inputs: [Tensor]) -> Tensor in
      let given = Dictionary(uniqueKeysWithValues: zip(keys, inputs.dropFirst()))
      let states = suffixes.map { suffix in state { given[$0 + suffix]! } }
      let directions = parityCase.direction == "bidirectional" ? 2 : 1
      let result = layer(
        inputs[0], lengths: parityCase.lengths, from: StackedState(states, directions: directions))
      outputs = ["outputs": result.outputs.detached()]
      var loss = (result.outputs * wave(result.outputs.shape, cos, 0.37, 0.5)).sum()
      for (index, (key, tensor)) in zip(keys, result.finalState.tensors).enumerated() {
        outputs["final.\(key)"] = tensor.detached()
        loss = loss + (tensor * wave(tensor.shape, sin, 0.53, 0.8 * Double(index + 1))).sum()
      }
      return loss
    }
    for entry in run.gradients.layout.entries { outputs["gradient.\(entry.path)"] = run.gradients[entry.path]! }
    outputs["gradient.input"] = run.inputGradients[0]
    for (key, gradient) in zip(keys, run.inputGradients.dropFirst()) where initial[key] != nil {
      outputs["gradient.initial.\(key)"] = gradient
    }
    let expected = file.group(parityCase, "expected")
    #expect(Set(outputs.keys) == Set(expected.keys))
    for (name, tensor) in expected {
      let error = Comparison.relativeError(outputs[name]!, tensor, floor: 1e-30)
      #expect(error <= 1e-5, "\(name) differs by \(error) of its largest entry")
    }
  }

  private func wave(_ shape: Shape, _ function: (Double) -> Double, _ step: Double, _ shift: Double) -> Tensor {
    Tensor((0..<shape.count).map { Scalar(function(step * Double($0) + shift)) }, shape: shape)
  }
}

/// One layer as the script describes it.
struct ParityCase: Decodable, Sendable, CustomTestStringConvertible {
  let cell, direction, name: String
  let merge, activation, reset: String?
  let layers, hiddenSize, inputSize, batch, time: Int
  let hasBias: Bool
  let lengths: [Int]?

  var testDescription: String { name }

  var walk: Direction {
    switch direction {
    case "forward": .forward
    case "backward": .backward
    default: .bidirectional(merge: Direction.Merge(rawValue: merge!)!)
    }
  }
}

struct ParityCases: Sendable {
  let cases: [ParityCase]
  private let file: SafetensorsFile

  static let stored: ParityCases = {
    let stored = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../Fixtures/parity.safetensors")
    let path = ProcessInfo.processInfo.environment["RECURRENT_PARITY"] ?? stored.standardizedFileURL.path
    return try! ParityCases(contentsOf: path)
  }()

  init(contentsOf path: String) throws {
    file = try SafetensorsFile(contentsOf: path)
    cases = try JSONDecoder().decode([ParityCase].self, from: Data(file.metadata["cases"]!.utf8))
  }

  private func prefix(_ parityCase: ParityCase) -> String { String(parityCase.name.prefix(3)) + "." }

  subscript(parityCase: ParityCase, name: String) -> Tensor? { try? file.tensor(prefix(parityCase) + name) }

  /// The tensors whose names begin with the case's number and this group.
  func group(_ parityCase: ParityCase, _ group: String) -> [String: Tensor] {
    let start = prefix(parityCase) + group + "."
    let names = file.entries.map(\.name).filter { $0.hasPrefix(start) }
    return Dictionary(uniqueKeysWithValues: names.map { (String($0.dropFirst(start.count)), try! file.tensor($0)) })
  }
}
