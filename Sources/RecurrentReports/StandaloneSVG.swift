extension Chart {
  /// The picture as a file of its own: its colours and fonts inside, light and dark.
  ///
  /// - Parameter width: Pixels.
  /// - Returns: The text of an SVG file.
  public func standaloneSVG(width: Double) -> String {
    let picture = svg(width: width)
    guard let end = picture.firstIndex(of: ">") else { return picture }
    let ground = "<rect width=\"100%\" height=\"100%\" style=\"fill: var(--ground)\"/>"
    return picture[...end] + "<style>\(ReportStyle.css)</style>" + ground + picture[picture.index(after: end)...] + "\n"
  }
}
