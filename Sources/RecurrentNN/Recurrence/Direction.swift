package import RecurrentTensor

/// The order in which a recurrent layer walks over the steps.
public struct Direction: Hashable, Sendable, Codable, RawRepresentable {
  /// How the outputs of two directions become one.
  public enum Merge: String, Hashable, Sendable, Codable, CaseIterable {
    /// Side by side: forward features, then backward features.
    case concatenate
    /// Added.
    case sum
    /// Added and halved.
    case mean
  }

  /// The name in configurations: `forward`, `backward`, `bidirectional`, `bidirectional-sum`, `bidirectional-mean`.
  public let rawValue: String

  /// How two directions are merged; nil where there is only one.
  public let merge: Merge?

  /// The direction of this name, or nil.
  public init?(rawValue: String) {
    guard let known = Self.all.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = known
  }

  private init(_ name: String, _ merge: Merge?) {
    rawValue = name
    self.merge = merge
  }

  /// From the first step to the last valid one.
  public static let forward = Direction("forward", nil)

  /// From each row's last valid step to its first.
  public static let backward = Direction("backward", nil)

  /// Both, by two cells with weights of their own, outputs side by side.
  public static let bidirectional = Direction("bidirectional", .concatenate)

  /// Both, by two cells with weights of their own.
  public static func bidirectional(merge: Merge) -> Direction {
    merge == .concatenate ? bidirectional : Direction("bidirectional-\(merge.rawValue)", merge)
  }

  /// Every direction there is.
  public static let all: [Direction] = [forward, backward] + Merge.allCases.map { bidirectional(merge: $0) }

  /// For each cell of a layer, whether it walks backward.
  package var walks: [Bool] { merge != nil ? [false, true] : [self == .backward] }

  /// The features of the merged outputs of cells with this many features each.
  package func mergedSize(_ outputSize: Int) -> Int { merge == .concatenate ? 2 * outputSize : outputSize }

  /// One tensor of the outputs of the cells of a layer.
  package func merged(_ outputs: [Tensor]) -> Tensor {
    switch merge {
    case nil: outputs[0]
    case .concatenate: Tensor.concatenate(outputs, axis: outputs[0].shape.rank - 1)
    case .sum: outputs[0] + outputs[1]
    case .mean: (outputs[0] + outputs[1]) * 0.5
    }
  }

  /// What `merged` lay side by side; a single tensor if there was one direction.
  package func parts(of merged: Tensor) -> [Tensor] {
    guard merge == .concatenate else { return [merged] }
    let (axis, half) = (merged.shape.rank - 1, merged.shape.last / 2)
    return [merged[0..<half, axis: axis], merged[half..<2 * half, axis: axis]]
  }
}
