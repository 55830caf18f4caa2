package import RecurrentTensor

extension RecurrentLayer {
  /// The multiply-adds of one step of one row: those of all cells, and of the gates of highway connections.
  public var multiplyAdds: Int {
    cells.reduce(0) { $0 + $1.multiplyAdds } + highwayGates.reduce(0) { $0 + $1.matrixScalars }
  }

  /// The steps of the longest block that is measured: states between longer ones are counted as between these.
  private static var measuredBlock: Int { 32 }

  /// The bytes that a training pass keeps for the way back, beside the inputs.
  ///
  /// - Parameters:
  ///   - rows: The rows of a batch.
  ///   - steps: The valid steps of each.
  /// - Returns: The results of all operations, and the gate values that fused scans keep.
  public func keptBytes(rows: Int, steps: Int) -> Int {
    var layer = self
    let walksByStep = cells.contains { regularization.walksByStep($0) }
    if recomputation == .automatic {
      let recomputes = !walksByStep && cells.contains { $0.recomputes(rows: rows, steps: steps) }
      layer.recomputation = recomputes ? .rootBlocks(of: steps) : .never
    }
    // Interleaved sequences are filled up to one length, and every chunk keeps what is between chunks.
    let chunk = walksByStep ? 1 : cells.reduce(1) { max($0, $1.chunkLength) }
    let distance = min(cells.reduce(1) { max($0, $1.stepDistance) }, Self.measuredBlock)
    var block = max(chunk, distance)
    if case .blocks(let length) = layer.recomputation {
      let filled = chunk > 1 ? 1 : distance
      let measured = (max(chunk, min(length, Self.measuredBlock)) + filled - 1) / filled * filled
      block = max(block, measured)
      layer.recomputation = .blocks(of: measured)
    }
    let rest = (steps - 1) % block + 1
    let measured = chunk > 1 && steps <= 2 * block ? [steps] : [rest + block, rest + 2 * block]
    return TrainingPass.keptBytes(rows: rows, steps: steps, measured: measured, shape: { [1, $0, inputSize] }) {
      _ = layer($0, context: &$1)
    }
  }
}

/// What layers keep in training.
package enum TrainingPass {
  /// The bytes that a pass over sequences keeps for the way back, beside its inputs: it is made for one row of a few steps,
  /// twice where every further step keeps as much, three times where it keeps more with every step before it.
  ///
  /// - Parameters:
  ///   - rows: The rows of a batch.
  ///   - steps: The steps of each row.
  ///   - measured: The numbers of steps that the pass is made for, each another; a polynomial through what it keeps goes on.
  ///   - shape: The shape of the input of one row with so many steps.
  ///   - pass: The pass over such an input.
  /// - Returns: The bytes.
  package static func keptBytes(
    rows: Int, steps: Int, measured: [Int] = [2, 3], shape: (_ steps: Int) -> Shape,
    _ pass: (Tensor, inout ForwardContext) -> Void
  ) -> Int {
    let scalars = measured.map { count in
      let tape = Tape()
      defer { tape.finish() }
      var context = ForwardContext.training(RandomSource(seed: 0), step: 0)
      pass(tape.watch(Tensor(zeros: shape(count))), &context)
      let others = measured.filter { $0 != count }
      return others.reduce(Double(tape.keptScalars)) { $0 * Double(steps - $1) / Double(count - $1) }
    }
    let bytes = scalars.reduce(0, +) * Double(rows) * Double(MemoryLayout<Scalar>.stride)
    return Int(min(max(0, bytes.rounded()), 0x1p62))
  }
}
