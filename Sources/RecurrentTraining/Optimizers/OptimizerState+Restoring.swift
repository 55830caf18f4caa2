public import RecurrentNN
package import RecurrentTensor

/// Why an optimizer cannot continue from what was kept of another.
public struct OptimizerStateError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The tensors and numbers that this optimizer remembers and the kept state has not, as `firstMoment/layer.weight`.
  public let missing: [String]
  /// The tensors and numbers of the kept state that this optimizer does not remember.
  public let unexpected: [String]
  /// The tensors of another shape than the model's.
  public let misshaped: [SafetensorsError.MisshapedTensor]
  /// The numbers of the kept state that no optimizer comes to, as `pairs = nan`.
  public let impossible: [String]

  /// The text for a person: every difference, and what to do.
  public var description: String {
    var lines = ["the kept state is not that of this optimizer and model; nothing was changed"]
    if !missing.isEmpty { lines.append("  missing: " + missing.joined(separator: ", ")) }
    if !unexpected.isEmpty { lines.append("  unknown to the optimizer: " + unexpected.joined(separator: ", ")) }
    for tensor in misshaped {
      lines.append("  \(tensor.path): expected shape \(tensor.expected), received \(tensor.received)")
    }
    if !impossible.isEmpty { lines.append("  impossible: " + impossible.joined(separator: ", ")) }
    lines.append("continue with the optimizer, the options and the model that the state was kept from")
    return lines.joined(separator: "\n")
  }
}

extension OptimizerState {
  /// Every remembered quantity of every parameter, as `firstMoment/encoder.weight_ih_l0`; empty before the first update.
  package var tensors: [(name: String, tensor: Tensor)] {
    guard let layout else { return [] }
    return quantities.indices.flatMap { index in
      layout.parameterIndices.map { layout.entries[$0] }.map { entry in
        ("\(quantities[index])/\(entry.path)", part(entry, of: arenas[index]))
      }
    }
  }

  /// Takes over what an optimizer with the same options remembered: `updates`, `numbers` and `tensors` of its state.
  ///
  /// - Parameters:
  ///   - layout: The layout of the model.
  ///   - updates: The updates made.
  ///   - numbers: What was remembered for the whole model.
  ///   - tensors: What was remembered of each parameter, in any order; none where no update was made.
  /// - Throws: `OptimizerStateError` with every difference. Then the state is as it was.
  package mutating func restore(
    layout: ParameterLayout, updates: Int, numbers: [String: Double], tensors: [(name: String, tensor: Tensor)]
  ) throws(OptimizerStateError) {
    let entries = layout.parameterIndices.map { layout.entries[$0] }
    var kept = Dictionary(tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
    var missing = self.numbers.keys.filter { numbers[$0] == nil }.sorted()
    let foreignNumbers = numbers.keys.filter { self.numbers[$0] == nil }.sorted()
    var misshaped: [SafetensorsError.MisshapedTensor] = []
    var restored: [Tensor] = []
    for quantity in updates > 0 ? quantities : [] {
      restored.append(
        Tensor(shape: [layout.trainableCount]) { arena in
          for entry in entries {
            let name = "\(quantity)/\(entry.path)"
            guard let tensor = kept.removeValue(forKey: name) else {
              missing.append(name)
              continue
            }
            guard tensor.shape == entry.shape else {
              misshaped.append(.init(path: name, expected: entry.shape.sizes, received: tensor.shape.sizes))
              continue
            }
            tensor.withUnsafePointer { (arena + entry.range.lowerBound).update(from: $0, count: entry.range.count) }
          }
        })
    }
    let unexpected = foreignNumbers + kept.keys.sorted()
    var impossible = numbers.filter { !isPossible($0.value, $0.key) }.map { "\($0.key) = \($0.value)" }.sorted()
    if !(0...RunCounters.most).contains(updates) { impossible.append("updates = \(updates)") }
    guard missing.isEmpty, unexpected.isEmpty, misshaped.isEmpty, impossible.isEmpty else {
      throw OptimizerStateError(
        missing: missing, unexpected: unexpected, misshaped: misshaped, impossible: impossible)
    }
    (self.layout, self.updates, self.numbers, arenas) = (updates > 0 ? layout : nil, updates, numbers, restored)
    touched = TouchedRows()
  }

  private func isPossible(_ number: Double, _ name: String) -> Bool {
    guard let range = counts[name] else { return number.isFinite }
    return Int(exactly: number).map { range.contains($0) } ?? false
  }
}
