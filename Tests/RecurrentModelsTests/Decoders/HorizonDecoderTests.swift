import RecurrentModels
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// What holds for every decoder.
@Suite struct HorizonDecoderTests {
  /// One tensor of state, two, and units that are not rectified: what cells compute is the matter of their own tests.
  private static let cells = ["elman", "lstm", "gru"]
  private static let decoders = DecoderKind.all.map(\.name)
  /// What takes the place of a recurrent cell, with the direct decoder alone.
  private static let others = ForecasterConfiguration.encoders.filter { $0.recurrent == nil }.map(\.name)

  @Test(arguments: decoders, cells) func gradientsAgreeWithDifferences(decoder: String, cell: String) throws {
    let kind = try #require(DecoderKind(named: decoder))
    for (layers, known, calendar) in [(2, nil, 2), (1, 2, nil)] as [(Int, Int?, Int?)] {
      let sample = DecoderUnderTest(cell: cell, layers: layers, knownSize: known, calendarSize: calendar, lift: 4)
      let network = ModuleTensors.scaled(sample.network(kind), by: 0.6, but: ["bias"])
      let disagreements = GradientCheck.disagreements(of: network, at: [sample.inputs]) {
        [sample.outputs($0, $1[0])]
      }
      #expect(disagreements == [], "\(layers) layers")
    }
  }

  @Test(arguments: others) func gradientsAgreeWithDifferencesOfOtherEncoders(cell: String) {
    let sample = DecoderUnderTest(cell: cell, layers: 2, lift: 4)
    let network = ModuleTensors.scaled(sample.network(.direct), by: 0.6, but: ["bias"])
    #expect(GradientCheck.disagreements(of: network, at: [sample.inputs]) { [sample.outputs($0, $1[0])] } == [])
  }

  /// A network of bounded reach sees the whole window: one block would see the last five segments.
  @Test func aConvolutionSeesTheWholeWindow() {
    let sample = DecoderUnderTest(cell: "tcn", segments: 12, lift: 4)
    let (network, inputs) = (sample.network(.direct), sample.inputs)
    var changed = inputs.scalars
    let length = changed.count / DecoderUnderTest.windows
    for window in 0..<DecoderUnderTest.windows {
      for index in 0..<length / 12 { changed[window * length + index] += 5 }
    }
    let before = sample.outputs(network, inputs)
    let after = sample.outputs(network, Tensor(changed, shape: inputs.shape))
    for row in 0..<DecoderUnderTest.windows { #expect(before[at: row, axis: 0] != after[at: row, axis: 0]) }
  }

  /// What is known of the third of five rows acts on it or its segment, and on those after it where rows are read in turn.
  @Test(arguments: [("direct", [2]), ("recursive", [2, 4]), ("encoder-decoder", [2, 3, 4])])
  func knownColumnsActForward(decoder: String, rowsReached: [Int]) throws {
    let sample = DecoderUnderTest(outputs: 1, knownSize: 2)
    let network = sample.network(try #require(DecoderKind(named: decoder)))
    var rows = sample.rows
    let before = sample.outputs(network, sample.inputs)
    var known = try #require(rows.known).scalars
    for window in 0..<3 { known[(window * 5 + 2) * 2] += 3 }
    rows.known = Tensor(known, shape: [3, 5, 2])
    var context = ForwardContext.inference
    let after = network(sample.inputs, rows: rows, targets: sample.targets, context: &context)
    #expect(before[0..<2, axis: 1] == after[0..<2, axis: 1])
    for step in rowsReached { #expect(before[at: step, axis: 1] != after[at: step, axis: 1], "\(step)") }
  }

  @Test(arguments: decoders) func startsWithOutputsOfZero(decoder: String) throws {
    let kind = try #require(DecoderKind(named: decoder))
    let sample = DecoderUnderTest(knownSize: 2)
    let plan = HorizonDecoderPlan(
      kind: try #require(SequenceEncoderKind(named: "lstm")), hiddenSize: 3, layers: 2, dropout: 0, segments: 4,
      horizon: 5, segment: 2, outputs: 2, knownSize: 2, calendarSize: nil, random: RandomSource(seed: 1))
    let network = SegmentNetwork(inputSize: 6, targets: 2, decoder: kind, plan)
    let outputs = sample.outputs(network, sample.inputs)
    #expect(outputs == Tensor(zeros: [3, 10]))
  }

  @Test(arguments: decoders.map { ($0, "gru") } + others.map { ("direct", $0) })
  func everyTargetHasAStartOfItsOwn(decoder: String, cell: String) throws {
    let sample = DecoderUnderTest(cell: cell)
    let network = sample.network(try #require(DecoderKind(named: decoder)))
    var context = ForwardContext.inference
    func outputs(_ targets: [Int]) -> Tensor {
      network(sample.inputs, rows: sample.rows, targets: targets, context: &context)
    }
    let (first, second) = (outputs([0, 0, 0]), outputs([0, 1, 0]))
    #expect(first[at: 0, axis: 0] == second[at: 0, axis: 0])
    #expect(first[at: 1, axis: 0] != second[at: 1, axis: 0])
  }

  /// A row of a batch does not depend on the rows beside it.
  @Test(arguments: decoders.map { ($0, "gru") } + others.map { ("direct", $0) })
  func rowsStandAlone(decoder: String, cell: String) throws {
    let sample = DecoderUnderTest(cell: cell, layers: 2, knownSize: 2)
    let network = sample.network(try #require(DecoderKind(named: decoder)))
    let whole = sample.outputs(network, sample.inputs)
    var changed = sample.inputs.scalars
    let length = changed.count / 3
    for index in length..<2 * length { changed[index] += 1 }
    let other = sample.outputs(network, Tensor(changed, shape: sample.inputs.shape))
    for row in [0, 2] { #expect(whole[at: row, axis: 0] == other[at: row, axis: 0]) }
    #expect(whole[at: 1, axis: 0] != other[at: 1, axis: 0])
  }
}

extension ModuleTensors {
  /// The module with all trained tensors multiplied, but those whose path contains one of some words.
  fileprivate static func scaled<M: Module>(_ module: M, by factor: Scalar, but words: [String]) -> M {
    let tensors = module.namedTensors.filter { name, _ in !words.contains { name.contains($0) } }
    return replacing(module, Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.tensor * factor) }))
  }
}
