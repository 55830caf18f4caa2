/// What is wrong with the nesting of tags in HTML or SVG; `nil` if every tag is closed where it should be.
func nestingProblem(in markup: String) -> String? {
  let void: Set = ["meta", "br", "hr", "img", "link", "!doctype"]
  var open: [String] = []
  var rest = markup[...]
  while let start = rest.firstIndex(of: "<") {
    guard let end = rest[start...].firstIndex(of: ">") else { return "a tag that is not closed" }
    let tag = rest[rest.index(after: start)..<end]
    rest = rest[rest.index(after: end)...]
    let name = tag.drop { $0 == "/" }.prefix { !$0.isWhitespace && $0 != "/" }.lowercased()
    if tag.contains("<") { return "a mark inside the tag \(tag)" }
    if tag.hasPrefix("/") {
      guard open.popLast() == name else { return "</\(name)> closes something else" }
    } else if !tag.hasSuffix("/"), !void.contains(name) {
      open.append(name)
    }
  }
  return open.isEmpty ? nil : "<\(open[0])> is not closed"
}
