public import RecurrentTensor

/// A gate that decides how long a cell keeps what it holds.
public struct MemoryGate: Hashable, Sendable {
  /// The place of the gate among those that meet the input.
  public let place: Int
  /// Whether the cell keeps what it holds where the gate is open; else where it is shut.
  public let keepsWhenOpen: Bool

  /// A gate of this place.
  public init(_ place: Int, keepsWhenOpen: Bool) { (self.place, self.keepsWhenOpen) = (place, keepsWhenOpen) }
}

/// A cell with sigmoid gates that decide how long it remembers, and that can start so that it remembers long.
///
/// A unit whose gate keeps the share σ(b) of what it holds at each step forgets in some 1 + exp(b) steps. Weights as usual
/// start with b near 0: after ten steps next to nothing is left, and no gradient leads back to what was before. Chrono
/// initialisation (Tallec and Ollivier, "Can recurrent neural networks warp time?", 2018) spreads the units over all times
/// up to the longest that matters:
///
///     b = log(u),  u uniform in 1 to steps - 1     for gates that keep when open
///     -b                                           for gates that keep when shut
public protocol ChronoCell: RememberingCell {
  /// The gates that decide how long the cell remembers.
  static var memoryGates: [MemoryGate] { get }
  /// The weights of all gates.
  var weights: CellWeights { get set }
}

extension ChronoCell {
  /// Starts the biases of the memory gates so that units remember for up to so many steps.
  public mutating func startRemembering(upTo steps: Int, random: RandomSource) {
    Self.requireMemory(of: steps)
    require(
      weights.inputBias != nil,
      LayerMessages.option(Self.layerName, "biases of a cell that remembers", expected: "some", received: "none"))
    let hidden = weights.hiddenSize
    let biases = random.stream("chrono").uniform([hidden], in: 1...Scalar(max(1, steps - 1))).log()
    for gate in Self.memoryGates {
      for unit in 0..<hidden {
        weights.inputBias![gate.place * hidden + unit] = gate.keepsWhenOpen ? biases[unit] : -biases[unit]
      }
    }
    // The other bias would blur what the first one says; gates of the input alone have none.
    guard let count = weights.recurrentBias?.count, count == weights.inputBias!.count else { return }
    for gate in Self.memoryGates {
      for unit in 0..<hidden { weights.recurrentBias![gate.place * hidden + unit] = 0 }
    }
  }
}
