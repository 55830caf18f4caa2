extension Module {
  /// The scalars of all trained tensors.
  public var parameterCount: Int { ParameterLayout(of: self).trainableCount }

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
    let digits = Array(String(count))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return "\(text) parameter\(count == 1 ? "" : "s")"
  }
}
