import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// What holds for every cell that can be chosen by name.
@Suite struct NamedCellTests {
  private static let lengths = [6, 0, 4, 1]

  private static func fresh<Cell: NamedCell>(
    _: Cell.Type, inputSize: Int = 3, hiddenSize: Int = 5, in range: ClosedRange<Double>
  ) -> Cell {
    ModuleTensors.randomized(
      Cell.fresh(inputSize: inputSize, hiddenSize: hiddenSize, random: RandomSource(seed: 1)), seed: 11, in: range)
  }

  /// A state that the cell can be in: what some steps leave.
  private static func reached<Cell: RecurrentCell>(
    _ cell: Cell, rows: Int, in range: ClosedRange<Double> = -1...1
  ) -> Cell.State {
    var data = TestData(seed: 5)
    return cell.scanByLoop(
      data.tensor([rows, 3, cell.inputSize], in: range), lengths: nil, reversed: false,
      from: cell.initialState(batchSize: rows)
    ).finalState.mapTensors { $0.detached() }
  }

  @Test(arguments: RecurrentKind.all) func numbersAreThoseOfTheEquations(kind: RecurrentKind) throws {
    func check<Cell: NamedCell>(_: Cell.Type) throws {
      let fresh = Cell.fresh(inputSize: 3, hiddenSize: 5, random: RandomSource(seed: 1))
      let weights = try fresh.namedTensors.map {
        ($0.name, try ReferenceNumbers.cells.tensor("\(kind.name).\($0.name)"))
      }
      let cell = ModuleTensors.replacing(fresh, Dictionary(uniqueKeysWithValues: weights))
      for (reversed, direction) in [(false, "forward"), (true, "backward")] {
        for byLoop in [false, true] {
          let (inputs, state) = (try ReferenceNumbers.cells.tensor("inputs"), cell.initialState(batchSize: 4))
          let result =
            byLoop
            ? cell.scanByLoop(inputs, lengths: Self.lengths, reversed: reversed, from: state)
            : cell.scan(inputs, lengths: Self.lengths, reversed: reversed, from: state)
          ReferenceNumbers.expectEqual(
            result.outputs, "\(kind.name).\(direction).outputs", in: ReferenceNumbers.cells)
          for (place, seen) in result.finalState.tensors.enumerated() {
            // A row without a step keeps its state.
            #expect(seen[at: 1, axis: 0] == state.tensors[place][at: 1, axis: 0])
            let expected = try ReferenceNumbers.cells.tensor("\(kind.name).\(direction).state.\(place)")
            let error = Comparison.relativeError(seen.rows(at: [0, 2, 3]), expected.rows(at: [0, 2, 3]))
            #expect(error <= ReferenceNumbers.tolerance, "state \(place)")
          }
        }
      }
    }
    try check(kind.cell)
  }

  @Test(arguments: RecurrentKind.all.filter(\.isSmooth)) func gradientsAreThoseOfDifferences(kind: RecurrentKind) {
    func check<Cell: NamedCell>(_: Cell.Type) {
      // Rectified units are all on here, as a difference across the kink is no gradient.
      let range = kind.hasKink ? 0.1...0.6 : -0.8...0.8
      for (inputSize, hiddenSize) in [(2, 3), (0, 2)] {
        let cell = Self.fresh(Cell.self, inputSize: inputSize, hiddenSize: hiddenSize, in: range)
        let start = Self.reached(cell, rows: 4, in: range)
        var data = TestData(seed: 12)
        let x = data.tensor([4, 6, inputSize], in: range)
        for reversed in [false, true] {
          for byLoop in [false, true] {
            let disagreements = GradientCheck.disagreements(of: cell, at: [x] + start.tensors) { cell, inputs in
              var given = inputs.dropFirst()
              let state = start.mapTensors { _ in given.removeFirst() }
              let result =
                byLoop
                ? cell.scanByLoop(inputs[0], lengths: Self.lengths, reversed: reversed, from: state)
                : cell.scan(inputs[0], lengths: Self.lengths, reversed: reversed, from: state)
              return [result.outputs] + result.finalState.tensors
            }
            #expect(disagreements == [], "reversed \(reversed), by loop \(byLoop), input \(inputSize)")
          }
        }
      }
    }
    check(kind.cell)
  }

  /// A rectified unit that is off hands no gradient back, while others do.
  @Test(arguments: RecurrentKind.all.filter(\.hasKink)) func aUnitThatIsOffLearnsNothing(kind: RecurrentKind) throws {
    func check<Cell: NamedCell>(_: Cell.Type) throws {
      var biases = Tensor(repeating: 0.2, shape: [3])
      biases[1] = -50
      let cell = ModuleTensors.replacing(
        Self.fresh(Cell.self, inputSize: 2, hiddenSize: 3, in: 0.1...0.6), ["bias_ih": biases])
      var data = TestData(seed: 4)
      let x = data.tensor([2, 5, 2], in: 0.1...0.6)
      func outputs(_ cell: Cell, _ x: Tensor) -> Tensor {
        cell.scan(x, lengths: [5, 2], reversed: false, from: cell.initialState(batchSize: 2)).outputs
      }
      #expect(GradientCheck.disagreements(of: cell, at: [x]) { [outputs($0, $1[0])] } == [])
      #expect(outputs(cell, x)[1..<2, axis: 2] == Tensor(zeros: [2, 5, 1]))
      #expect(outputs(cell, x)[0..<1, axis: 2].scalars.contains { $0 > 0 })
    }
    try check(kind.cell)
  }

  @Test(arguments: RecurrentKind.all, [5, 17, 48]) func theScanIsTheLoop(kind: RecurrentKind, hidden: Int) {
    func check<Cell: NamedCell>(_: Cell.Type) {
      let cell = Self.fresh(Cell.self, hiddenSize: hidden, in: -0.3...0.3)
      var data = TestData(seed: 6)
      let x = data.tensor([4, 6, 3])
      let state = Self.reached(cell, rows: 4)
      for reversed in [false, true] {
        let scan = cell.scan(x, lengths: Self.lengths, reversed: reversed, from: state)
        let loop = cell.scanByLoop(x, lengths: Self.lengths, reversed: reversed, from: state)
        let pairs = zip([scan.outputs] + scan.finalState.tensors, [loop.outputs] + loop.finalState.tensors)
        for (seen, expected) in pairs { #expect(Comparison.relativeError(seen, expected, floor: 1) < 2e-6) }
      }
    }
    check(kind.cell)
  }

  /// Over many blocks and spans of the driver, some rows ending within them; with all gradients, from values kept and not.
  @Test(arguments: RecurrentKind.all) func aLongScanIsTheLoop(kind: RecurrentKind) {
    func check<Cell: NamedCell>(_: Cell.Type) {
      let cell = Self.fresh(Cell.self, hiddenSize: 18, in: -0.2...0.2)
      var data = TestData(seed: 16)
      let x = data.tensor([3, 700, 3]), upstream = data.tensor([3, 700, 18])
      let state = Self.reached(cell, rows: 3)
      let lengths = [700, 45, 512]
      func numbers(_ scan: (Cell, Tensor, Cell.State) -> SequenceResult<Cell.State>) -> [Tensor] {
        var results: [Tensor] = []
        let run = valueAndGradients(of: cell, inputs: [x] + state.tensors) { cell, inputs in
          let result = scan(cell, inputs[0], state.replacingTensors(Array(inputs.dropFirst())))
          results = ([result.outputs] + result.finalState.tensors).map { $0.detached() }
          return result.finalState.tensors.reduce((result.outputs * upstream).sum()) { $0 + $1.sum() }
        }
        return results + run.inputGradients + run.gradients.layout.entries.compactMap { run.gradients[$0.path] }
      }
      for reversed in [false, true] {
        let expected = numbers { $0.scanByLoop($1, lengths: lengths, reversed: reversed, from: $2) }
        let seen = [Recomputation.never, .blocks(of: 100)].map { recomputation in
          numbers { $0.scan($1, lengths: lengths, reversed: reversed, from: $2, recomputation: recomputation) }
        }
        for numbers in seen {
          #expect(numbers.count == expected.count)
          for (index, pair) in zip(numbers, expected).enumerated() {
            #expect(Comparison.relativeError(pair.0, pair.1, floor: 1) < 1e-5, "number \(index), reversed \(reversed)")
          }
        }
      }
    }
    check(kind.cell)
  }

  @Test(arguments: RecurrentKind.all) func aRowAloneIsTheRowInItsBatch(kind: RecurrentKind) {
    func check<Cell: NamedCell>(_: Cell.Type) {
      let layer = Self.layer(Cell.self, layers: 2, direction: .bidirectional)
      var data = TestData(seed: 7)
      let x = data.tensor([4, 6, 3])
      let together = layer(x, lengths: Self.lengths)
      for (row, length) in Self.lengths.enumerated() where length > 0 {
        let alone = layer(x[row..<row + 1, axis: 0][0..<length, axis: 1])
        #expect(together.outputs[row..<row + 1, axis: 0][0..<length, axis: 1] == alone.outputs)
        #expect(together.lastOutputs[row..<row + 1, axis: 0] == alone.lastOutputs)
        for (seen, expected) in zip(together.finalState.tensors, alone.finalState.tensors) {
          #expect(seen[row..<row + 1, axis: 0] == expected)
        }
      }
    }
    check(kind.cell)
  }

  @Test(arguments: RecurrentKind.all) func aStreamIsTheSequence(kind: RecurrentKind) {
    func check<Cell: NamedCell>(_: Cell.Type) {
      let layer = Self.layer(Cell.self, layers: 2, direction: .forward)
      var data = TestData(seed: 8)
      let row = data.tensor([1, 6, 3])
      let whole = layer(row)
      let stream = layer.stream()
      var output: [Scalar] = []
      for step in 0..<6 {
        stream.step(row[at: step, axis: 1].scalars, into: &output)
        #expect(Tensor(output, shape: [1, 19]) == whole.outputs[at: step, axis: 1])
      }
      #expect(stream.state.tensors == whole.finalState.tensors)
    }
    check(kind.cell)
  }

  @Test(arguments: RecurrentKind.all) func weightsAreSavedAndLoaded(kind: RecurrentKind) throws {
    func check<Cell: NamedCell>(_: Cell.Type) throws {
      let layer = Self.layer(Cell.self, layers: 2, direction: .bidirectional)
      let bytes = SafetensorsFile.encoded(layer.namedTensors.map { (name: $0.name, tensor: $0.tensor) })
      let file = try SafetensorsFile(bytes: bytes, name: "memory")
      var other = Self.layer(Cell.self, layers: 2, direction: .bidirectional, seed: 99)
      try other.loadWeights(from: file)
      var data = TestData(seed: 9)
      let x = data.tensor([2, 4, 3])
      #expect(other(x).outputs == layer(x).outputs)
    }
    try check(kind.cell)
  }

  @Test(arguments: RecurrentKind.all) func equalSeedsStartAlike(kind: RecurrentKind) {
    func check<Cell: NamedCell>(_: Cell.Type) {
      func tensors(_ seed: UInt64) -> [Tensor] {
        Cell.fresh(inputSize: 3, hiddenSize: 5, random: RandomSource(seed: seed)).namedTensors.map(\.tensor)
      }
      #expect(tensors(1) == tensors(1))
      #expect(tensors(1) != tensors(2))
    }
    check(kind.cell)
  }

  @Test func namesAreTheirOwnAndSayWhereTheyComeFrom() throws {
    #expect(Set(RecurrentKind.all.map(\.name)).count == RecurrentKind.all.count)
    for kind in RecurrentKind.all {
      #expect(kind.name.wholeMatch(of: /[a-z][a-z0-9-]*/) != nil, "\(kind.name)")
      #expect(kind.about.source.firstMatch(of: /(19|20)\d\d/) != nil, "\(kind.name) has no year")
      #expect(kind.about.equations.contains("h' = "), "\(kind.name)")
      #expect(!kind.about.title.isEmpty)
    }
  }

  /// One test file for each cell, with what is special to it.
  @Test(arguments: RecurrentKind.all) func theCellHasItsTests(kind: RecurrentKind) throws {
    let here = URL(filePath: #filePath).deletingLastPathComponent()
    let text = try String(contentsOf: here.appending(path: "\(kind.cell)Tests.swift"), encoding: .utf8)
    #expect(text.contains("@Test"))
  }

  private static func layer<Cell: NamedCell>(
    _: Cell.Type, layers: Int, direction: Direction, seed: UInt64 = 13
  ) -> RecurrentLayer<Cell> {
    let layer = RecurrentLayer<Cell>(inputSize: 3, layers: layers, direction: direction) { place in
      Cell.fresh(inputSize: place.inputSize, hiddenSize: 19, random: RandomSource(seed: 1).stream(place.suffix))
    }
    return ModuleTensors.randomized(layer, seed: seed, in: -0.4...0.4)
  }
}

extension RecurrentKind {
  /// Whether units are rectified.
  var hasKink: Bool { about.equations.contains("max(0") }

  /// Whether differences show derivatives: roots of variances near zero bend too much for them. Cells with such norms are
  /// held to differences in their own tests, with a larger number below the root.
  var isSmooth: Bool { !about.equations.contains("variance(") }
}
