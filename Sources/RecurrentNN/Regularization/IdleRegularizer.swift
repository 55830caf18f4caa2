/// A regulariser that finds nothing to act on in a cell, and what to say about it.
package struct IdleRegularizer {
  /// Its name.
  package let name: String
  let cell: String
  /// The names of those that act.
  package let acting: [String]

  /// What would be right in its place.
  package var expected: String { "a regulariser that acts on the cell \(cell): " + acting.joined(separator: ", ") }
  /// What to do about it.
  package var hint: String { "it would change nothing: leave it out, or take another cell" }
}
