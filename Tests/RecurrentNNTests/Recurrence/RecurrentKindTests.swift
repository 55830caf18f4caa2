import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct RecurrentKindTests {
  private let random = RandomSource(seed: 7)

  private func inputs() -> Tensor {
    Tensor((0..<30).map { Scalar(($0 * 7) % 11) / 10 - 0.5 }, shape: [2, 5, 3])
  }

  @Test func namesAreFound() {
    #expect(RecurrentKind.all.map(\.name).starts(with: ["elman", "lstm", "gru"]))
    #expect(RecurrentKind(named: "gru")?.name == "gru")
    #expect(RecurrentKind(named: "GRU") == nil)
  }

  @Test func layersAreThoseOfTheirCells() throws {
    let plan = RecurrentKind.Plan(inputSize: 3, hiddenSize: 4, layers: 2, random: random)
    for kind in RecurrentKind.all {
      let made = kind.make(plan)
      var context = ForwardContext.inference
      let result = made.encode(inputs(), lengths: [5, 2], initialHidden: nil, context: &context)
      let outputs: (Tensor, Tensor) =
        switch kind.name {
        case "elman": pair(ElmanRNN(inputSize: 3, hiddenSize: 4, layers: 2, dropout: 0, random: random))
        case "lstm": pair(LSTM(inputSize: 3, hiddenSize: 4, layers: 2, dropout: 0, random: random))
        case "gru": pair(GRU(inputSize: 3, hiddenSize: 4, layers: 2, dropout: 0, random: random))
        default: pair(kind.cell)
        }
      #expect(result.outputs == outputs.0, "\(kind.name)")
      #expect(result.lastOutputs == outputs.1, "\(kind.name)")
      #expect(made.outputSize == 4)
    }
  }

  private func states<Cell: NamedCell>(of _: Cell.Type) -> Int {
    Cell.fresh(inputSize: 3, hiddenSize: 4, random: random).initialState(batchSize: 1).tensors.count
  }

  private func pair<Cell: NamedCell>(_: Cell.Type) -> (Tensor, Tensor) {
    pair(
      RecurrentLayer<Cell>(inputSize: 3, layers: 2) {
        Cell.fresh(inputSize: $0.inputSize, hiddenSize: 4, random: random.stream($0.suffix))
      })
  }

  private func pair(_ layer: RecurrentLayer<some RecurrentCell>) -> (Tensor, Tensor) {
    let result = layer(inputs(), lengths: [5, 2])
    return (result.outputs, result.lastOutputs)
  }

  @Test func initialHiddenIsWhereTheLowestLayerStarts() throws {
    let hidden = Tensor((0..<8).map { Scalar($0) / 4 + 0.1 }, shape: [2, 4])
    for (kind, dilation) in RecurrentKind.all.flatMap({ kind in [1, 2].map { (kind, $0) } }) {
      var plan = RecurrentKind.Plan(inputSize: 3, hiddenSize: 4, layers: dilation, random: random)
      plan.dilation = dilation
      let layer = kind.make(plan)
      var context = ForwardContext.inference
      func last(_ start: Tensor?) -> Tensor {
        layer.encode(inputs(), lengths: [5, 0], initialHidden: start, context: &context).lastOutputs
      }
      let (with, without) = (last(hidden), last(nil))
      #expect(with != without, "\(kind.name)")
      #expect(last(Tensor(zeros: [2, 4])) == without, "\(kind.name)")
    }
  }

  @Test func aRunGoesOnFromItsState() {
    for (kind, dilation) in RecurrentKind.all.flatMap({ kind in [1, 3].map { (kind, $0) } }) {
      var plan = RecurrentKind.Plan(inputSize: 3, hiddenSize: 4, layers: 2, random: random)
      plan.dilation = dilation
      let layer = kind.make(plan)
      var context = ForwardContext.inference
      let whole = layer.encode(inputs(), lengths: nil, initialHidden: nil, context: &context)
      let first = layer.encode(inputs()[0..<2, axis: 1], lengths: nil, initialHidden: nil, context: &context)
      #expect(first.state.count == (1 + dilation) * states(of: kind.cell), "\(kind.name)")
      let rest = layer.encode(inputs()[2..<5, axis: 1], from: first.state, context: &context)
      #expect(rest.outputs == whole.outputs[2..<5, axis: 1], "\(kind.name)")
      #expect(rest.lastOutputs == whole.lastOutputs, "\(kind.name)")
      #expect(zip(rest.state, whole.state).allSatisfy { $0 == $1 }, "\(kind.name)")
    }
  }

  /// A layer is told the memories of another one, but what that one has read stays its own, even where the sizes are equal.
  @Test func whatAnotherLayerReadIsNotHandedOver() throws {
    for (kind, dilation) in RecurrentKind.all.flatMap({ kind in [1, 3].map { (kind, $0) } }) {
      func made(_ name: String) -> any RecurrentEncoder {
        var plan = RecurrentKind.Plan(inputSize: 3, hiddenSize: 3, layers: 2, random: random.stream(name))
        plan.dilation = dilation
        return kind.make(plan)
      }
      let (first, second) = (made("first"), made("second"))
      var context = ForwardContext.inference
      let read = first.encode(inputs(), lengths: nil, initialHidden: nil, context: &context)
      let told = second.encode(inputs(), handedOver: read.state, context: &context)
      var given = read.state
      let (perState, pasts) = (states(of: kind.cell), pastInputs(of: kind.cell))
      // One state of the first layer, and of the second as many as it goes back by.
      for place in pasts.flatMap({ past in (0...dilation).map { $0 * perState + past } }) {
        given[place] = Tensor(zeros: given[place].shape)
      }
      #expect(told.outputs == second.encode(inputs(), from: given, context: &context).outputs, "\(kind.name)")
      let taken = second.encode(inputs(), from: read.state, context: &context).outputs
      #expect((told.outputs == taken) == pasts.isEmpty, "\(kind.name)")
    }
    #expect(pastInputs(of: QRNNCell.self) == [2])
    #expect(pastInputs(of: ClockworkCell.self) == [])
  }

  private func pastInputs<Cell: NamedCell>(of _: Cell.Type) -> Set<Int> {
    Cell.fresh(inputSize: 3, hiddenSize: 3, random: random).pastInputPlaces
  }

  @Test(arguments: RecurrentKind.all.filter(\.isSmooth).map(\.name))
  func gradientsFlowThroughAHandedOverState(name: String) throws {
    let kind = try #require(RecurrentKind(named: name))
    let range = kind.hasKink ? 0.1...0.6 : -0.8...0.8
    let pair = ModuleTensors.randomized(
      Pair(
        first: kind.make(.init(inputSize: 3, hiddenSize: 2, layers: 2, random: random.stream(1))),
        second: kind.make(.init(inputSize: 1, hiddenSize: 2, layers: 2, random: random.stream(2)))), seed: 5, in: range)
    var data = TestData(seed: 6)
    let inputs = [data.tensor([2, 3, 3], in: range), data.tensor([2, 4, 1], in: range)]
    let disagreements = GradientCheck.disagreements(of: pair, at: inputs) {
      var context = ForwardContext.inference
      let read = $0.first.encode($1[0], lengths: [3, 1], initialHidden: nil, context: &context)
      let told = $0.second.encode($1[1], handedOver: read.state, context: &context)
      // A stabiliser changes what it follows at some point; the outputs do not depend on it.
      return [told.outputs, told.lastOutputs] + (kind.about.equations.contains("max(f") ? [] : told.state)
    }
    #expect(disagreements == [])
  }

  /// The outputs depend on the state that training begins with, on the memories where there are any.
  @Test(arguments: RecurrentKind.all.map(\.name), [1, 2]) func aTrainedStartLearns(name: String, dilation: Int) throws {
    let kind = try #require(RecurrentKind(named: name))
    var plan = RecurrentKind.Plan(inputSize: 3, hiddenSize: 4, layers: dilation, random: random)
    (plan.hasTrainedStart, plan.dilation) = (true, dilation)
    let pair = Pair(first: kind.make(plan), second: kind.make(plan))
    let (_, gradients) = valueAndGradients(of: pair) { pair in
      var context = ForwardContext.inference
      return pair.first.encode(inputs(), lengths: nil, initialHidden: nil, context: &context).outputs.squared().sum()
    }
    let starts = gradients.layout.entries.map(\.path).filter { $0.hasPrefix("first.initial_state_") }
    let learning = starts.filter { path in gradients[path]?.scalars.contains { $0 != 0 } ?? false }
    let (places, memories, count) = Self.places(of: kind.cell)
    func numbers(_ paths: [String]) -> Set<Int> {
      Set(paths.compactMap { $0.dropFirst("first.initial_state_".count).first?.wholeNumberValue }.map { $0 % count })
    }
    // Layer l of a dilated stack has dilation^l states.
    #expect(starts.count == places.count * (dilation == 1 ? 1 : 1 + dilation) && numbers(starts) == places, "\(starts)")
    #expect(
      memories.isEmpty ? numbers(learning) == [0] : !numbers(learning).isDisjoint(with: memories),
      "\(learning) of \(starts)")
  }

  /// The tensors of a state that are trained, those of them that are memories, and all.
  private static func places<Cell: NamedCell>(of _: Cell.Type) -> (trained: Set<Int>, memories: Set<Int>, count: Int) {
    let cell = Cell.fresh(inputSize: 3, hiddenSize: 4, random: RandomSource(seed: 1))
    let all = cell.initialState(batchSize: 1).tensors.indices
    let trained = Set(all).subtracting(cell.fixedStartPlaces)
    return (trained, trained.subtracting([Cell.hiddenPlace].compactMap(\.self)), all.count)
  }

  /// However it is trained, an sLSTM divides by what is above zero.
  @Test func theWeightOfAnSLSTMStaysAboveZero() {
    var layer = RecurrentLayer<SLSTMCell>(inputSize: 2, initialState: .trainable) { place in
      SLSTMCell.fresh(inputSize: place.inputSize, hiddenSize: 3, random: random)
    }
    layer = ModuleTensors.randomized(layer, seed: 9, in: -30...30)
    var data = TestData(seed: 10)
    let result = layer(data.tensor([4, 6, 2], in: -3...3))
    #expect(result.outputs.scalars.allSatisfy { abs($0) <= 40 })
    #expect(result.finalState.states[0].memories[1].scalars.allSatisfy { $0 > 0 })
  }
}

/// A layer that starts with the states in which another one ends.
private struct Pair: Module {
  var first, second: any RecurrentEncoder

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.enter("first")
    first.visitParameters(&visitor)
    visitor.leave()
    visitor.enter("second")
    second.visitParameters(&visitor)
    visitor.leave()
  }
}
