/// What columns that are known for the rows to come explain of each target, and what they leave.
struct KnownEffects: Sendable {
  /// `[target][row]`; there may be more rows than the targets have.
  let values: [[Double]]
  /// The targets less `values`, `[target][row]`.
  let rest: [[Double]]

  init(values: [[Double]], of targets: [[Double]]) {
    self.values = values
    rest = zip(targets, values).map { zip($0, $1).map { $0 - $1 } }
  }

  private init(values: [[Double]], rest: [[Double]]) { (self.values, self.rest) = (values, rest) }

  /// The first rows.
  func prefix(_ count: Int) -> KnownEffects {
    KnownEffects(values: values.map { Array($0.prefix(count)) }, rest: rest.map { Array($0.prefix(count)) })
  }
}
