import RecurrentTensor

extension Module {
  /// The scalars of all trained tensors.
  public var parameterCount: Int { ParameterLayout(of: self).trainableCount }

  /// The numbers of all matrices, trained or not: what one vector takes part in.
  package var matrixScalars: Int {
    ParameterLayout(of: self).entries.reduce(0) { $0 + ($1.shape.rank > 1 ? $1.shape.count : 0) }
  }

  /// One line for each tensor (path, shape, kind if it is not trained), then the number of parameters.
  public var summary: String {
    let layout = ParameterLayout(of: self)
    let width = layout.entries.map(\.path.count).max() ?? 0
    let lines = layout.entries.map { entry in
      let path = entry.path + String(repeating: " ", count: width - entry.path.count)
      return "\(path)  \(entry.shape)" + (entry.kind == .parameter ? "" : "  \(entry.kind)")
    }
    return (lines + [Self.counted(layout.trainableCount)]).joined(separator: "\n")
  }

  /// As `Linear(20 -> 3), 63 parameters`.
  package func described(as name: String, _ parts: [String]) -> String {
    "\(name)(\(parts.joined(separator: ", "))), \(Self.counted(parameterCount))"
  }

  private static func counted(_ count: Int) -> String {
    "\(NumberText.grouped(count)) parameter\(count == 1 ? "" : "s")"
  }
}
