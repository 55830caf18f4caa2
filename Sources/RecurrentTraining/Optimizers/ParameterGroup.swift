public import RecurrentNN
import RecurrentTensor

/// Options of some parameters of a model, found by their dotted paths.
///
/// ```swift
/// var optimizer = Adam(learningRate: 1e-3)
/// try optimizer.setGroups(
///   [
///     ParameterGroup("embedding", isFrozen: true),
///     ParameterGroup("encoder.weight_hh*", weightDecay: 1e-4),
///     ParameterGroup("head", learningRateFactor: 10),
///   ], of: model)
/// ```
public struct ParameterGroup: Hashable, Sendable, Codable {
  /// Which parameters: a dotted path, the name of a part for all below it, or a path with `*` for any characters.
  public var pattern: String
  /// What the optimizer's learning rate is multiplied with.
  public var learningRateFactor: Double
  /// The weight decay in place of the optimizer's own and in its form; nil for the optimizer's own.
  public var weightDecay: Double?
  /// The share of each weight, times the learning rate, taken away before each update, with any optimizer (Loshchilov
  /// and Hutter, 2019).
  public var decoupledWeightDecay: Double
  /// Whether the parameters stay as they are, bit for bit. Their gradients count as zero.
  public var isFrozen: Bool

  /// - Parameters:
  ///   - pattern: Which parameters: a dotted path, the name of a part for all below it, or a path with `*` for any
  ///     characters.
  ///   - learningRateFactor: What the optimizer's learning rate is multiplied with.
  ///   - weightDecay: The weight decay in place of the optimizer's own and in its form; nil for the optimizer's own.
  ///   - decoupledWeightDecay: The share of each weight, times the learning rate, taken away before each update.
  ///   - isFrozen: Whether the parameters stay as they are.
  public init(
    _ pattern: String, learningRateFactor: Double = 1, weightDecay: Double? = nil, decoupledWeightDecay: Double = 0,
    isFrozen: Bool = false
  ) {
    checkOption("ParameterGroup learningRateFactor", learningRateFactor)
    checkOption("ParameterGroup weightDecay", weightDecay ?? 0)
    checkOption("ParameterGroup decoupledWeightDecay", decoupledWeightDecay)
    self.pattern = pattern
    self.learningRateFactor = learningRateFactor
    self.weightDecay = weightDecay
    self.decoupledWeightDecay = decoupledWeightDecay
    self.isFrozen = isFrozen
  }

  /// Reads a group.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: `DecodingError` for what is missing, and for a factor or decay below 0.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    pattern = try container.decode(String.self, forKey: .pattern)
    learningRateFactor = try container.option(.learningRateFactor)
    weightDecay =
      try container.decodeIfPresent(Double.self, forKey: .weightDecay) == nil
      ? nil : container.option(.weightDecay)
    decoupledWeightDecay = try container.option(.decoupledWeightDecay)
    isFrozen = try container.decode(Bool.self, forKey: .isFrozen)
  }
}

extension Optimizer {
  /// Gives parameters of a model options of their own. Where several groups match a parameter the first of them counts;
  /// those that none matches keep the optimizer's options. Earlier groups are forgotten.
  ///
  /// - Parameters:
  ///   - groups: The groups.
  ///   - model: The model that will be updated.
  /// - Throws: `ParameterPatternError` if a group is left without a trained parameter. Then nothing was changed.
  public mutating func setGroups(_ groups: [ParameterGroup], of model: some Module) throws(ParameterPatternError) {
    state.groups = try ParameterGroupTable(groups, layout: ParameterLayout(of: model))
  }
}

/// The options of one parameter.
struct ParameterOptions {
  var learningRateFactor = 1.0
  var weightDecay: Double?
  var decoupledWeightDecay = 0.0
  var isFrozen = false
}

/// The options of every tensor of a model.
struct ParameterGroupTable {
  let layout: ParameterLayout
  private let options: [ParameterOptions]

  init(_ groups: [ParameterGroup], layout: ParameterLayout) throws(ParameterPatternError) {
    var options = [ParameterOptions?](repeating: nil, count: layout.entries.count)
    for group in groups {
      let matching = try ParameterPattern(group.pattern).indices(in: layout)
      let free = matching.filter { options[$0] == nil }
      guard !free.isEmpty else { throw ParameterPatternError(pattern: group.pattern, problem: .taken, paths: []) }
      for index in free {
        options[index] = ParameterOptions(
          learningRateFactor: group.learningRateFactor, weightDecay: group.weightDecay,
          decoupledWeightDecay: group.decoupledWeightDecay, isFrozen: group.isFrozen)
      }
    }
    self.layout = layout
    self.options = options.map { $0 ?? ParameterOptions() }
  }

  /// The options of the tensor at this place of the layout.
  subscript(_ index: Int) -> ParameterOptions { options[index] }

  /// Whether the tensor of this path is in a frozen group.
  func isFrozen(_ path: String) -> Bool {
    layout.entries.firstIndex { $0.path == path }.map { options[$0].isFrozen } ?? false
  }

  /// Makes the gradients of frozen parameters zero.
  func clearFrozen(_ gradients: inout Gradients) {
    guard options.contains(where: \.isFrozen) else { return }
    gradients.arena.withUnsafeMutablePointer { arena in
      for (entry, options) in zip(layout.entries, options) where options.isFrozen {
        (arena + entry.range.lowerBound).update(repeating: 0, count: entry.range.count)
      }
    }
  }

  /// Adds the weight decay of the groups to the gradients.
  func addDecay(to gradients: inout Gradients, of model: inout some Module) {
    guard options.contains(where: { ($0.weightDecay ?? 0) > 0 && !$0.isFrozen }) else { return }
    gradients.arena.withUnsafeMutablePointer { arena in
      var adder = DecayAdder(table: self, arena: arena)
      model.visitParameters(&adder)
    }
  }

  /// Multiplies what belongs to each parameter with its learning-rate factor.
  func scaleByRate(_ arena: UnsafeMutablePointer<Scalar>) {
    for (entry, options) in zip(layout.entries, options) where options.learningRateFactor != 1 {
      for index in entry.range { arena[index] *= Scalar(options.learningRateFactor) }
    }
  }

  private struct DecayAdder: ParameterVisitor {
    let table: ParameterGroupTable
    let arena: UnsafeMutablePointer<Scalar>
    var next = 0

    mutating func visit(_ tensor: inout Tensor, _ name: String, _ kind: ParameterKind) {
      let (range, options) = (table.layout.entries[next].range, table[next])
      next += 1
      guard kind == .parameter, !options.isFrozen, let decay = options.weightDecay, decay > 0 else { return }
      tensor.withUnsafePointer { weights in
        for index in 0..<range.count { arena[range.lowerBound + index] += Scalar(decay) * weights[index] }
      }
    }
  }
}
