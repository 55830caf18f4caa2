package import RecurrentTensor

/// A change of training windows that leaves what there is to learn from them: an answer to series with few windows.
///
/// Every augmentation is drawn anew for each window of each epoch and acts on half of them. It sees a window and its
/// horizon in model space; windows to validate, to test or to forecast from are never changed.
public struct Augmentation: Sendable {
  /// The name on the command line.
  public let name: String
  package let change: @Sendable (inout WindowPiece, RandomSource) -> Void

  init(_ name: String, _ change: @escaping @Sendable (inout WindowPiece, RandomSource) -> Void) {
    (self.name, self.change) = (name, change)
  }

  /// All augmentations, in the order in which they act.
  public static let all: [Augmentation] = [.warping, .scaling, .jitter]

  /// The augmentations of some names, in the order in which they act; nil if a name is none.
  public static func named(_ names: [String]) -> [Augmentation]? {
    let chosen = all.filter { names.contains($0.name) }
    return names.allSatisfy { name in all.contains { $0.name == name } } ? chosen : nil
  }
}

/// A window with its horizon, taken out of a series to be changed.
package struct WindowPiece {
  /// The columns that a window is shown, `[column][row]`; NaN where missing.
  package var columns: [[Double]]
  /// Features of the calendar and of the known columns, `[feature][row]`.
  package var calendar, known: [[Double]]
  /// The rows of the window. Rows before them only fill what is missing in it.
  package let window: Range<Int>
  /// The rows of the window and of the horizon that follows.
  package let whole: Range<Int>

  package init(columns: [[Double]], calendar: [[Double]], known: [[Double]], window: Range<Int>, whole: Range<Int>) {
    (self.columns, self.calendar, self.known) = (columns, calendar, known)
    (self.window, self.whole) = (window, whole)
  }
}
