import Foundation
import RecurrentModels
import RecurrentNN
import RecurrentTensor
import Testing

@Suite struct SequenceModelDescriptionTests {
  private static let text = """
    {
      "format": 1,
      "layers": [
        { "layer": "embedding", "vocabulary": 5000, "size": 64 },
        { "layer": "recurrent", "cell": "lstm", "hidden": 128, "layers": 2, "direction": "bidirectional", "outputs": "last" },
        { "layer": "dropout", "rate": 0.5 },
        { "layer": "linear", "size": 5 }
      ]
    }
    """

  @Test func swiftAndJSONAreOne() throws {
    let description = SequenceModelDescription(
      layers: [
        EmbeddingDescription(vocabularySize: 5000, size: 64),
        RecurrentDescription(cell: "lstm", hiddenSize: 128, layers: 2, direction: .bidirectional, outputs: .last),
        DropoutDescription(rate: 0.5),
        LinearDescription(size: 5),
      ])
    let model = try description.makeModel(random: RandomSource(seed: 1))
    let scores = model([[7, 31, 4], [12, 5, 0]], lengths: [3, 2])  // [2, 5]
    #expect(scores.shape == [2, 5])
    let read = try SequenceModelDescription(json: Array(Self.text.utf8))
    #expect(read == description && read.hashValue == description.hashValue)
    #expect(try SequenceModelDescription(json: description.json) == description)
    #expect(
      try description.forms().map { "\($0)" } == [
        "[batch, time, 64]", "[batch, 256]", "[batch, 256]", "[batch, 5]",
      ])
    var other = description
    other.layers[2] = DropoutDescription(rate: 0.4)
    #expect(other != description)
  }

  @Test func noLayerIsLargerThanItsBound() throws {
    for kind in RecurrentKind.all {
      for (direction, connections, dilation) in [
        (Direction.bidirectional, LayerConnections.dense, 1), (.backward, .highway, 3),
      ] {
        let layer = RecurrentDescription(
          cell: kind.name, hiddenSize: 3, layers: 3, direction: direction, connections: connections,
          hasTrainedStart: true, dilation: dilation)
        let model = try SequenceModelDescription(features: 5, layers: [layer]).makeModel()
        let bound = layer.mostScalars(of: .steps(features: 5))
        #expect(Double(ParameterLayout(of: model).scalarCount) <= bound, "\(kind.name)")
      }
    }
  }

  /// Everything that can be said, read back as it was.
  @Test func allThatIsWrittenIsRead() throws {
    for kind in RecurrentKind.all {
      var regularization = RecurrentRegularization(zoneoutInference: .plain)
      for (index, regularizer) in kind.regularizers.enumerated() {
        regularization[keyPath: regularizer.strength] = Scalar(index + 1) / 16
      }
      let remembers = kind.cell is any RememberingCell.Type
      let description = SequenceModelDescription(
        features: 6,
        layers: [
          LayerNormDescription(), LinearDescription(size: 7, hasBias: false), ActivationDescription(.relu),
          RecurrentDescription(
            cell: kind.name, hiddenSize: 4, layers: 2, direction: .bidirectional(merge: .sum), dropout: 0.25,
            connections: .dense, regularization: regularization, hasTrainedStart: true,
            memory: remembers ? 40 : nil, rememberingLayers: remembers ? .all : .last),
          RecurrentDescription(cell: kind.name, hiddenSize: 4, layers: 3, dilation: 2),
          PoolingDescription(.max),
        ])
      let read = try SequenceModelDescription(json: description.json)
      #expect(read == description, "\(kind.name)")
      #expect(read.json == description.json)
    }
    // What is as it is by default is not written.
    let plain = SequenceModelDescription(features: 2, layers: [RecurrentDescription(cell: "gru", hiddenSize: 3)])
    #expect(try #require(String(bytes: plain.json, encoding: .utf8)).contains("dropout") == false)
  }

  private static func layer(_ text: String) -> String { "{\"format\": 1, \"features\": 3, \"layers\": [\(text)]}" }

  /// A file and what the one line about it says.
  private static func check(_ text: String, _ parts: String...) {
    let error = #expect(throws: DescriptionError.self) {
      try SequenceModelDescription(json: Array(text.utf8), name: "m.json")
    }
    #expect(error.map { "\($0)" } == "m.json: " + parts.joined(separator: " "))
  }

  @Test func mistakesOfTheWholeAreNamed() {
    Self.check("", "expected JSON, received text that is none; a brace or a comma may be missing")
    Self.check("[1]", "expected an object, received an array")
    Self.check("{}", "expected a value for format, received none")
    Self.check(#"{"format": 2, "layers": []}"#, "format: expected 1, received 2")
    Self.check(
      #"{"format": 1, "layers": []}"#, "layers: expected a whole number from 1 to 1000, received 0")
    Self.check(
      #"{"format": 1, "feature": 3, "layers": []}"#, "expected one of format, features, layers, received \"feature\"")
    Self.check(
      #"{"format": 1, "features": -1, "layers": [{"layer": "linear", "size": 1}]}"#,
      "features: expected a whole number from 0 to 65536, received -1")
    Self.check(
      #"{"format": 1, "layers": [{"layer": "linear", "size": 3}]}"#,
      "layers[0]: expected vectors for a layer linear, received numbers of words; let an embedding come first")
  }

  @Test func mistakesOfLayersAreNamed() {
    func check(_ layers: String, _ parts: String...) {
      Self.check(Self.layer(layers), parts.joined(separator: " "))
    }
    check(
      #"{"layer": "liner", "size": 3}"#, "layers[0].layer: expected one of embedding, recurrent, encoder, linear,",
      "activation, dropout, layer-norm, pooling, received \"liner\"")
    check(
      #"{"layer": "linear", "sise": 3}"#, "layers[0]: expected one of layer, size, bias, received \"sise\"")
    check(#"{"layer": "linear"}"#, "layers[0]: expected a value for size, received none")
    check(
      #"{"layer": "linear", "size": "3"}"#, "layers[0].size: expected a whole number, received a string")
    check(
      #"{"layer": "linear", "size": 0}"#, "layers[0].size: expected a whole number from 1 to 65536, received 0")
    check(
      #"{"layer": "dropout", "rate": 1}"#, "layers[0].rate: expected a number at least 0 and below 1, received 1.0")
    check(
      #"{"layer": "recurrent", "cell": "mlstm", "hidden": 65536}"#,
      "layers[0].hidden: expected a state of at most 524288 numbers, received one of up to 4295032833; take fewer units"
    )
    check(
      #"{"layer": "pooling", "method": "sum"}"#,
      "layers[0].method: expected one of last, mean, max, received \"sum\"")
    check(
      #"{"layer": "embedding", "vocabulary": 3, "size": 3}"#,
      "layers[0]: expected numbers of words for a layer embedding, received vectors; let the embedding be the first",
      "layer, and leave features out")
    check(
      #"{"layer": "pooling", "method": "last"}, {"layer": "recurrent", "cell": "gru", "hidden": 2}"#,
      "layers[1]: expected vectors at steps for a layer recurrent, received one vector for a whole sequence; let",
      "pooling come later")
  }

  @Test func mistakesOfCellsAreNamed() {
    func check(_ keys: String, _ parts: String...) {
      let text = #"{"layer": "recurrent", "cell": "elman", "hidden": 2, "# + keys + "}"
      Self.check(Self.layer(text), "layers[0]." + parts.joined(separator: " "))
    }
    let names = (RegularizerKind.all.map(\.name) + ["zoneout-inference"]).joined(separator: ", ")
    check(
      #""regularization": {"weightdrop": 0.1}"#, "regularization: expected one of", names + ", received \"weightdrop\"")
    check(
      #""regularization": {"weight-drop": 1.5}"#,
      "regularization.weight-drop: expected a number at least 0 and below 1, received 1.5")
    check(
      #""regularization": {"memory-zoneout": 0.5}"#,
      "regularization: expected a regulariser that acts on the cell elman:",
      RegularizerKind.all.map(\.name).filter { $0 != "memory-zoneout" }.joined(separator: ", ")
        + ", received memory-zoneout; it would change nothing: leave it out, or take another cell")
    check(#""dilation": 0"#, "dilation: expected a whole number from 1 to 1024, received 0")
    check(
      #""dilation": 2"#, "dilation: expected layers of 2 or more beside it, received 1; the lowest layer goes on from",
      "the step before")
    check(
      #""layers": 3, "dilation": 1000"#, "hidden: expected a state of at most 524288 numbers, received one of up to",
      "\(8 * 2 * 1_001_001); take fewer units, fewer layers or a smaller dilation")
    check(
      #""layers": 2, "dilation": 2, "regularization": {"recurrent-dropout": 0.5}"#,
      "regularization: expected a regulariser that acts on the dilated cell elman: input-dropout, output-dropout,",
      "weight-drop, activity-penalty, temporal-activity-penalty, received recurrent-dropout; states move up at each",
      "step: leave it out, or leave the dilation out")
    check(
      #""layers": 2, "dilation": 2, "regularization": {"memory-zoneout": 0.5}"#,
      "regularization: expected a regulariser that acts on the dilated cell elman: input-dropout, output-dropout,",
      "weight-drop, activity-penalty, temporal-activity-penalty, received memory-zoneout; it would change nothing:",
      "leave it out, or take another cell")
    check(#""memory": 9"#, "memory: expected no memory for elman, whose units have no such start, received 9")
    check(
      #""connections": "highway", "direction": "bidirectional-sum""#,
      "direction: expected forward, backward or bidirectional with highway connections, received bidirectional-sum")
    check(
      #""outputs": "none""#, "outputs: expected one of all, last, received \"none\"")
    check(#""remembering": "first""#, "remembering: expected one of last, all, received \"first\"")
    check(#""remembering": "all""#, "remembering: expected memory beside it, received none")
    check(#""layers": 65"#, "layers: expected a whole number from 1 to 64, received 65")
  }

  /// Numbers beyond all memory, nesting without end, lists without end: refused at once.
  @Test func hostileFilesAreRefused() {
    let huge = #"{"layer": "recurrent", "cell": "lstm", "hidden": 65536}"#
    let words = #"{"format": 1, "layers": [{"layer": "embedding", "vocabulary": 10000000, "size": 65536}]}"#
    let reservoir = #"{"layer": "recurrent", "cell": "echo-state", "hidden": 12000}"#
    let many = [String](repeating: #"{"layer": "layer-norm"}"#, count: 1001).joined(separator: ",")
    let texts = [
      Self.layer(huge), words, Self.layer(reservoir), Self.layer(many),
      Self.layer(#"{"layer": "recurrent", "cell": "lstm", "hidden": 4, "layers": 9223372036854775807}"#),
      Self.layer(#"{"layer": "linear", "size": 1e400}"#), Self.layer(#"{"layer": "linear", "size": 1.5}"#),
      Self.layer(#"{"layer": "dropout", "rate": -0.1}"#), Self.layer(#"{"layer": null}"#), "null", "\u{0}",
      String(repeating: "[", count: 100_000), String(repeating: #"{"layers":"#, count: 100_000),
      Self.layer(String(repeating: " ", count: SequenceModelDescription.mostBytes)),
    ]
    for text in texts {
      #expect(throws: DescriptionError.self, "\(text.prefix(80))") {
        try SequenceModelDescription(json: Array(text.utf8))
      }
    }
    // What is made in a program is checked as well.
    let wide = SequenceModelDescription(features: 1, layers: [RecurrentDescription(cell: "gru", hiddenSize: .max)])
    #expect(throws: DescriptionError.self) { try wide.makeModel() }
    let unknown = SequenceModelDescription(features: 1, layers: [RecurrentDescription(cell: "gruu", hiddenSize: 2)])
    #expect(throws: DescriptionError.self) { try unknown.makeModel() }
    #expect(throws: DescriptionError.self) { try SequenceModelDescription(layers: []).makeModel() }
  }

  @Test func kindsOfLayersHaveNamesOfTheirOwn() {
    let names = LayerDescriptionKind.all.map(\.name)
    #expect(Set(names).count == names.count)
    for kind in LayerDescriptionKind.all {
      #expect(LayerDescriptionKind(named: kind.name)?.name == kind.name)
      #expect(!kind.type.keys.contains("layer"))
    }
  }
}
