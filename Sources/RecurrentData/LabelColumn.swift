/// A column whose texts are kept as they are, each text once: the names of many series, or what they have in common.
struct LabelColumn {
  /// Its name in the header.
  let name: String
  /// The option that asks for it, for messages.
  let option: String
  /// The different texts in the order in which they are met.
  private(set) var texts: [String] = []
  /// The position in `texts` of the text of each row.
  private(set) var rows: [Int] = []
  /// Its position among the columns of the file.
  private(set) var column: Int?
  private var positions: [String: Int] = [:]

  init(_ name: String, option: String) {
    self.name = name
    self.option = option
  }

  /// Finds the column by its name.
  mutating func find(in names: [String], file: String) throws(DataError) {
    column = names.firstIndex(of: name)
    if column == nil { throw SeriesReader.missingColumn(name, names, file: file, option: option) }
  }

  /// Takes the text of one row.
  mutating func add(_ fields: [Field], _ text: TextBuffer) throws(DataError) {
    guard let column else { return }
    let field = fields[column]
    guard !field.isEmpty else {
      throw text.error(
        at: field.start, expected: "a text in the column \(DataError.quoted(name)) (\(option))",
        received: "an empty field")
    }
    let content = text.string(field)
    if let position = positions[content] { return rows.append(position) }
    positions[content] = texts.count
    rows.append(texts.count)
    texts.append(content)
  }
}
