/// The texts of a column of categories in the order in which they first appear, and the position of each row's.
struct CategoryLabels {
  private(set) var labels: [String] = []
  /// The position of each row's text in `labels`; NaN where missing.
  private(set) var positions: [Double] = []
  private var index: [String: Int] = [:]

  /// Adds the cell of a row. A number counts by its value, so that `1` and `01` are one category; `none`, which stands
  /// for a missing number elsewhere, is the name of one.
  mutating func add(_ cell: Cell, _ text: @autoclosure () -> String) {
    switch cell {
    case .missing:
      let label = text()
      if label.lowercased() == "none" { add(label) } else { positions.append(.nan) }
    case .number(let value): add(Self.text(of: value))
    case .text: add(text())
    }
  }

  private mutating func add(_ label: String) {
    let position = index[label] ?? labels.count
    if position == labels.count {
      index[label] = position
      labels.append(label)
    }
    positions.append(Double(position))
  }

  /// A number as a category is called.
  static func text(of value: Double) -> String { Int(exactly: value).map { "\($0)" } ?? "\(value)" }
}

extension SeriesReader {
  /// Whether a column may turn out to hold categories, so that its texts have to be kept.
  func mayHoldCategories(_ name: String) -> Bool {
    options.known.contains(name) || options.past?.contains(name) == true || options.categories.contains(name)
  }

  /// Puts the positions of categories where the values of numbers stand, in columns that are asked to hold categories or
  /// hold more text than numbers.
  mutating func settleCategories() {
    for index in builders.indices where index != timeIndex {
      guard let labels = builders[index].categories else { continue }
      builders[index].categories = nil
      let isTold = options.categories.contains(builders[index].name)
      // What a model was trained on settles what the columns of later files are.
      let isFound = options.requiredColumns == nil && builders[index].textCount > builders[index].numberCount
      guard isTold || isFound else { continue }
      builders[index].values = labels.positions
      builders[index].categoryNames = labels.labels
      builders[index].numberCount += builders[index].textCount
      builders[index].textCount = 0
      builders[index].firstText = nil
    }
  }
}
