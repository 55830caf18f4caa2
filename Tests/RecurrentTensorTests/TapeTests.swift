import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct TapeTests {
  @Test func chainOfHundredThousandOperations() {
    let tape = Tape()
    let x = tape.watch(Tensor([1, 2], shape: [2]))
    var y = x
    for _ in 0..<100_000 { y = y + 0.5 }
    tape.backward(from: (y * y).sum())
    #expect(tape.gradient(of: x).scalars == [100_002, 100_004])
  }

  @Test func gradientsWrittenToGivenMemory() {
    var arena = Tensor(repeating: 7, shape: [5])
    arena.withUnsafeMutablePointer { memory in
      let tape = Tape()
      let a = tape.watch(Tensor([1, 2], shape: [2]), gradient: memory)
      let unused = tape.watch(Tensor([1, 2, 3], shape: [3]), gradient: memory + 2)
      _ = unused * 2
      tape.backward(from: (a * 3 + a * a).sum())
    }
    #expect(arena.scalars == [5, 7, 0, 0, 0])
  }

  @Test func lossWithoutParametersHasZeroGradient() {
    let tape = Tape()
    let a = tape.watch(Tensor([1, 2], shape: [2]))
    tape.backward(from: Tensor(3))
    #expect(tape.gradient(of: a).scalars == [0, 0])
  }

  @Test func detachedTensorPassesNoGradient() {
    let tape = Tape()
    let a = tape.watch(Tensor([2, 3], shape: [2]))
    tape.backward(from: (a * a.detached()).sum())
    #expect(tape.gradient(of: a).scalars == [2, 3])
  }

  @Test func entryWithSeveralOutputs() {
    // Outputs x², x³ and -x (unused): the third upstream is nil.
    let tape = Tape()
    let x = tape.watch(Tensor([2, 3], shape: [2]))
    let (slot, value) = (x.slot, x.detached())
    let outputs = tape.record([value * value, value * value * value, -value]) { upstreams, sink in
      #expect(upstreams[2] == nil)
      if let square = upstreams[0] { sink.accumulate(square * value * 2, into: slot) }
      if let cube = upstreams[1] { sink.accumulate(cube * value * value * 3, into: slot) }
    }
    tape.backward(from: (outputs[0] + outputs[1] * 2).sum())
    #expect(tape.gradient(of: x).scalars == [4 + 24, 6 + 54])
  }

  @Test func sharedUpstreamIsNotChangedByAccumulation() {
    // y = a + b hands one buffer to both; the further use of a must not leak into b.
    let tape = Tape()
    let (a, b) = (tape.watch(Tensor([1, 1], shape: [2])), tape.watch(Tensor([1, 1], shape: [2])))
    let first = a * 5
    tape.backward(from: (first + (a + b)).sum())
    #expect(tape.gradient(of: a).scalars == [6, 6])
    #expect(tape.gradient(of: b).scalars == [1, 1])
  }

  @Test func subTapeInsideBackward() {
    let tape = Tape()
    let x = tape.watch(Tensor([2, 3], shape: [2]))
    let (slot, value) = (x.slot, x.detached())
    let y = tape.record(value.squared()) { upstream, sink in
      let inner = Tape()
      let again = inner.watch(value)
      inner.backward(from: again.squared(), upstream: upstream)
      sink.accumulate(inner.gradient(of: again), into: slot)
    }
    tape.backward(from: (y * 10).sum())
    #expect(tape.gradient(of: x).scalars == [40, 60])
  }

  @Test func gradientsAreAddedToMemoryThatHoldsSome() {
    for accumulating in [false, true] {
      var gradient = Tensor([100, 200], shape: [2])
      gradient.withUnsafeMutablePointer { memory in
        let tape = Tape()
        let x = tape.watch(Tensor([2, 3], shape: [2]), gradient: memory, accumulating: accumulating)
        tape.backward(from: (x * x + x).sum())
      }
      #expect(gradient.scalars == (accumulating ? [105, 207] : [5, 7]))
    }
  }

  @Test func walksBackFromSeveralOutputs() {
    let tape = Tape()
    let x = tape.watch(Tensor([2, 3], shape: [2]))
    let y = x * x
    let upstream = Tensor([1, 10], shape: [2])
    tape.backward(from: [(y, upstream), (x, upstream), (y, upstream), (Tensor([1, 1], shape: [2]), upstream)])
    #expect(tape.gradient(of: x).scalars == [9, 130])
    #expect(upstream.scalars == [1, 10])
  }

  @Test func finishedTapeStopsWithCause() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tape = Tape()
      let x = tape.watch(Tensor([1, 2], shape: [2]))
      let y = x * 2
      tape.backward(from: y.sum())
      _ = y + 1
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("finished tape") && text.contains("detached()"))
  }

  @Test func tensorsOfTwoTapesStopWithCause() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (first, second) = (Tape(), Tape())
      _ = first.watch(Tensor(1)) + second.watch(Tensor(2))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("two different tapes"))
  }
}
