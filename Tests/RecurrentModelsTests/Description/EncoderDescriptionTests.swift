import RecurrentModels
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

private let described = SequenceEncoderKind.compositions + SequenceEncoderKind.comparisons

@Suite struct EncoderDescriptionTests {
  private static func description(_ layer: EncoderDescription) -> SequenceModelDescription {
    SequenceModelDescription(features: 3, layers: [layer])
  }

  @Test(arguments: described) func aDescribedStructureIsTheStructure(kind: SequenceEncoderKind)
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

  @Test(arguments: described) func noStructureIsLargerThanItsBound(kind: SequenceEncoderKind)
    throws
  {
    for (size, layers, reach) in [(1, 1, nil), (5, 3, nil), (4, 1, 300), (3, 24, 2), (2, 1, 1_000_000)]
      as [(Int, Int, Int?)]
    {
      // States that double with each layer are refused in so high a stack.
      let layer = EncoderDescription(
        structure: kind.name, size: size, layers: kind.stateGrowth > 1 ? min(layers, 14) : layers, reach: reach)
      let model = try Self.description(layer).makeModel()
      let bound = layer.mostScalars(of: .steps(features: 3))
      #expect(Double(ParameterLayout(of: model).scalarCount) <= bound, "\(size), \(layers)")
    }
  }

  @Test(arguments: described) func allThatIsWrittenIsRead(kind: SequenceEncoderKind) throws {
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

  /// Frames of two by three places, with two channels that are read and one that is written.
  @Test func framesAreThoseOfTheFile() throws {
    let file = """
      {"format": 1, "features": 12, "layers": [
        {"layer": "encoder", "structure": "conv-lstm", "size": 6, "frame": [2, 3], "outputs": "last"}]}
      """
    let plan = try SequenceModelDescription(json: Array(file.utf8))
    #expect(try SequenceModelDescription(json: plan.json) == plan)
    let model = try plan.makeModel(random: RandomSource(seed: 1))
    let shapes = ParameterLayout(of: model).entries.map(\.shape)
    #expect(shapes == [[4, 2, 3, 3], [4, 1, 3, 3], [4]])
    let summary = try ModelSummary(of: model, length: 4, batch: 1).rows[0]
    #expect(summary.name == "conv-lstm" && summary.multiplyAdds == 4 * 3 * 9 * 6)
    for (frame, layers) in [([2, 3], 1), ([1, 2], 3), ([12], 2), ([1, 1], 2)] {
      let layer = EncoderDescription(structure: "conv-lstm", size: 24, layers: layers, frame: frame)
      let made = try SequenceModelDescription(features: 12, layers: [layer]).makeModel()
      #expect(Double(ParameterLayout(of: made).scalarCount) == layer.mostScalars(of: .steps(features: 12)), "\(frame)")
    }
    // Frames are large where kernels are small.
    let wide = EncoderDescription(structure: "conv-lstm", size: 4096, frame: [64, 64])
    #expect(wide.mostScalars(of: .steps(features: 4096)) == 76)
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
    // Eight layers go back by up to 128 steps: as a recurrent layer counts them.
    func dilated(_ length: Int) throws -> Int {
      let plan = Self.description(EncoderDescription(structure: "dilated", size: 8, layers: 8))
      return try ModelSummary(of: plan.makeModel(random: RandomSource(seed: 1)), length: length, batch: 1).rows[0]
        .keptBytes
    }
    let share = try Double(dilated(8192)) / Double(dilated(4096))
    #expect(1.9 < share && share < 2.1, "\(share)")
    // As it is measured, not continued.
    #expect(try summary("attention-dot", length: 256).keptBytes > summary("attention-dot", length: 255).keptBytes)
  }

  @Test(arguments: described) func nothingToReadIsRefused(kind: SequenceEncoderKind) {
    let plan = SequenceModelDescription(features: 0, layers: [EncoderDescription(structure: kind.name, size: 8)])
    let error = #expect(throws: DescriptionError.self) { try plan.makeModel() }
    #expect(error.map { "\($0)".contains("layers[0]: expected features for a layer encoder, received 0") } == true)
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
      (
        #""structure": "dilated", "size": 64, "layers": 13"#,
        "layers[0].size: expected a state of at most 524288 numbers, received one of up to \(2 * 64 * 8191); take a "
          + "smaller size or fewer layers"
      ),
      (#""structure": "tcn", "size": 8, "frame": [3]"#, "layers[0].frame: expected no frame for tcn, which reads none"),
      (
        #""structure": "conv-lstm", "size": 8, "frame": [2, 2, 2]"#,
        "layers[0].frame: expected a length, or a height and a width, each in 1...65536, received [2, 2, 2]"
      ),
      (
        #""structure": "conv-lstm", "size": 8, "frame": [0]"#,
        "layers[0].frame: expected a length, or a height and a width, each in 1...65536, received [0]"
      ),
      (
        #""structure": "conv-lstm", "size": 8, "frame": [2]"#,
        "layers[0].frame: expected places of which 3 features and a size of 8 are channels, received [2]"
      ),
      (
        #""structure": "conv-lstm", "size": 8, "frame": [65536, 65536]"#,
        "layers[0].frame: expected places of which 3 features and a size of 8 are channels"
      ),
      (#""structure": "tcn", "size": 8, "heads": 2"#, "layers[0]: expected one of layer, structure, size,"),
      (#""structure": "transformer", "size": 65536"#, "expected a model of at most "),
    ] {
      let file = #"{"format": 1, "features": 3, "layers": [{"layer": "encoder", "# + keys + "}]}"
      let error = #expect(throws: DescriptionError.self) { try SequenceModelDescription(json: Array(file.utf8)) }
      #expect(error.map { "\($0)".contains(text) } == true, "\(error.map { "\($0)" } ?? "")")
    }
  }
}
