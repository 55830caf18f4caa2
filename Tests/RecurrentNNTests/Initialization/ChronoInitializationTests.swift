import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// Cells that can start so that they remember long.
@Suite struct ChronoInitializationTests {
  private static let kinds = RecurrentKind.all.filter { $0.cell is any ChronoCell.Type }

  @Test func theGatedCellsAreAmongThem() {
    let names = Set(Self.kinds.map(\.name))
    #expect(names.isSuperset(of: ["lstm", "gru", "lstm-peephole", "lstm-coupled", "mgu", "mingru", "minlstm", "sru"]))
    #expect(!names.contains("elman"))
  }

  /// The state after 300 steps depends on the one before the first: by next to nothing as cells usually start.
  @Test(arguments: kinds) func theStateAfterHundredsOfStepsDependsOnTheFirst(kind: RecurrentKind) {
    func influence<Cell: NamedCell>(_: Cell.Type, memory: Int?) -> Double {
      let random = RandomSource(seed: 3)
      var plan = RecurrentKind.Plan(inputSize: 3, hiddenSize: 19, random: random.stream("cell"))
      plan.memory = memory
      let layer = kind.make(plan) as! RecurrentLayer<Cell>
      let cell = layer.cells[0]
      let x = random.stream("x").normal([2, 300, 3])
      let start = cell.initialState(batchSize: 2)
      let given = start.tensors.indices.map { random.stream("state").stream($0).uniform([2, 19], in: -0.5...0.5) }
      let run = valueAndGradients(of: cell, inputs: given) { cell, inputs in
        let end = cell.scan(x, lengths: nil, reversed: false, from: start.replacingTensors(inputs)).finalState
        return end.tensors.reduce(Tensor(0)) { $0 + $1.sum() }
      }
      return run.inputGradients.flatMap(\.scalars).map { Double(abs($0)) }.reduce(0, +) / 38
    }
    func check<Cell: NamedCell>(_: Cell.Type) {
      #expect(influence(Cell.self, memory: 300) > 1e-3)
      #expect(influence(Cell.self, memory: nil) < 1e-9)
    }
    check(kind.cell)
  }

  /// A layer that passes on nothing but what it has kept would drown what is new.
  @Test(arguments: RecurrentKind.all.filter { $0.cell is any RememberingCell.Type })
  func theLastLayerOfAStackRemembersUnlessAllShall(kind: RecurrentKind) {
    func check<Cell: NamedCell>(_: Cell.Type) {
      var plan = RecurrentKind.Plan(inputSize: 3, hiddenSize: 5, layers: 3, random: RandomSource(seed: 3))
      plan.direction = .bidirectional
      func tensors(memory: Int?, dilation: Int = 1) -> [[Tensor]] {
        (plan.memory, plan.dilation) = (memory, dilation)
        return (kind.make(plan) as! RecurrentLayer<Cell>).cells.map { $0.namedTensors.map(\.tensor) }
      }
      let (usual, remembering) = (tensors(memory: nil), tensors(memory: 300))
      #expect(usual[..<4] == remembering[..<4])
      for place in 4..<6 { #expect(usual[place] != remembering[place]) }
      plan.rememberingLayers = .all
      let all = tensors(memory: 300)
      for place in 0..<4 { #expect(usual[place] != all[place]) }
      #expect(all[4...] == remembering[4...])
      plan.rememberingLayers = .last
      // A layer that goes back by 4 steps at once has a quarter of them to remember for.
      plan.dilation = 2
      plan.memory = 300
      let dilated = (kind.make(plan) as! RecurrentLayer<DilatedCell<Cell>>).cells.map { $0.namedTensors.map(\.tensor) }
      let quarter = tensors(memory: 75)
      for place in 0..<6 { #expect(dilated[place] == (place < 4 ? usual : quarter)[place]) }
    }
    check(kind.cell)
  }

  @Test(arguments: kinds) func gatesKeepForTimesUpToTheLongest(kind: RecurrentKind) {
    func check<Cell: ChronoCell & NamedCell>(_: Cell.Type) {
      var cell = Cell.fresh(inputSize: 2, hiddenSize: 400, random: RandomSource(seed: 1))
      let before = cell.weights
      cell.startRemembering(upTo: 50, random: RandomSource(seed: 2))
      let biases = cell.weights.inputBias!
      for gate in Cell.memoryGates {
        let kept = (0..<400).map { (gate.keepsWhenOpen ? 1 : -1) * biases[gate.place * 400 + $0] }
        #expect(kept.allSatisfy { $0 >= 0 && $0 <= 3.8919 })
        #expect(kept.contains { $0 < 1.5 } && kept.contains { $0 > 3.7 })
      }
      let places = Set(Cell.memoryGates.map(\.place))
      let others = (0..<biases.count).filter { !places.contains($0 / 400) }
      #expect(others.allSatisfy { biases[$0] == before.inputBias![$0] })
      #expect(cell.weights.inputWeight == before.inputWeight)
      #expect(cell.weights.recurrentWeight == before.recurrentWeight)
      if let recurrent = cell.weights.recurrentBias, recurrent.count == biases.count {
        #expect(places.allSatisfy { place in (0..<400).allSatisfy { recurrent[place * 400 + $0] == 0 } })
      }
      var again = Cell.fresh(inputSize: 2, hiddenSize: 400, random: RandomSource(seed: 1))
      again.startRemembering(upTo: 50, random: RandomSource(seed: 2))
      #expect(again.weights.inputBias == biases)
    }
    guard let cell = kind.cell as? any (ChronoCell & NamedCell).Type else {
      Issue.record("\(kind) is no chrono cell")
      return
    }
    check(cell)
  }
}
