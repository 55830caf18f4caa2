package import RecurrentTensor

/// The valid steps of each row of a batch of sequences, checked against the batch's shape. The name of a layer is made for a
/// message alone: a type's name takes longer than a short step.
package struct StepLengths: Sendable {
  /// The rows of the batch.
  package let rows: Int
  /// The steps of the batch, valid or not.
  package let steps: Int
  /// The valid steps of each row; nil if all steps of all rows are valid.
  package let lengths: [Int]?

  /// Stops unless every length lies in `0...steps` and there is one for each row.
  package init(_ layer: @autoclosure () -> String, _ lengths: [Int]?, rows: Int, steps: Int) {
    self.rows = rows
    self.steps = steps
    if let lengths {
      require(
        lengths.count == rows,
        LayerMessages.count(layer(), "lengths, one for each row", expected: rows, received: lengths.count))
      for (row, length) in lengths.enumerated() where length < 0 || length > steps {
        stop(LayerMessages.length(layer(), row: row, steps: steps, received: length))
      }
    }
    self.lengths = lengths.flatMap { $0.allSatisfy { $0 == steps } ? nil : $0 }
  }

  /// The lengths of `inputs`, which must be `[batch, time, ...]`.
  package init(_ layer: @autoclosure () -> String, _ lengths: [Int]?, inputs: Tensor) {
    require(
      inputs.shape.rank >= 2,
      LayerMessages.shape(layer(), "input", expected: "[batch, time, ...]", received: inputs.shape))
    self.init(layer(), lengths, rows: inputs.shape[0], steps: inputs.shape[1])
  }

  /// The lengths of `inputs`, which must be `[batch, time, inputSize]`.
  package init(_ layer: @autoclosure () -> String, _ lengths: [Int]?, inputs: Tensor, inputSize: Int) {
    require(
      inputs.shape.rank == 3 && inputs.shape[2] == inputSize,
      LayerMessages.shape(layer(), "input", expected: "[batch, time, \(inputSize)]", received: inputs.shape))
    self.init(layer(), lengths, rows: inputs.shape[0], steps: inputs.shape[1])
  }

  /// The valid steps of the longest row.
  package var longest: Int { lengths.map { $0.max() ?? 0 } ?? steps }

  /// The valid steps of one row.
  package func length(ofRow row: Int) -> Int { lengths?[row] ?? steps }

  /// The valid steps of all rows together.
  package var validCount: Int { lengths?.reduce(0, +) ?? rows * steps }

  /// 1 for each row in which this step is valid, else 0, `[batch]`; nil if it is valid in all.
  package func mask(at step: Int) -> Tensor? {
    guard let lengths, lengths.contains(where: { $0 <= step }) else { return nil }
    return Tensor(lengths.map { step < $0 ? 1 : 0 }, shape: [rows])
  }

  /// 1 at each valid step, else 0, `[batch, time]`; nil if all are valid.
  package var mask: Tensor? {
    guard let lengths else { return nil }
    return Tensor(shape: [rows, steps]) { mask in
      for row in 0..<rows {
        for step in 0..<steps { mask[row * steps + step] = step < lengths[row] ? 1 : 0 }
      }
    }
  }

  /// `sequences` `[batch, time, ...]` with zeros (or `padding`) at the steps that are not valid, whatever stood there.
  package func masked(_ sequences: Tensor, padding: Scalar = 0) -> Tensor {
    guard let mask else { return sequences }
    return Tensor.select(where: mask, sequences, otherwise: Tensor(repeating: padding, shape: sequences.shape))
  }
}
