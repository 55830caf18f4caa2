/// Trees in bracket notation, as treebanks have them: `(3 (2 It) (4 (4 works) (2 .)))`.
///
/// A node is a label and then a word, further nodes, or both, the word first (the head of a parse by dependency), all of it in
/// brackets. A whole tree may stand in a pair of brackets without a label, as in the Penn Treebank (Marcus et al. 1993); the pair
/// is no node. White space separates and means nothing else, so a tree may take a line or several. Reading does not recur, however
/// deep a tree is.
public struct Treebank: Sendable {
  /// The trees in the order of the file, at least one.
  public let trees: [LabeledTree]
  /// The name of the file, as the user gave it.
  public let file: String
  /// SHA-256 of the file as stored, in hexadecimal.
  public let digest: String

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: The file, plain or gzip, or `-` for standard input.
  ///   - limits: Bounds on its size; the nodes of all trees count as values, labels and words as fields.
  /// - Throws: `DataError` with the place of what is no tree.
  public init(contentsOf path: String, limits: ReadingLimits = ReadingLimits()) throws(DataError) {
    try self.init(TextBuffer.read(path, limits: limits), limits)
  }

  /// Reads bytes as a file of this name.
  ///
  /// - Parameters:
  ///   - bytes: The content, plain or gzip.
  ///   - name: What errors call the file.
  ///   - limits: Bounds on its size.
  /// - Throws: `DataError` with the place of what is no tree.
  public init(bytes: [UInt8], named name: String, limits: ReadingLimits = ReadingLimits()) throws(DataError) {
    let stored = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = stored.initialize(fromContentsOf: bytes)
    try self.init(TextBuffer.decode(stored, file: name, limits: limits), limits)
  }

  private init(_ text: TextBuffer, _ limits: ReadingLimits) throws(DataError) {
    var scanner = BracketScanner(text, limits)
    var trees: [LabeledTree] = []
    while let tree = try scanner.tree() { trees.append(tree) }
    guard !trees.isEmpty else {
      throw text.error(
        at: 0, expected: "trees in brackets", received: text.count == 0 ? "an empty file" : "white space only",
        hint: BracketScanner.form)
    }
    (self.trees, file, digest) = (trees, text.file, text.digest)
  }

  /// The number of nodes of all trees.
  public var nodeCount: Int { trees.reduce(0) { $0 + $1.childCounts.count } }
}

/// Takes trees from a text, one after another.
private struct BracketScanner {
  static let form = "a node is (LABEL WORD), (LABEL NODE NODE ...) or (LABEL WORD NODE NODE ...)"

  private let text: TextBuffer
  private let limits: ReadingLimits
  private var offset = 0
  private var line = 1
  private var nodes = 0

  /// A node whose bracket is not closed yet.
  private struct OpenNode {
    let label: String
    let start: Int
    var children = 0
    /// Its own word, before which no node may stand.
    var word: String?
  }

  init(_ text: TextBuffer, _ limits: ReadingLimits) { (self.text, self.limits) = (text, limits) }

  /// The next tree, or nil at the end of the text.
  mutating func tree() throws(DataError) -> LabeledTree? {
    skipSpace()
    guard offset < text.count else { return nil }
    guard text.bytes[offset] == .openingBracket else {
      throw text.error(
        at: offset, expected: "the opening bracket of a tree", received: try found(), hint: Self.form)
    }
    let (first, firstLine) = (offset, line)
    offset += 1
    skipSpace()
    guard offset < text.count, text.bytes[offset] == .openingBracket else {
      (offset, line) = (first, firstLine)
      return try labeledTree()
    }
    let tree = try labeledTree()
    skipSpace()
    guard offset < text.count, text.bytes[offset] == .closingBracket else {
      throw text.error(
        at: offset, expected: "the closing bracket of the pair around a tree", received: try found(),
        hint: "brackets without a label hold one tree")
    }
    offset += 1
    return tree
  }

  /// The tree whose root's bracket stands at the offset.
  private mutating func labeledTree() throws(DataError) -> LabeledTree {
    var tree = LabeledTree(line: line)
    var open = [try openNode()]
    while !open.isEmpty {
      skipSpace()
      guard offset < text.count else {
        let start = text.position(of: open[open.count - 1].start)
        throw text.error(
          at: offset, expected: "a closing bracket", received: "the end of the file",
          hint: "the bracket that opens at line \(start.line), column \(start.column) is not closed")
      }
      switch text.bytes[offset] {
      case .closingBracket:
        let node = open.removeLast()
        if node.children > 0 {
          tree.addParent(label: node.label, children: node.children, word: node.word)
        } else if let word = node.word {
          tree.addLeaf(label: node.label, word: word)
        } else {
          throw text.error(
            at: offset, expected: "a word or a node after the label \(DataError.quoted(node.label))",
            received: "a closing bracket", hint: Self.form)
        }
        offset += 1
        if !open.isEmpty { open[open.count - 1].children += 1 }
      case .openingBracket: open.append(try openNode())
      default:
        let node = open[open.count - 1]
        guard node.children == 0 else {
          throw text.error(
            at: offset, expected: "a node in brackets beside other nodes", received: try found(),
            hint: "a node's own word stands right behind its label; \(Self.form)")
        }
        guard node.word == nil else {
          throw text.error(
            at: offset, expected: "a node in brackets or a closing bracket after the word", received: try found(),
            hint: "every word has brackets and a label of its own; \(Self.form)")
        }
        open[open.count - 1].word = try field()
      }
    }
    return tree
  }

  /// An opening bracket and the label behind it.
  private mutating func openNode() throws(DataError) -> OpenNode {
    let start = offset
    nodes += 1
    if nodes > limits.values {
      throw text.error(
        at: offset, expected: "at most \(limits.values) nodes", received: "more", hint: "split the file")
    }
    offset += 1
    skipSpace()
    guard offset < text.count, text.bytes[offset] != .openingBracket, text.bytes[offset] != .closingBracket else {
      throw text.error(
        at: offset, expected: "a label after the opening bracket", received: try found(),
        hint: "every node has a label; \(Self.form)")
    }
    return OpenNode(label: try field(), start: start)
  }

  /// What stands at the offset, in words.
  private mutating func found() throws(DataError) -> String {
    guard offset < text.count else { return "the end of the file" }
    switch text.bytes[offset] {
    case .openingBracket: return "an opening bracket"
    case .closingBracket: return "a closing bracket"
    default: return DataError.quoted(try field())
    }
  }

  /// The label or word at the offset.
  private mutating func field() throws(DataError) -> String {
    let start = offset
    while offset < text.count, !text.bytes[offset].endsField {
      offset += 1
      if offset - start > limits.fieldBytes {
        throw text.error(
          at: start, expected: "at most \(FileContent.sizeText(limits.fieldBytes)) in a label or word",
          received: "more", hint: Self.form)
      }
    }
    return String(decoding: UnsafeBufferPointer(rebasing: text.bytes[start..<offset]), as: UTF8.self)
  }

  private mutating func skipSpace() {
    while offset < text.count, text.bytes[offset].isSpace {
      let byte = text.bytes[offset]
      // A carriage return ends a line only if no line feed follows, which then ends it.
      if byte == .lineFeed
        || byte == .carriageReturn && !(offset + 1 < text.count && text.bytes[offset + 1] == .lineFeed)
      {
        line += 1
      }
      offset += 1
    }
  }
}

extension UInt8 {
  fileprivate static let openingBracket: UInt8 = 0x28
  fileprivate static let closingBracket: UInt8 = 0x29

  fileprivate var isSpace: Bool { self == .space || self == .tab || self == .lineFeed || self == .carriageReturn }
  fileprivate var endsField: Bool { isSpace || self == .openingBracket || self == .closingBracket }
}
