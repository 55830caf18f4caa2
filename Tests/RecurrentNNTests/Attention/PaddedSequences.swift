import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// Sequences of unequal length, and what must hold for whoever reads them.
enum PaddedSequences {
  static let lengths = [5, 0, 3, 1]

  /// `sequences` with NaN at the steps that are not valid.
  static func spoiled(_ sequences: Tensor, _ lengths: [Int] = lengths) -> Tensor {
    var spoiled = sequences
    for (row, length) in lengths.enumerated() {
      for step in length..<sequences.shape[1] {
        for feature in 0..<sequences.shape[2] { spoiled[row, step, feature] = .nan }
      }
    }
    return spoiled
  }

  /// Whether outputs and gradients of all parameters are the same with NaN in the padding, where no gradient arrives.
  static func expectNoLeak<M: Module>(
    _ module: M, _ x: Tensor, sourceLocation: SourceLocation = #_sourceLocation, _ outputs: (M, Tensor) -> Tensor
  ) {
    let runs = [x, spoiled(x)].map { x in
      valueAndGradients(of: module, inputs: [x]) { module, inputs in
        let outputs = outputs(module, inputs[0])
        var data = TestData(seed: 77)
        return (outputs * data.tensor(outputs.shape)).sum()
      }
    }
    #expect(runs[0].value == runs[1].value, sourceLocation: sourceLocation)
    #expect(runs[0].value.isFinite, sourceLocation: sourceLocation)
    for entry in runs[0].gradients.layout.entries where entry.kind == .parameter {
      let (seen, expected) = (runs[1].gradients[entry.path], runs[0].gradients[entry.path])
      #expect(seen == expected, "\(entry.path)", sourceLocation: sourceLocation)
    }
    let gradient = runs[1].inputGradients[0]
    #expect(gradient == runs[0].inputGradients[0], sourceLocation: sourceLocation)
    for (row, length) in lengths.enumerated() {
      let padding = gradient[at: row, axis: 0][length..<x.shape[1], axis: 0]
      #expect(padding == Tensor(zeros: padding.shape), sourceLocation: sourceLocation)
    }
  }
}
