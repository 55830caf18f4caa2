import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// What holds for every regulariser on every cell.
@Suite struct RegularizerKindTests {
  private static let lengths = [4, 0, 2]

  /// A layer of the cell under one regulariser, or under none.
  private static func layer<Cell: NamedCell>(
    _: Cell.Type, _ kind: RegularizerKind?, layers: Int = 2, direction: Direction = .bidirectional,
    inputSize: Int = 3, hiddenSize: Int = 5, isSmooth: Bool = false, in range: ClosedRange<Double> = -0.8...0.8
  ) -> RecurrentLayer<Cell> {
    var options = RecurrentRegularization.none
    if let kind { options[keyPath: kind.strength] = kind.sample }
    let layer = RecurrentLayer<Cell>(
      inputSize: inputSize, layers: layers, direction: direction, regularization: options
    ) { place in
      let cell = Cell.fresh(inputSize: place.inputSize, hiddenSize: hiddenSize, random: RandomSource(seed: 1))
      guard isSmooth, let normed = cell as? any NormedCell else { return cell }
      return normed.smoothed as? Cell ?? cell
    }
    return ModuleTensors.randomized(layer, seed: 3, in: range)
  }

  private static var input: Tensor {
    var data = TestData(seed: 4)
    return data.tensor([3, 4, 3])
  }

  private static func context(step: Int = 6, firstRow: Int = 0) -> ForwardContext {
    .training(RandomSource(seed: 5), step: step, firstRow: firstRow)
  }

  /// Everything that a pass gives.
  private static func everything<Cell: NamedCell>(
    _ layer: RecurrentLayer<Cell>, _ x: Tensor, lengths: [Int]? = lengths, _ context: ForwardContext
  ) -> [Tensor] {
    var context = context
    let run = layer(x, lengths: lengths, context: &context)
    return [run.outputs, run.lastOutputs] + run.finalState.tensors
      + (context.isTraining ? [context.penalized(Tensor(0 as Scalar))] : [])
  }

  @Test(arguments: RecurrentKind.all, RegularizerKind.all)
  func gradientsAreThoseOfDifferences(cell: RecurrentKind, kind: RegularizerKind) {
    func check<Cell: NamedCell>(_: Cell.Type) {
      // Rectified units are all on here, and the divisor of an mLSTM stays the same one of two, as a difference across a kink is
      // no gradient.
      let isDivided = cell.about.equations.contains("max(|")
      let range = cell.hasKink ? 0.1...0.6 : isDivided ? -0.3...0.3 : -0.8...0.8
      let layer = Self.layer(
        Cell.self, kind, layers: 1, inputSize: 2, hiddenSize: 2, isSmooth: true, in: range)
      var data = TestData(seed: 7)
      let disagreements = GradientCheck.disagreements(of: layer, at: [data.tensor([3, 4, 2], in: range)]) {
        let values = Self.everything($0, $1[0], lengths: [4, 1, 3], Self.context())
        // A stabiliser changes what it follows at some point; the outputs do not depend on it.
        return cell.about.equations.contains("max(f") ? Array(values.prefix(2)) + values.suffix(1) : values
      }
      #expect(disagreements == [])
    }
    check(cell.cell)
  }

  @Test(arguments: RecurrentKind.all, RegularizerKind.all)
  func itActsInTrainingAndNotInInference(cell: RecurrentKind, kind: RegularizerKind) {
    func check<Cell: NamedCell>(_: Cell.Type) {
      let (plain, regular) = (Self.layer(Cell.self, nil), Self.layer(Cell.self, kind))
      let expected = Self.everything(plain, Self.input, .inference)
      var untouched = regular
      untouched.regularization.zoneoutInference = .plain
      #expect(Self.everything(untouched, Self.input, .inference) == expected)
      let trained = Self.everything(regular, Self.input, Self.context())
      // A limit of gradients leaves the values, to rounding of the loop; a price is paid beside them.
      let changes = kind.isProbability && kind.reaches(cell)
      if changes { #expect(trained.prefix(expected.count) != expected[...]) }
      // What finds nothing to act on leaves every bit as it was.
      if !kind.reaches(cell) {
        #expect(Array(trained.prefix(expected.count)) == expected)
        #expect(Self.everything(regular, Self.input, .inference) == expected)
      }
      for (seen, tensor) in zip(trained, expected) where !changes {
        #expect(Comparison.relativeError(seen, tensor, floor: 1) < 2e-6)
      }
      if kind.name.hasSuffix("activity-penalty") { #expect(trained[expected.count].scalar > 0) }
    }
    check(cell.cell)
  }

  @Test(arguments: RecurrentKind.all, RegularizerKind.all)
  func masksDependOnSeedStepAndRowAlone(cell: RecurrentKind, kind: RegularizerKind) {
    func check<Cell: NamedCell>(_: Cell.Type) {
      let layer = Self.layer(Cell.self, kind)
      let whole = Self.everything(layer, Self.input, Self.context())
      #expect(Self.everything(layer, Self.input, Self.context()) == whole)
      if kind.isProbability, kind.reaches(cell) {
        #expect(Self.everything(layer, Self.input, Self.context(step: 7)) != whole)
      }
      // A later shard of the batch sees its part of the same masks.
      let part = Self.everything(
        layer, Self.input[2..<3, axis: 0], lengths: [2], Self.context(firstRow: 2))
      for (seen, tensor) in zip(part, whole) where tensor.shape.rank > 0 {
        #expect(seen == tensor[2..<3, axis: 0])
      }
    }
    check(cell.cell)
  }

  /// What stands behind a length, NaN even, and other rows have no influence.
  @Test(arguments: RecurrentKind.all, RegularizerKind.all)
  func lengthsHold(cell: RecurrentKind, kind: RegularizerKind) {
    func check<Cell: NamedCell>(_: Cell.Type) {
      let layer = Self.layer(Cell.self, kind)
      var spoiled = Self.input
      for unit in 0..<3 { (spoiled[2, 3, unit], spoiled[1, 0, unit]) = (.nan, .nan) }
      func run(_ x: Tensor) -> (values: [Tensor], gradients: Tensor) {
        let run = valueAndGradients(of: layer) { layer -> (loss: Tensor, result: [Tensor]) in
          let values = Self.everything(layer, x, Self.context())
          return (values.dropFirst().reduce(values[0].sum()) { $0 + $1.sum() }, values.map { $0.detached() })
        }
        return (run.result, run.gradients.arena)
      }
      let (clean, dirty) = (run(Self.input), run(spoiled))
      #expect(clean.values == dirty.values)
      #expect(clean.gradients == dirty.gradients)
      #expect(clean.values[0][1..<2, axis: 0] == Tensor(zeros: [1, 4, 10]))
      #expect(clean.values[0][2..<3, axis: 0][2..<4, axis: 1] == Tensor(zeros: [1, 2, 10]))
    }
    check(cell.cell)
  }

  /// What a step hands back to the state before it is its gradient, cut off at the limit.
  @Test(arguments: RecurrentKind.all) func aLimitBinds(cell: RecurrentKind) {
    func check<Cell: NamedCell>(_: Cell.Type) {
      let limit: Scalar = 0.02
      let plain = Self.layer(Cell.self, nil, layers: 1, direction: .forward)
      let state = plain(Self.input).finalState
      func gradients(_ layer: RecurrentLayer<Cell>) -> [Scalar] {
        let tape = Tape()
        let watched = state.tensors.map { tape.watch($0) }
        var context = Self.context()
        let run = layer(Self.input[1..<2, axis: 1], from: state.replacingTensors(watched), context: &context)
        tape.backward(from: run.outputs.sum())
        return watched.flatMap { tape.gradient(of: $0).scalars }
      }
      var limited = plain
      limited.regularization.stepGradientLimit = limit
      let free = gradients(plain)
      #expect(free.contains { $0 > limit } || free.contains { $0 < -limit })
      for (seen, whole) in zip(gradients(limited), free) {
        #expect(abs(seen - min(max(whole, -limit), limit)) < 1e-6, "\(whole)")
      }
    }
    check(cell.cell)
  }

  @Test func rowsSayWhatTheyAreAndWhereTheyComeFrom() {
    #expect(Set(RegularizerKind.all.map(\.name)).count == RegularizerKind.all.count)
    #expect(Set(RegularizerKind.all.map(\.strength)).count == RegularizerKind.all.count)
    for kind in RegularizerKind.all {
      #expect(kind.name.wholeMatch(of: /[a-z][a-z-]*/) != nil)
      #expect(kind.source.firstMatch(of: /20\d\d/) != nil)
      #expect(!kind.equation.isEmpty)
      #expect(kind.allows(0) && kind.allows(kind.sample) && !kind.allows(-0.1) && !kind.allows(.nan))
      #expect(kind.allows(1) != kind.isProbability && !kind.allows(.infinity))
      #expect(RegularizerKind(named: kind.name)?.strength == kind.strength)
    }
  }

  /// The cells without products over their state are those that have none in their equations.
  @Test func whatActsOnACellIsKnown() throws {
    func cells(_ name: String) throws -> Set<String> {
      let kind = try #require(RegularizerKind(named: name))
      return Set(RecurrentKind.all.filter { kind.reaches($0) }.map(\.name))
    }
    let all = Set(RecurrentKind.all.map(\.name))
    let noProducts: Set = ["mingru", "minlstm", "sru", "qrnn", "lru", "ssm-selective", "mlstm"]
    #expect(try cells("recurrent-dropout") == all.subtracting(noProducts.union(["indrnn"])))
    #expect(try cells("weight-drop") == all.subtracting(noProducts))
    #expect(try cells("hidden-zoneout") == all.subtracting(["mlstm"]))
    #expect(try cells("memory-zoneout").isSuperset(of: ["lstm", "sru", "lru", "mlstm"]))
    #expect(try cells("memory-zoneout").isDisjoint(with: ["elman", "gru", "irnn", "indrnn", "clockwork"]))
    for name in ["input-dropout", "output-dropout", "activity-penalty", "step-gradient-limit"] {
      #expect(try cells(name) == all)
    }
  }
}

extension RegularizerKind {
  /// Whether it acts on cells of this kind.
  fileprivate func reaches(_ kind: RecurrentKind) -> Bool { kind.regularizers.contains { $0.name == name } }

  /// A strength to test with: the limit is one that no gradient of a test reaches.
  var sample: Scalar { isProbability ? 0.4 : name == "step-gradient-limit" ? 1e6 : 0.7 }
}
