public import RecurrentNN
import RecurrentTensor

/// What a model consists of and what it costs, layer by layer.
///
/// Multiply-adds are those of products with matrices and of attention, for one step of one sequence, or once a sequence for
/// layers behind the place where steps become one vector; what is done number by number is not counted. What training keeps are the results of
/// all operations and what the fused scans keep of gates and memories, for a batch of sequences of one length; inputs and the
/// gradients of weights come on top.
public struct ModelSummary: Hashable, Sendable, Encodable {
  /// One layer.
  public struct Row: Hashable, Sendable, Encodable {
    /// The place among the paths of parameters: `layers.1`.
    public let place: String
    /// What the layer is: `lstm`, `linear`.
    public let name: String
    /// The shape of what it gives: `[batch, time, 64]`.
    public let output: String
    /// The trained numbers.
    public let parameters: Int
    /// The numbers that are held fixed, as those of a reservoir.
    public let frozen: Int
    /// The bytes of all of them.
    public let weightBytes: Int
    /// The bytes that a training pass keeps for the way back.
    public let keptBytes: Int
    /// The multiply-adds of one step, or of a sequence if there are no more steps.
    public let multiplyAdds: Int
    /// Whether the layer works at each step.
    public let isEveryStep: Bool
  }

  /// The layers in order.
  public let rows: [Row]
  /// The steps of a sequence, for what training keeps.
  public let length: Int
  /// The sequences of a batch, for what training keeps.
  public let batch: Int
  /// The trained numbers of all layers.
  public let parameters: Int
  /// The numbers of all layers that are held fixed.
  public let frozen: Int
  /// The bytes of all numbers.
  public let weightBytes: Int
  /// The bytes that a training pass keeps.
  public let keptBytes: Int
  /// The multiply-adds of one step of one sequence.
  public let multiplyAddsPerStep: Int
  /// The multiply-adds of one sequence of `length` steps.
  public let multiplyAddsPerSequence: Int

  /// A summary of a model.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - length: The steps of a sequence, 1 to 1,000,000.
  ///   - batch: The sequences of a batch, 1 to 65,536.
  /// - Throws: `DescriptionError` for a length or a batch out of range.
  public init(of model: DescribedModel, length: Int, batch: Int) throws(DescriptionError) {
    try DescriptionCheck.count(length, "length", in: 1...1_000_000)
    try DescriptionCheck.count(batch, "batch", in: 1...65_536)
    let forms = try model.plan.forms()
    let inputs = [model.plan.input] + forms
    rows = model.layers.indices.map { index in
      Row(model, index, input: inputs[index], output: forms[index], length: length, batch: batch)
    }
    (self.length, self.batch) = (length, batch)
    parameters = rows.reduce(0) { $0 + $1.parameters }
    frozen = rows.reduce(0) { $0 + $1.frozen }
    weightBytes = rows.reduce(0) { $0 + $1.weightBytes }
    keptBytes = Int(min(rows.reduce(0.0) { $0 + Double($1.keptBytes) }, 0x1p62))
    multiplyAddsPerStep = rows.reduce(0) { $0 + ($1.isEveryStep ? $1.multiplyAdds : 0) }
    multiplyAddsPerSequence =
      multiplyAddsPerStep * length + rows.reduce(0) { $0 + ($1.isEveryStep ? 0 : $1.multiplyAdds) }
  }
}

extension ModelSummary.Row {
  fileprivate init(
    _ model: DescribedModel, _ index: Int, input: SequenceForm, output: SequenceForm, length: Int, batch: Int
  ) {
    let (layer, plan) = (model.layers[index], model.plan.layers[index])
    let layout = ParameterLayout(of: layer)
    place = "layers.\(index)"
    name = plan.title
    self.output = "\(output)"
    parameters = layout.trainableCount
    frozen = layout.scalarCount - layout.trainableCount
    weightBytes = layout.scalarCount * MemoryLayout<Scalar>.stride
    keptBytes = layer.keptBytes(of: input, rows: batch, steps: length)
    multiplyAdds = layer.multiplyAdds(steps: length)
    isEveryStep = input.hasSteps
  }
}

/// What the weights of any model folder consist of, part by part.
public struct WeightsSummary: Hashable, Sendable, Encodable {
  /// The tensors of one part: those with one beginning of the path.
  public struct Row: Hashable, Sendable, Encodable {
    /// The beginning of the paths: `level.encoder`.
    public let part: String
    /// The tensors.
    public var tensors: Int
    /// The numbers of all of them.
    public var numbers: Int
  }

  /// The parts in the order of the file.
  public let rows: [Row]
  /// The numbers of all parts.
  public let numbers: Int
  /// The bytes of all numbers.
  public let weightBytes: Int

  /// The parts of a file of weights.
  public init(of file: SafetensorsFile) {
    var (rows, places) = ([Row](), [String: Int]())
    for entry in file.entries {
      let part = entry.name.lastIndex(of: ".").map { String(entry.name[..<$0]) } ?? ""
      if places[part] == nil {
        places[part] = rows.count
        rows.append(Row(part: part, tensors: 0, numbers: 0))
      }
      rows[places[part]!].tensors += 1
      // An empty tensor may name other axes of any length.
      rows[places[part]!].numbers += entry.shape.contains(0) ? 0 : entry.shape.reduce(1, *)
    }
    self.rows = rows
    numbers = rows.reduce(0) { $0 + $1.numbers }
    weightBytes = file.entries.reduce(0) { $0 + $1.bytes.count }
  }
}
