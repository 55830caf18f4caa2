package import RecurrentNN
package import RecurrentTensor

/// Nodes by a bidirectional LSTM that reads the words below each node, a head behind what depends on it, as a sequence of its own
/// and knows nothing of the tree: what a network over trees has to beat, with the same words and labels.
package struct SpanNodeEncoder: NodeEncoder {
  package var layer: LSTM

  package init(wordSize: Int, hiddenSize: Int, random: RandomSource) {
    layer = LSTM(inputSize: wordSize, hiddenSize: hiddenSize, direction: .bidirectional, random: random)
  }

  /// Both directions' last states.
  package var outputSize: Int { layer.outputSize }
  /// Any number.
  package var mostChildren: Int? { nil }
  /// Yes: the words of a node are those below it and its own.
  package var takesHeads: Bool { true }

  package func nodes(_ words: Tensor, of forest: Forest) -> Tensor {
    var (spans, before) = ([Range<Int>](), 0)
    for tree in forest.trees {
      spans += tree.spans.map { $0.lowerBound + before..<$0.upperBound + before }
      before += tree.wordCount
    }
    // Spans of like length are a batch, so that little of it is padding.
    var groups: [Int: [Int]] = [:]
    for (node, span) in spans.enumerated() {
      groups[Int.bitWidth - (span.count - 1).leadingZeroBitCount, default: []].append(node)
    }
    var (outputs, places) = ([Tensor](), [RowPlace?](repeating: nil, count: spans.count))
    for (number, group) in groups.sorted(by: { $0.key < $1.key }).enumerated() {
      let lengths = group.value.map { spans[$0].count }
      let steps = lengths.max() ?? 0
      let rows = group.value.flatMap { node in
        (0..<steps).map { $0 < spans[node].count ? RowPlace(tensor: 0, row: spans[node].lowerBound + $0) : nil }
      }
      let sequences = Tensor.rows(of: [words], at: rows).reshaped(to: [lengths.count, steps, words.shape[1]])
      outputs.append(layer(sequences, lengths: lengths).lastOutputs)
      for (row, node) in group.value.enumerated() { places[node] = RowPlace(tensor: number, row: row) }
    }
    return outputs.isEmpty ? Tensor(zeros: [0, outputSize]) : Tensor.rows(of: outputs, at: places)
  }

  package mutating func visitParameters(_ visitor: inout some ParameterVisitor) { layer.visitParameters(&visitor) }
}
