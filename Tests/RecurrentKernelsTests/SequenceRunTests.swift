import Foundation
import RecurrentKernels
import Testing

@Suite struct SequenceRunTests {
  static let cells = SequenceCell.allCases

  @Test(arguments: cells, [false, true])
  func equalsTheEquations(cell: SequenceCell, reversed: Bool) {
    for (hidden, input, time) in [(5, 3, 7), (16, 4, 9), (19, 1, 11), (35, 17, 20), (33, 0, 5), (25, 9, 6)] {
      let problem = SequenceCase(
        cell, batch: 5, time: time, input: input, hidden: hidden, lengths: [time - 2, time, 0, 1, time / 2],
        reversed: reversed, seed: hidden)
      let expected = PlainCell(problem: problem).outputs()
      for history in [SequenceHistory.everything, .states, .none] {
        let seen = problem.run(history)
        expectClose(seen.outputs, expected.outputs, "outputs H\(hidden)")
        expectClose(seen.finalHidden, expected.hidden, "hidden H\(hidden)")
        if cell.hasMemory { expectClose(seen.finalMemory, expected.memory, "memory H\(hidden)") }
      }
    }
  }

  /// Central differences; exact enough in Double only.
  @Test(arguments: cells, [false, true])
  func gradientsEqualCentralDifferences(cell: SequenceCell, reversed: Bool) {
    var problem = SequenceCase(
      cell, batch: 3, time: 6, input: 3, hidden: 18, lengths: [4, 0, 6], reversed: reversed, seed: 7)
    if cell == .elmanReLU { problem.inputBias = problem.inputBias.map { $0 < 0 ? $0 - 9 : $0 + 9 } }
    let isDouble = MemoryLayout<KernelScalar>.size == 8
    let step: KernelScalar = isDouble ? 1e-5 : 1e-2
    let seen = problem.run().gradients
    let fields: [WritableKeyPath<SequenceCase, [KernelScalar]>] = [
      \.inputs, \.hidden0, \.memory0, \.inputWeight, \.hiddenWeight, \.inputBias, \.hiddenBias,
    ]
    for (number, field) in fields.enumerated() where cell.hasMemory || number != 2 {
      let count = problem[keyPath: field].count
      let largest = seen[number].reduce(0) { max($0, abs(Double($1))) }
      for index in stride(from: 0, to: count, by: max(1, count / 23)) {
        var moved = problem
        moved[keyPath: field][index] += step
        let up = problem.loss(moved.run(.none))
        moved[keyPath: field][index] = problem[keyPath: field][index] - step
        let down = problem.loss(moved.run(.none))
        let difference = (up - down) / (2 * Double(step))
        let error = abs(difference - Double(seen[number][index]))
        #expect(
          error <= (isDouble ? 1e-8 : 2e-2) * max(1, largest),
          "gradient \(number)[\(index)] \(difference) \(seen[number][index])")
      }
    }
  }

  @Test(arguments: cells)
  func bitsDoNotDependOnThreadsOrInstructionSet(cell: SequenceCell) {
    for (batch, hidden, time, input) in [(13, 37, 40, 9), (2, 150, 30, 20), (1, 140, 50, 33)] {
      let lengths = (0..<batch).map { ($0 * 7 + time) % (time + 1) }
      for reversed in [false, true] {
        let problem = SequenceCase(
          cell, batch: batch, time: time, input: input, hidden: hidden, lengths: batch == 1 ? nil : lengths,
          reversed: reversed)
        let first = with(threads: 1) { problem.run() }
        for threads in [2, 3, 7] { #expect(with(threads: threads) { problem.run() } == first) }
        let sets = InstructionSet.fused
        let fused =
          sets.contains(.current) ? first : sets.first.map { set in with(threads: 1, set: set) { problem.run() } }
        for set in sets { #expect(with(threads: 2, set: set) { problem.run() } == fused, "\(set)") }
      }
    }
  }

  /// Gate rows of more than one part of the inner index, with and without gaps and tails; a few differences suffice.
  @Test(arguments: [SequenceCell.gruResetAfterProduct, .gruResetBeforeProduct, .lstm])
  func manyUnitsGoBackToo(cell: SequenceCell) {
    let problem = SequenceCase(cell, batch: 2, time: 2, input: 3, hidden: 1030, seed: 5)
    let (step, tolerance): (KernelScalar, Double) =
      MemoryLayout<KernelScalar>.size == 8 ? (1e-5, 1e-6) : (1e-2, 1e-2)
    let seen = problem.run().gradients
    for (number, field) in [(0, \SequenceCase.inputs), (1, \.hidden0)] {
      for index in [0, 1, 7, 11] {
        var (up, down) = (problem, problem)
        up[keyPath: field][index] += step
        down[keyPath: field][index] -= step
        let difference = (problem.loss(up.run(.none)) - problem.loss(down.run(.none))) / (2 * Double(step))
        let error = abs(difference - Double(seen[number][index]))
        #expect(error <= tolerance * max(1, abs(difference)), "gradient \(number)[\(index)] \(difference)")
      }
    }
  }

  @Test(arguments: cells)
  func freshGradientsAreThoseAddedToZero(cell: SequenceCell) {
    // The last two are large enough for several threads: rows dealt to them, and units.
    for (hidden, lengths) in [
      (19, [3, 0, 5]), (19, [0, 0, 0]), (19, [SequenceRun.span + 9, 2, 40]),
      (70, (0..<13).map { 60 - $0 }), (400, [20, 18]),
    ] {
      var problem = SequenceCase(
        cell, batch: lengths.count, time: lengths.max()!, input: 9, hidden: hidden, lengths: lengths)
      if cell == .elmanLinear { problem.hiddenWeight = problem.hiddenWeight.map { $0 * 0.5 } }
      let expected = with(threads: 1) { problem.run() }
      for threads in [1, 2] {
        #expect(with(threads: threads) { problem.run(fresh: true) } == expected, "\(lengths)")
      }
    }
  }

  /// Several rows take several chains of activations side by side, which no number of one chain, not even NaN, may cross.
  @Test func gatesOfSeveralRowsAreTheFunctionsByThemselves() {
    var problem = SequenceCase(.lstm, batch: 9, time: 1, input: 1, hidden: 21, seed: 3)
    let special: [KernelScalar] = [
      .nan, 0.3, .infinity, -.infinity, -0.7, 1e30, -1e30, .leastNonzeroMagnitude, -88, -104, 19.9, 20.1, 0.02, -1,
    ]
    let gates = (0..<84).map { (place: Int) in special[(place * 5 + place / 21) % special.count] }
    problem.inputBias = gates
    problem.hiddenBias = [KernelScalar](repeating: 0, count: 84)
    problem.inputWeight = problem.hiddenBias
    problem.hiddenWeight = [KernelScalar](repeating: 0, count: 84 * 21)
    for set in InstructionSet.fused {
      with(threads: 1, set: set) {
        func apply(
          _ values: [KernelScalar],
          _ function: (_: UnsafePointer<KernelScalar>, _: UnsafeMutablePointer<KernelScalar>, _: Int) -> Void
        ) -> [KernelScalar] {
          var result = values
          function(values, &result, values.count)
          return result
        }
        let sigmoids = apply(gates) { VectorMath.sigmoid($0, into: $1, count: $2) }
        let tanhs = apply(gates) { VectorMath.tanh($0, into: $1, count: $2) }
        let memory = (0..<9 * 21).map { place in
          let unit = place % 21
          return (sigmoids[unit] * tanhs[42 + unit]).addingProduct(sigmoids[21 + unit], problem.memory0[place])
        }
        let activated = apply(memory) { VectorMath.tanh($0, into: $1, count: $2) }
        let expected = activated.enumerated().map { sigmoids[63 + $0 % 21] * $1 }
        let seen = problem.run(.none)
        for (seen, expected) in zip(seen.finalMemory + seen.outputs, memory + expected) {
          #expect(seen == expected && seen.sign == expected.sign || seen.isNaN && expected.isNaN, "\(set)")
        }
      }
    }
  }

  /// Eight blocks of pairs in two strands: one for each of two threads, or for the halves of four and six; three and seven threads
  /// have some units of both.
  @Test(arguments: cells, [false, true])
  func strandsOfPairsDealtToThreadsChangeNothing(cell: SequenceCell, isFresh: Bool) {
    var problem = SequenceCase(
      cell, batch: 27, time: 130, input: 7, hidden: 35, lengths: (0..<27).map { 130 - $0 % 9 * 2 }, reversed: isFresh)
    if cell == .elmanLinear { problem.hiddenWeight = problem.hiddenWeight.map { $0 * 0.5 } }
    let expected = with(threads: 1) { problem.run(fresh: isFresh) }
    for threads in [2, 3, 4, 6, 7] {
      #expect(with(threads: threads) { problem.run(fresh: isFresh) } == expected, "\(threads) threads")
    }
  }

  /// More pairs than one block, and steps beyond one span, so that sums are joined; weights of the input without the others and so on.
  @Test(arguments: cells, [false, true])
  func gradientsThatAreWantedAloneAreThoseOfAll(cell: SequenceCell, isFresh: Bool) {
    var problem = SequenceCase(
      cell, batch: 5, time: 140, input: 7, hidden: 19, lengths: (0..<5).map { 140 - $0 * 3 }, reversed: isFresh)
    if cell == .elmanLinear { problem.hiddenWeight = problem.hiddenWeight.map { $0 * 0.5 } }
    let all = with(threads: 1) { problem.run(fresh: isFresh) }
    for wanted: Set<Int> in [[3], [4], [3, 6], [4, 5], [0, 1]] {
      for threads in [1, 2, 3] {
        let seen = with(threads: threads) { problem.run(fresh: isFresh, wanted: wanted) }
        for number in [0, 1, 3, 4, 5, 6] {
          let expected = wanted.contains(number) ? all.gradients[number] : all.gradients[number].map { _ in 0 }
          #expect(seen.gradients[number] == expected, "gradient \(number) of \(wanted.sorted()), \(threads) threads")
        }
      }
    }
  }

  /// Rows for each thread, units for each, and rows that have no step.
  @Test(arguments: cells, [false, true])
  func statesThatAreNotThereAreZeros(cell: SequenceCell, reversed: Bool) {
    for (batch, hidden, time) in [(11, 35, 30), (2, 150, 30), (1, 19, 4)] {
      var problem = SequenceCase(
        cell, batch: batch, time: time, input: 5, hidden: hidden,
        lengths: (0..<batch).map { $0 == 1 ? 0 : time - $0 }, reversed: reversed)
      problem.hidden0 = problem.hidden0.map { _ in 0 }
      problem.memory0 = problem.memory0.map { _ in 0 }
      let expected = with(threads: 1) { problem.run() }
      problem.lacksStart = true
      for threads in [1, 2, 3] { #expect(with(threads: threads) { problem.run() } == expected, "\(threads) threads") }
    }
  }

  /// A row longer than all others together takes a thread, and the others all fit into the next.
  @Test(arguments: cells, [false, true])
  func threadsWithoutRowsChangeNothing(cell: SequenceCell, reversed: Bool) {
    var problem = SequenceCase(
      cell, batch: 4, time: 300, input: 9, hidden: 100, lengths: [3, 300, 2, 3], reversed: reversed)
    if cell == .elmanLinear { problem.hiddenWeight = problem.hiddenWeight.map { $0 * 0.5 } }
    let expected = with(threads: 1) { problem.run() }
    #expect(with(threads: 4) { problem.run() } == expected)
    #expect(with(threads: 4) { problem.run(.states) } == expected)
  }

  /// Below, at and beyond the spans of the walk back; rows and units dealt to threads; those of an Elman network are not read at all.
  @Test(arguments: cells, [false, true])
  func gateValuesComputedAgainGiveTheBitsOfThoseKept(cell: SequenceCell, reversed: Bool) {
    let span = SequenceRun.span
    for (batch, hidden, input, lengths) in [
      (6, 19, 3, [2 * span + 70, 0, span, span + 1, 1, span - 1]), (9, 21, 0, Array(repeating: 11, count: 9)),
      (1, 130, 5, [span + 37]), (2, 16, 33, [1, 40]),
    ] {
      var problem = SequenceCase(
        cell, batch: batch, time: lengths.max()!, input: input, hidden: hidden, lengths: lengths, reversed: reversed)
      if cell == .elmanLinear { problem.hiddenWeight = problem.hiddenWeight.map { $0 * 0.5 } }
      let kept = with(threads: 1) { problem.run(.everything) }
      #expect(kept.gradients.allSatisfy { $0.allSatisfy(\.isFinite) })
      for threads in [1, 2, 3] {
        #expect(with(threads: threads) { problem.run(.states) } == kept, "\(threads) threads")
        #expect(with(threads: threads) { problem.run(.everything) } == kept, "\(threads) threads")
      }
    }
  }

  /// Gates and memories, memories, nothing; of an Elman network the outputs tell what its gates were.
  @Test(arguments: cells)
  func keepsWhatItIsToldTo(cell: SequenceCell) {
    let size = SequenceSize(batch: 3, time: 40, input: 5, hidden: 25)
    func kept(_ history: SequenceHistory) -> Int {
      SequenceRun(cell: cell, size: size, lengths: [40, 0, 9], reversed: false, history: history).keptScalars
    }
    let memories = cell.memories * 32 * (49 + 3)
    let isElman = [.elmanTanh, .elmanReLU, .elmanSigmoid, .elmanLinear].contains(cell)
    #expect(cell.readsGates != isElman)
    #expect(kept(.none) == 0 && kept(.states) == memories)
    let operands = cell == .gruResetBeforeProduct ? 49 * 25 : 0
    #expect(kept(.everything) == 49 * 32 * (isElman ? 1 : cell == .gruResetBeforeProduct ? 3 : 4) + operands + memories)
  }

  /// Fewer steps than a time block, many rows, several parts: an inference run keeps one block of gate values.
  @Test(arguments: cells)
  func inferenceEqualsTrainingAtEveryLength(cell: SequenceCell) {
    for time in [1, 2, 7, 8, 9, 17] {
      let problem = SequenceCase(cell, batch: 700, time: time, input: 3, hidden: 18)
      for threads in [1, 3] {
        let kept = with(threads: threads) { problem.run() }
        let passed = with(threads: threads) { problem.run(.none) }
        #expect(passed.outputs == kept.outputs && passed.finalHidden == kept.finalHidden, "\(time) steps")
        #expect(passed.finalMemory == kept.finalMemory)
      }
    }
  }

  /// Few units and many, whose weights one row sweeps to and fro.
  @Test(arguments: cells, [(21, [12, 3, 7, 0, 1, 12, 9, 10, 2]), (460, [5, 12, 8])])
  func aRowAloneEqualsTheRowInABatch(cell: SequenceCell, units: (hidden: Int, lengths: [Int])) {
    let (hidden, lengths) = units
    let whole = SequenceCase(cell, batch: lengths.count, time: 12, input: 5, hidden: hidden, lengths: lengths)
    let seen = whole.run()
    func row(_ values: [KernelScalar], _ row: Int) -> [KernelScalar] {
      let length = values.count / lengths.count
      return Array(values[row * length..<(row + 1) * length])
    }
    for number in lengths.indices {
      var alone = whole
      alone.size.batch = 1
      alone.lengths = [lengths[number]]
      for field in [
        \SequenceCase.inputs, \.hidden0, \.memory0, \.upstream, \.upstreamHidden, \.upstreamMemory,
      ] { alone[keyPath: field] = row(whole[keyPath: field], number) }
      let one = alone.run()
      #expect(one.outputs == row(seen.outputs, number))
      #expect(one.finalHidden == row(seen.finalHidden, number))
      #expect(one.gradients[0] == row(seen.gradients[0], number))
      #expect(one.gradients[1] == row(seen.gradients[1], number))
    }
  }

  private func expectClose(_ seen: [KernelScalar], _ expected: [Double], _ what: String) {
    let error = zip(seen, expected).map { abs(Double($0) - $1) }.max() ?? 0
    #expect(error < 2e-6 && seen.allSatisfy(\.isFinite), "\(what): \(error)")
  }
}
