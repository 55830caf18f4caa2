public import RecurrentNN
public import RecurrentTensor

/// A model that was made from its description.
///
/// Parameters are called `layers.0.weight`, `layers.1.weight_ih_l0` and so on, by the place of their layer. Losses and training
/// are those of any module: a model of one's own holds this one and adds the loss of a batch.
///
/// ```swift
/// struct Classifier: TrainableModel {
///   var network: DescribedModel
///
///   func loss(on batch: Sentences, context: inout ForwardContext) -> Tensor {
///     let scores = network(batch.words, lengths: batch.lengths, context: &context)
///     return SoftmaxCrossEntropy()(scores, classes: batch.classes)
///   }
///
///   mutating func visitParameters(_ visitor: inout some ParameterVisitor) { visitor.visit(&network, "network") }
/// }
/// ```
public struct DescribedModel: Module {
  /// What it was made from.
  public let plan: SequenceModelDescription
  /// The layers in order.
  private(set) var layers: [any DescribedLayer]

  init(_ plan: SequenceModelDescription, layers: [any DescribedLayer]) { (self.plan, self.layers) = (plan, layers) }

  /// The outputs for sequences of vectors.
  ///
  /// - Parameters:
  ///   - inputs: `[batch, time, features]`.
  ///   - lengths: The valid steps of each row, each in `0...time`; nil if all are valid. What a layer makes of a single step is
  ///     made of all, valid or not.
  ///   - context: Training or inference.
  /// - Returns: `[batch, time, size]`, or `[batch, size]` where a layer makes one vector of a sequence.
  public func callAsFunction(_ inputs: Tensor, lengths: [Int]? = nil, context: inout ForwardContext) -> Tensor {
    require(
      plan.features != nil && inputs.shape.rank == 3 && inputs.shape[2] == plan.features,
      LayerMessages.shape(
        "DescribedModel", "input",
        expected: plan.features.map { "[batch, time, \($0)]" } ?? "[batch, time], the numbers of words",
        received: inputs.shape))
    return outputs(inputs, lengths, &context)
  }

  /// The outputs for sequences of words, in training or inference.
  ///
  /// - Parameters:
  ///   - tokens: The numbers of the words of each row, all rows of one length: fill up with any word.
  ///   - lengths: The valid steps of each row, each in `0...time`; nil if all are valid.
  ///   - context: Training or inference.
  /// - Returns: `[batch, time, size]`, or `[batch, size]` where a layer makes one vector of a sequence.
  public func callAsFunction(
    _ tokens: [[Int]], lengths: [Int]? = nil, context: inout ForwardContext
  ) -> Tensor {
    let steps = tokens.first?.count ?? 0
    for row in tokens where row.count != steps {
      stop(LayerMessages.count("DescribedModel", "words in each row", expected: steps, received: row.count))
    }
    require(
      plan.features == nil,
      LayerMessages.option(
        "DescribedModel", "the input", expected: "vectors of \(plan.features ?? 0) numbers", received: "words"))
    let numbers = Tensor(tokens.flatMap { $0.map { Scalar($0) } }, shape: [tokens.count, steps])
    return outputs(numbers, lengths, &context)
  }

  /// The outputs for sequences of vectors in inference.
  public func callAsFunction(_ inputs: Tensor, lengths: [Int]? = nil) -> Tensor {
    var context = ForwardContext.inference
    return self(inputs, lengths: lengths, context: &context)
  }

  /// The outputs for sequences of words in inference.
  public func callAsFunction(_ tokens: [[Int]], lengths: [Int]? = nil) -> Tensor {
    var context = ForwardContext.inference
    return self(tokens, lengths: lengths, context: &context)
  }

  private func outputs(_ inputs: Tensor, _ lengths: [Int]?, _ context: inout ForwardContext) -> Tensor {
    layers.reduce(inputs) { $1($0, lengths: lengths, context: &context) }
  }

  /// Shows the parameters of every layer.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.enter("layers")
    for index in layers.indices {
      visitor.enter(String(index))
      layers[index].visitParameters(&visitor)
      visitor.leave()
    }
    visitor.leave()
  }
}

extension DescribedModel {
  /// What `config.json` of a folder holds.
  private struct Record: Codable {
    var format = SequenceModelDescription.format
    var model: SequenceModelDescription
  }

  /// Writes the description and all weights into a model folder.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - overwriting: Whether a model that stands there may be replaced.
  /// - Throws: `ModelFolderError`; then nothing has changed.
  public func write(to folder: ModelFolder, overwriting: Bool = false) throws {
    try folder.write(
      [
        (Forecaster.FileName.configuration, try ModelFolder.json(Record(model: plan))),
        (Forecaster.FileName.weights, SafetensorsFile.encoded(namedTensors)),
      ], overwriting: overwriting)
  }

  /// Reads a model from the folder that `write(to:overwriting:)` has written.
  ///
  /// - Parameter folder: The folder.
  /// - Throws: `ModelFolderError` or `SafetensorsError` that names the file.
  public init(from folder: ModelFolder) throws {
    let record = try folder.value(Record.self, from: Forecaster.FileName.configuration)
    let file = "\(folder.path)/\(Forecaster.FileName.weights)"
    let weights = try SafetensorsFile(bytes: folder.bytes(of: Forecaster.FileName.weights), name: file)
    do {
      self = try record.model.makeModel(random: RandomSource(seed: 0))
    } catch {
      throw ModelFolderError.damaged(
        file: "\(folder.path)/\(Forecaster.FileName.configuration)", reason: "\(error)")
    }
    try loadWeights(from: weights)
  }
}
