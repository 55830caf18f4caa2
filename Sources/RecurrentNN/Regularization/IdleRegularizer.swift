/// A regulariser that finds nothing to act on in a cell, or that a dilated one refuses, and what to say about it.
package struct IdleRegularizer {
  /// Its name.
  package let name: String
  let cell: String
  let isDilated: Bool
  /// Whether it would act if the cell was not dilated.
  let actsUndilated: Bool
  /// The names of those that act.
  package let acting: [String]

  /// What would be right in its place.
  package var expected: String {
    "a regulariser that acts on the \(isDilated ? "dilated " : "")cell \(cell): " + acting.joined(separator: ", ")
  }
  /// What to do about it.
  package var hint: String {
    actsUndilated
      ? "states move up at each step: leave it out, or leave the dilation out"
      : "it would change nothing: leave it out, or take another cell"
  }
}
