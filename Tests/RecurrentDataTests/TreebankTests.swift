import Foundation
import RecurrentData
import Testing

@Suite struct TreebankTests {
  private func read(_ text: String, _ limits: ReadingLimits = ReadingLimits()) throws -> Treebank {
    try Treebank(bytes: Array(text.utf8), named: "a.txt", limits: limits)
  }

  @Test func treesOfSeveralShapes() throws {
    let bank = try read("(3 (2 It) (4 (4 's) (2 good)))\n(1 é)\r\n\r\n( S\n  (NP (DT the)\t(NN -LRB-))\n)(X (Y (Z z)))")
    #expect(bank.trees.map(\.childCounts) == [[0, 0, 0, 2, 2], [0], [0, 0, 2, 1], [0, 1, 1]])
    #expect(bank.trees[0].labels == ["2", "4", "2", "4", "3"])
    #expect(bank.trees[0].words == ["It", "'s", "good"])
    #expect(bank.trees[1].words == ["é"] && bank.trees[1].rootLabel == "1")
    #expect(bank.trees[2].labels == ["DT", "NN", "NP", "S"])
    #expect(bank.trees.map(\.line) == [1, 2, 4, 6])
    #expect(bank.nodeCount == 13 && bank.digest.count == 64)
  }

  /// As in the Penn Treebank, beside trees without the outer brackets.
  @Test func bracketsWithoutALabelAreNoNode() throws {
    let bank = try read("( (S (A b)))\n(\n(X y)\n)\n(1 a)")
    #expect(bank.trees.map(\.labels) == [["A", "S"], ["X"], ["1"]])
    #expect(bank.trees.map(\.line) == [1, 3, 5] && bank.nodeCount == 4)
  }

  /// The heads of a parse by dependency: their words come after those of their children, as their nodes do.
  @Test func nodesMayHaveAWordOfTheirOwn() throws {
    let bank = try read("(root saw (nsubj she) (obj dogs (nummod two)))\n( (1 a (2 (3 b))) )")
    #expect(bank.trees.map(\.childCounts) == [[0, 0, 1, 2], [0, 1, 1]])
    #expect(bank.trees.map(\.words) == [["she", "two", "dogs", "saw"], ["b", "a"]])
    #expect(bank.trees.map(\.heads) == [[2, 3], [2]])
    #expect(bank.trees[0].labels == ["nsubj", "nummod", "obj", "root"])
  }

  static let cases: [(text: String, message: String)] = [
    (
      "",
      "a.txt:1:1: expected trees in brackets, received an empty file; a node is (LABEL WORD), (LABEL NODE NODE ...) or "
        + "(LABEL WORD NODE NODE ...)"
    ),
    (" \n\t", "a.txt:1:1: expected trees in brackets, received white space only"),
    ("(1 a)\nword", "a.txt:2:1: expected the opening bracket of a tree, received \"word\""),
    ("(1 a))", "a.txt:1:6: expected the opening bracket of a tree, received a closing bracket"),
    (
      "(1 a)\n(2 (1 a)",
      "a.txt:2:9: expected a closing bracket, received the end of the file; "
        + "the bracket that opens at line 2, column 1 is not closed"
    ),
    (
      "(1 (2",
      "a.txt:1:6: expected a closing bracket, received the end of the file; "
        + "the bracket that opens at line 1, column 4 is not closed"
    ),
    (
      "(", "a.txt:1:2: expected a label after the opening bracket, received the end of the file; every node has a label"
    ),
    ("()", "a.txt:1:2: expected a label after the opening bracket, received a closing bracket; every node has a label"),
    ("( ( (S (A b))))", "a.txt:1:5: expected a label after the opening bracket, received an opening bracket"),
    ("(())", "a.txt:1:3: expected a label after the opening bracket, received a closing bracket"),
    (
      "( (S a)\n (T b))",
      "a.txt:2:2: expected the closing bracket of the pair around a tree, received an opening bracket; "
        + "brackets without a label hold one tree"
    ),
    ("((S a) b)", "a.txt:1:8: expected the closing bracket of the pair around a tree, received \"b\""),
    ("((S a)", "a.txt:1:7: expected the closing bracket of the pair around a tree, received the end of the file"),
    ("((S a", "a.txt:1:6: expected a closing bracket, received the end of the file"),
    ("(3)", "a.txt:1:3: expected a word or a node after the label \"3\", received a closing bracket"),
    (
      "(3 two words)",
      "a.txt:1:8: expected a node in brackets or a closing bracket after the word, received \"words\"; "
        + "every word has brackets and a label of its own"
    ),
    (
      "(3 (2 a) b)",
      "a.txt:1:10: expected a node in brackets beside other nodes, received \"b\"; "
        + "a node's own word stands right behind its label"
    ),
    ("(3 a (2 b) c)", "a.txt:1:12: expected a node in brackets beside other nodes, received \"c\""),
    ("(3 a\u{0})", "a.txt:1:5: expected text, received the byte 0x00; this looks like a binary or damaged file"),
  ]

  @Test(arguments: cases.indices) func whatIsNoTreeIsNamed(_ index: Int) {
    let (text, expected) = Self.cases[index]
    let received = message { _ = try read(text) }
    #expect(received.hasPrefix(expected), "\(received)")
  }

  @Test func bytesThatAreNoTextAreRefused() {
    #expect(
      message { _ = try Treebank(bytes: [0x28, 0x33, 0x20, 0xE9, 0x29], named: "a.txt") }
        .hasPrefix("a.txt:1:4: expected UTF-8 text, received the byte 0xE9"))
  }

  @Test func sizesAreBounded() {
    var limits = ReadingLimits()
    limits.values = 3
    #expect(
      message { _ = try read("(a (b c) (d e) (f g))", limits) }
        == "a.txt:1:16: expected at most 3 nodes, received more; split the file")
    #expect(throws: Never.self) { try read("(a (b c) (d e))", limits) }
    limits = ReadingLimits()
    limits.fieldBytes = 4
    #expect(
      message { _ = try read("(a (b ccccc))", limits) }.hasPrefix("a.txt:1:7: expected at most 4 bytes in a label"))
  }

  /// Half a million brackets, right or wrong, take a moment and no stack.
  @Test(arguments: [
    String(repeating: "(a ", count: 1 << 19) + "b" + String(repeating: ")", count: 1 << 19),
    String(repeating: "(a (b c) ", count: 1 << 17) + "(d e)" + String(repeating: ")", count: 1 << 17),
    String(repeating: "(a ", count: 1 << 19), String(repeating: "(", count: 1 << 20),
    String(repeating: ")", count: 1 << 20), String(repeating: "(a b)", count: 1 << 18),
    String(repeating: "(a b)\n", count: 1 << 17) + "(", "(a " + String(repeating: "b", count: 1 << 20) + "\u{0})",
    "(a" + String(repeating: " (b c)", count: 1 << 18) + ")",
  ])
  func costlyShapesEndSoon(_ text: String) {
    let seconds = ContinuousClock().measure { _ = try? read(text) }
    #expect(seconds < .seconds(3))
  }

  @Test func damageNeverCrashes() {
    let file = Array("(3 (2 It) (4 (4 's) (2 not (2 very) (3 good))))\n(1 (0 bad) (2 .))\n(2 word)\n".utf8)
    var random = HostileInputTests.Generator(state: 5)
    let tokens = ["(", ")", " ", "\n", "( (", "))", "\u{0}", "()", ")(", "((", "é", "3"].map { Array($0.utf8) }
    var failures = 0
    for _ in 0..<3000 {
      var bytes = file
      for _ in 0...random.next(below: 3) {
        let place = random.next(below: max(1, bytes.count))
        switch random.next(below: 4) {
        case 0: bytes.insert(contentsOf: tokens[random.next(below: tokens.count)], at: min(place, bytes.count))
        case 1: if !bytes.isEmpty { bytes.remove(at: place) }
        case 2: if !bytes.isEmpty { bytes[place] = UInt8(random.next(below: 256)) }
        default: bytes.removeLast(bytes.count - min(place, bytes.count))
        }
      }
      do {
        for tree in try Treebank(bytes: bytes, named: "a.txt").trees {
          #expect(tree.labels.count == tree.childCounts.count)
          #expect(tree.words.count == tree.childCounts.count { $0 == 0 } + tree.heads.count)
          #expect(tree.childCounts.reduce(0, +) == tree.childCounts.count - 1)
        }
      } catch {
        failures += 1
        if error.file != "a.txt" || error.line == nil || error.kind != .badData { Issue.record("\(error)") }
      }
    }
    #expect(failures > 300)
  }

  @Test func filesMayBeCompressedOrMissing() throws {
    let bytes = GzipInflaterTests.compressed(Array("(1 a)".utf8))
    #expect(try Treebank(bytes: bytes, named: "a.gz").trees.count == 1)
    #expect(
      message { _ = try Treebank(contentsOf: "/no/such/file") }.contains(
        "expected a readable file, received no such file"))
  }
}
