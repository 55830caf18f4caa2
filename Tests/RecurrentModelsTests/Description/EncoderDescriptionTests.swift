import RecurrentModels
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct EncoderDescriptionTests {
  private static func description(_ layer: EncoderDescription) -> SequenceModelDescription {
    SequenceModelDescription(features: 3, layers: [layer])
  }

  @Test(arguments: SequenceEncoderKind.comparisons) func aDescribedStructureIsTheStructure(kind: SequenceEncoderKind)
    throws
  {
    let plan = Self.description(EncoderDescription(structure: kind.name, size: 8, layers: 2, outputs: .last))
    #expect(try plan.forms() == [.whole(features: 8)])
    let model = try plan.makeModel(random: RandomSource(seed: 5))
    let encoder = kind.make(
      .init(
        inputSize: 3, hiddenSize: 8, layers: 2, random: RandomSource(seed: 5).stream("layers").stream(0)))
    var data = TestData(seed: 3)
    let x = data.tensor([2, 6, 3])
    var context = ForwardContext.inference
    let run = encoder.encode(x, lengths: [6, 4], context: &context)
    #expect(model(x, lengths: [6, 4]) == run.lastOutputs)
    #expect(ParameterLayout(of: model).entries.allSatisfy { $0.path.hasPrefix("layers.0.") })
    let all = try Self.description(EncoderDescription(structure: kind.name, size: 8, layers: 2))
      .makeModel(random: RandomSource(seed: 5))
    #expect(all(x, lengths: [6, 4]) == run.outputs)
  }

  @Test(arguments: SequenceEncoderKind.comparisons) func noStructureIsLargerThanItsBound(kind: SequenceEncoderKind)
    throws
  {
    for (size, layers, reach) in [(1, 1, nil), (5, 3, nil), (4, 1, 300), (3, 24, 2), (2, 1, 1_000_000)]
      as [(Int, Int, Int?)]
    {
      let layer = EncoderDescription(structure: kind.name, size: size, layers: layers, reach: reach)
      let model = try Self.description(layer).makeModel()
      let bound = layer.mostScalars(of: .steps(features: 3))
      #expect(Double(ParameterLayout(of: model).scalarCount) <= bound, "\(size), \(layers)")
    }
  }

  @Test(arguments: SequenceEncoderKind.comparisons) func allThatIsWrittenIsRead(kind: SequenceEncoderKind) throws {
    for layer in [
      EncoderDescription(structure: kind.name, size: 6),
      EncoderDescription(structure: kind.name, size: 6, layers: 3, dropout: 0.25, reach: 90, outputs: .last),
    ] {
      let plan = Self.description(layer)
      let read = try SequenceModelDescription(json: plan.json)
      #expect(read == plan && read.json == plan.json)
    }
    let plain = try #require(
      String(bytes: Self.description(EncoderDescription(structure: kind.name, size: 6)).json, encoding: .utf8))
    #expect(!plain.contains("reach") && !plain.contains("outputs"))
  }

  /// Seven steps: 7 pairs for each step of a Transformer, 4 on the average of one that looks back alone.
  @Test func costsAreThoseCountedByHand() throws {
    func summary(_ name: String, length: Int = 7) throws -> ModelSummary.Row {
      let plan = Self.description(EncoderDescription(structure: name, size: 8, layers: 2))
      return try ModelSummary(of: plan.makeModel(random: RandomSource(seed: 1)), length: length, batch: 1).rows[0]
    }
    let matrices = 3 * 8 + 2 * (4 * 8 * 8 + 2 * 8 * 32)
    #expect(try summary("transformer").multiplyAdds == matrices + 2 * 7 * 2 * 8)
    #expect(try summary("transformer-causal").multiplyAdds == matrices + 2 * 4 * 2 * 8)
    #expect(try summary("transformer").name == "transformer")
    let lstms = 4 * 8 * (3 + 8) + 4 * 8 * (8 + 8), combination = 8 * 16, pairs = 4 * (8 + 8)
    #expect(try summary("attention-dot").multiplyAdds == lstms + combination + pairs)
    #expect(try summary("attention-general").multiplyAdds == lstms + combination + 64 + pairs)
    #expect(try summary("attention-additive").multiplyAdds == lstms + combination + 2 * 64 + pairs)
    #expect(try summary("tcn").multiplyAdds == 3 * 8 * 3 + 3 * 8 * 8 + 3 * 8 + 2 * 3 * 8 * 8)
    // What attention keeps grows with the square of the steps; a convolution's with the steps.
    for (name, least, most) in [("attention-dot", 3.0, 4.0), ("tcn", 1.99, 2.01)] {
      let (long, half) = (try summary(name, length: 8192).keptBytes, try summary(name, length: 4096).keptBytes)
      let share = Double(long) / Double(half)
      #expect(least < share && share < most, "\(name): \(share)")
    }
    // As it is measured, not continued.
    #expect(try summary("attention-dot", length: 256).keptBytes > summary("attention-dot", length: 255).keptBytes)
  }

  @Test func mistakesAreNamed() throws {
    for (keys, text) in [
      (#""structure": "transfomer", "size": 8"#, "layers[0].structure: expected one of "),
      (#""structure": "lstm", "size": 8"#, "layers[0].structure: expected one of "),
      (#""structure": "tcn""#, "layers[0]: expected a value for size, received none"),
      (#""structure": "tcn", "size": 0"#, "layers[0].size: expected a whole number from 1 to 65536, received 0"),
      (
        #""structure": "tcn", "size": 8, "layers": 25"#,
        "layers[0].layers: expected a whole number from 1 to 24, received 25"
      ),
      (
        #""structure": "tcn", "size": 8, "reach": 1000001"#,
        "layers[0].reach: expected a whole number from 1 to 1000000, received 1000001"
      ),
      (#""structure": "tcn", "size": 8, "dropout": 1"#, "layers[0].dropout: expected a number at least 0 and below 1"),
      (#""structure": "tcn", "size": 8, "heads": 2"#, "layers[0]: expected one of layer, structure, size,"),
      (#""structure": "transformer", "size": 65536"#, "expected a model of at most "),
    ] {
      let file = #"{"format": 1, "features": 3, "layers": [{"layer": "encoder", "# + keys + "}]}"
      let error = #expect(throws: DescriptionError.self) { try SequenceModelDescription(json: Array(file.utf8)) }
      #expect(error.map { "\($0)".contains(text) } == true, "\(error.map { "\($0)" } ?? "")")
    }
  }
}
