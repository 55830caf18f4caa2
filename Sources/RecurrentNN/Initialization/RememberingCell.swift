public import RecurrentTensor

/// A cell whose units can start so that they remember for hundreds of steps: with gates by ``ChronoCell``, else in a way of its
/// own.
public protocol RememberingCell: RecurrentCell {
  /// Starts the weights that decide how long units remember.
  ///
  /// - Parameters:
  ///   - steps: The longest time that matters, at least 2.
  ///   - random: The randomness of the start: which unit remembers how long.
  mutating func startRemembering(upTo steps: Int, random: RandomSource)
}

/// Which layers of a stack start remembering.
public enum RememberingLayers: String, Hashable, Sendable, Codable, CaseIterable {
  /// The last one; those below pass on what they see, as Li et al. 2018 start an IndRNN.
  case last
  /// Each of them, as gates can still let through what is new.
  case all
}

extension RememberingCell {
  /// Stops for fewer than two steps.
  static func requireMemory(of steps: Int) {
    require(
      steps >= 2, LayerMessages.option(Self.layerName, "the steps to remember", expected: "at least 2", received: steps)
    )
  }
}

extension NamedCell {
  /// The cell, if it is a ``RememberingCell``, started to remember for so many steps.
  func remembering(upTo steps: Int, random: RandomSource) -> Self {
    func started<Cell: RememberingCell>(_ cell: Cell) -> any RecurrentCell {
      var cell = cell
      cell.startRemembering(upTo: steps, random: random)
      return cell
    }
    guard let cell = self as? any RememberingCell else {
      stop(
        LayerMessages.option(
          Self.layerName, "a start that remembers", expected: "a cell whose units can remember, as an LSTM",
          received: Self.about.name))
    }
    return started(cell) as! Self
  }
}
