import Recurrent
import RecurrentBenchmarks
import Testing

@Suite struct BenchmarkSuiteTests {
  private static let cells = ["rnn", "lstm", "gru"]

  /// The names that other programs print, written out.
  private static let names: [String: [String]] = [
    "layers": cells.flatMap { cell in
      [
        "B1T100I32H32", "B1T100I128H128", "B1T100I256H256", "B1T100I512H512", "B8T200I16H48", "B16T100I64H64",
        "B32T100I10H20", "B32T28I28H128", "B32T100I128H128", "B20T35I200H200", "B64T50I256H256", "B128T100I128H128",
        "B64T35I650H650", "B32T50I1024H1024",
      ].flatMap { ["layer/\(cell)/\($0)/train", "layer/\(cell)/\($0)/infer"] }
    },
    "lengths": combined([
      ["lengths/"], cells, ["/B8T100I64H64", "/B8T100I128H128", "/B32T100I64H64", "/B32T100I128H128"],
      ["/full", "/half"], ["/train", "/infer"],
    ]),
    "cells": RecurrentKind.all.flatMap { kind in
      ["B16T100I64H64/train", "B16T100I64H64/infer", "I64H64/step"].map { "cell/\(kind.name)/\($0)" }
    },
    "compositions": combined([
      ["composition/"], ["conv-lstm", "dilated", "output-feedback"], ["/B16T100I64H64", "/B4T1000I64H64"],
      ["/train", "/infer"],
    ]),
    "comparisons": combined([
      ["comparison/"],
      ["attention-additive", "attention-dot", "attention-general", "transformer", "transformer-causal", "tcn"],
      ["/B16T100I64H64", "/B4T1000I64H64"], ["/train", "/infer"],
    ]),
    "long": combined([
      ["long/"], ["lstm", "indrnn", "mingru", "minlstm", "sru", "qrnn", "lru", "ssm-selective"],
      ["/B4T10000I128H128", "/B1T10000I128H128"], ["/train", "/infer"],
    ]),
    "trees": TreeKind.all.flatMap { kind in
      combined([
        ["tree/\(kind.name)/B25W19"], ["I64H32", "I300H150"], ["/levels/train", "/nodes/train", "/levels/infer"],
      ])
    },
    "custom": combined([["custom/"], ["lstm", "gru"], ["/built-in", "/equations", "/step"], ["/train", "/infer"]]),
    "models": [
      "lstm-classifier-10x20x5", "rnn-forecaster-1x50x1", "rnn-stack-1x10x1", "row-mnist-lstm-128",
      "pixel-mnist-gru-64",
      "char-lm-2x128", "char-lm-2x512", "ptb-small-2x200", "ptb-medium-2x650", "sentiment-bilstm-2x64",
      "speech-bigru-3x256",
    ],
    "stream": cells.flatMap { cell in
      ["I1H16", "I8H32", "I32H64", "I64H128", "I80H256", "I128H512"].map { "stream/\(cell)/\($0)" }
    },
    "cold": ["cold/lstm-64"],
    "products": ["product/1024x1024x1024"],
  ]

  /// One text of each list behind the other, in every combination, the last list running fastest.
  private static func combined(_ lists: [[String]]) -> [String] {
    lists.reduce([""]) { starts, ends in starts.flatMap { start in ends.map { start + $0 } } }
  }

  @Test func rowsHaveTheNamesThatOtherProgramsPrint() {
    #expect(Set(BenchmarkSuite.all.map(\.name)) == Set(Self.names.keys))
    for suite in BenchmarkSuite.all {
      #expect(suite.rows.map(\.name) == Self.names[suite.name], "\(suite.name)")
      #expect(BenchmarkSuite.named(suite.name)?.rows.count == suite.rows.count)
    }
    #expect(Self.names["layers"]?.count == 84)
    #expect(Self.names["models"]?.count == 11)
    #expect(Self.names["stream"]?.count == 18)
    #expect(BenchmarkSuite.named("layer") == nil)
  }

  @Test func rowsAreChosenByPartsOfTheirNames() throws {
    let layers = try #require(BenchmarkSuite.named("layers"))
    #expect(layers.rows(containing: []).count == 84)
    #expect(layers.rows(containing: ["lstm/B1T", "H1024/infer"]).map(\.name).count == 8 + 3)
    #expect(layers.rows(containing: ["rnn/B8T200"]).map(\.name).sorted().first == "layer/rnn/B8T200I16H48/infer")
    #expect(layers.rows(containing: ["LSTM"]).isEmpty)
  }

  @Test func onlyTrainingHasFigures() throws {
    for suite in BenchmarkSuite.all {
      for row in suite.rows {
        #expect((row.figures != nil) == (suite.name == "models" || row.name.hasSuffix("/train")), "\(row.name)")
      }
    }
  }

  /// A short run of every suite but `cold`, which starts the program and has tests of its own.
  @Test func rowsAreTimed() throws {
    let names = [
      "B1T100I32H32", "I1H16", "rnn-stack", "lstm-classifier", "custom/gru/step", "cell/", "W19I64H32", "product/",
      "lengths/rnn/B8T100I64H64/half", "comparison/tcn/B16", "long/indrnn/B1",
      "composition/conv-lstm/B16", "composition/dilated/B16", "composition/output-feedback/B16",
    ]
    for suite in BenchmarkSuite.all {
      let rows = suite.rows(containing: names)
      #expect(suite.name == "cold" || !rows.isEmpty, "\(suite.name)")
      for row in rows {
        let time = try row.time(0)
        #expect(time.runs >= 3 && time.range.contains(time.milliseconds) && time.range.lowerBound > 0, "\(row.name)")
      }
    }
  }
}
