import RecurrentData
import RecurrentModels
import Testing

@Suite struct TreeEncodingTests {
  private func bank(_ text: String) throws -> Treebank { try Treebank(bytes: Array(text.utf8), named: "a.txt") }

  @Test func wordsAndLabelsAreThoseOfTheTraining() throws {
    let training = try bank("(10 (2 The) (9 (2 film) (9 THE)))\n(2 film)\n(2 dull)")
    let encoding = TreeEncoding(fittedTo: training.trees, leastCount: 2, foldsCase: true)
    #expect(encoding.labels == ["2", "9", "10"])
    #expect(encoding.words == ["film", "the"] && encoding.vocabularySize == 3)
    let examples = try encoding.examples(
      of: try bank("(9 (10 the) (2 (2 DULL) (2 Film)))"), within: TreeLimits(mostChildren: 2))
    #expect(examples.map(\.words) == [[2, 0, 1]])
    #expect(examples[0].classes == [2, 0, 0, 0, 1] && examples[0].rootClass == 1)
    #expect(encoding.neutral == nil)
    let cased = TreeEncoding(fittedTo: training.trees, leastCount: 1, foldsCase: false)
    #expect(cased.words == ["film", "THE", "The", "dull"])
  }

  @Test func theMiddleOfOddScalesIsNeutral() throws {
    func neutral(_ text: String) throws -> Int? {
      TreeEncoding(fittedTo: try bank(text).trees, leastCount: 1, foldsCase: true).neutral
    }
    #expect(try neutral("(4 (0 a) (1 (2 b) (3 c)))") == 2)
    #expect(try neutral("(1 (0 a) (-1 b))") == 1)
    #expect(try neutral("(3 (0 a) (1 (2 b) (3 c)))") == nil)
    #expect(try neutral("(4 (0 a) (2 b))") == nil)
    #expect(try neutral("(NP (DT a) (NN b))") == nil)
    // The largest of all numbers has none after it, even where it is written twice.
    #expect(try neutral("(9223372036854775807 (9223372036854775805 a) (9223372036854775806 b))") == 1)
    #expect(try neutral("(9223372036854775807 (9223372036854775806 a) (+9223372036854775807 b))") == nil)
  }

  /// A comb of n words has n² / 2 words in its phrases.
  @Test func phrasesWithoutEndAreRefused() throws {
    func comb(_ words: Int) throws -> Treebank {
      let open = String(repeating: "(1 (0 a) ", count: words - 1)
      return try bank(open + "(0 a)" + String(repeating: ")", count: words - 1))
    }
    let encoding = TreeEncoding(fittedTo: try bank("(1 (0 a) (0 b))").trees, leastCount: 1, foldsCase: true)
    #expect(try encoding.examples(of: try comb(500), within: TreeLimits(mostChildren: 2)).count == 1)
    let error = #expect(throws: DataError.self) {
      try encoding.examples(of: try comb(6400), within: TreeLimits(mostChildren: 2))
    }
    #expect(error.map { "\($0)".contains("phrases have at most 20000000 words together, received 20489599") } == true)
  }

  /// As the heads of dependencies: a word and nodes in one bracket.
  @Test func headsAreWordsOfTheirNodes() throws {
    let trees = try bank("(1 saw (0 she) (2 dogs (0 two)))\n(0 b)")
    let encoding = TreeEncoding(fittedTo: trees.trees, leastCount: 1, foldsCase: true)
    let examples = try encoding.examples(of: trees)
    #expect(examples[0].words.map { encoding.words[$0 - 1] } == ["she", "two", "dogs", "saw"])
    #expect(examples[0].shape.spans == [0..<1, 1..<2, 1..<3, 0..<4] && examples[0].classes == [0, 0, 2, 1])
    let error = #expect(throws: DataError.self) {
      try encoding.examples(of: trees, within: TreeLimits(takesHeads: false))
    }
    #expect(
      error.map { "\($0)" }
        == "a.txt:1: expected words at leaves alone, received 2 nodes with a word and nodes; choose a cell that "
        + "takes words at all nodes, such as tree-lstm-head")
  }

  @Test func whatTheModelDoesNotKnowIsNamed() throws {
    let encoding = TreeEncoding(fittedTo: try bank("(1 (0 a) (2 b))").trees, leastCount: 1, foldsCase: true)
    #expect(throws: DataError.self) {
      try encoding.examples(of: try bank("(1 a)\n\n(1 (0 a) (7 b))"))
    }
    do {
      _ = try encoding.examples(of: try bank("(1 a)\n\n(1 (0 a) (7 b))"))
    } catch {
      #expect("\(error)" == "a.txt:3: expected a label of the training trees: 0, 1, 2, received \"7\"")
    }
    do {
      _ = try encoding.examples(of: try bank("(1 (0 a) (0 a) (1 b))"), within: TreeLimits(mostChildren: 2))
      Issue.record("no error")
    } catch {
      #expect("\(error)".hasPrefix("a.txt:1: expected at most 2 children at a node, received 3; choose a cell"))
    }
  }
}
