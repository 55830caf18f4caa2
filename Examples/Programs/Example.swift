/// A small program that shows one thing, with numbers that say whether it showed it.
///
/// A program is one file: an enumeration without cases that conforms to this, its equations in the docstring, and a row in
/// `Example.all`.
public protocol ExampleProgram {
  /// The name on the command line: `many-to-one`.
  static var name: String { get }

  /// What it shows, in a sentence.
  static var summary: String { get }

  /// Runs the program. Equal seeds give equal numbers.
  ///
  /// - Parameters:
  ///   - seed: The seed of data, weights and batch order.
  ///   - page: Takes what there is to read, to look at and to hold the program to.
  /// - Throws: `TrainingError` if training breaks down.
  static func run(seed: UInt64, page: inout ExamplePage) throws
}

/// The programs, in the order in which they are best read.
public enum Example {
  /// Every program.
  public static var all: [any ExampleProgram.Type] {
    [
      ManyToOne.self, FromEquations.self, StackedRNN.self, NoisySine.self, EchoByHand.self, OneGateCell.self,
      VanishingGradients.self, FreeRunning.self, WordByWord.self, SequenceAndColumns.self,
    ]
  }

  /// The program of a name.
  public static func named(_ name: String) -> (any ExampleProgram.Type)? { all.first { $0.name == name } }
}
