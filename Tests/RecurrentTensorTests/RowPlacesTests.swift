import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct RowPlacesTests {
  private static let places: [RowPlace?] = [
    RowPlace(tensor: 1, row: 2), RowPlace(tensor: 0, row: 0), nil, RowPlace(tensor: 0, row: 1),
    RowPlace(tensor: 1, row: 2), nil,
  ]

  @Test func rowsOfSeveralTensors() {
    let (a, b) = (Tensor([1, 2, 3, 4], shape: [2, 2]), Tensor([5, 6, 7, 8, 9, 10], shape: [3, 2]))
    #expect(
      Tensor.rows(of: [a, b], at: Self.places)
        == Tensor([9, 10, 1, 2, 0, 0, 3, 4, 9, 10, 0, 0], shape: [6, 2]))
    #expect(Tensor.rows(of: [a], at: []) == Tensor(zeros: [0, 2]))
  }

  @Test func sumsOfGroups() {
    let a = Tensor([1, 2, 3, 4, 5, 6, -0.0, 8], shape: [4, 2])
    #expect(a.sums(ofRowGroups: [2, 0, 1, 1]) == Tensor([4, 6, 0, 0, 5, 6, 0, 8], shape: [4, 2]))
    #expect(Tensor(zeros: [0, 3]).sums(ofRowGroups: [0, 0]) == Tensor(zeros: [2, 3]))
  }

  @Test func gradientsAreThoseOfDifferences() {
    var data = TestData(seed: 3)
    let (a, b) = (data.tensor([2, 3]), data.tensor([3, 3]))
    #expect(
      GradientCheck.disagreements(at: [a, b]) { inputs in
        Tensor.rows(of: inputs, at: Self.places) * Tensor.rows(of: inputs, at: Self.places)
      } == [])
    // A tensor that is used before and after, and one that is on no tape.
    #expect(
      GradientCheck.disagreements(at: [a]) {
        (Tensor.rows(of: [$0[0], b], at: Self.places)[0..<2, axis: 0] * $0[0].squared()).sum(axis: 1)
      } == [])
    let c = data.tensor([5, 3])
    #expect(GradientCheck.disagreements(at: [c]) { $0[0].sums(ofRowGroups: [1, 0, 3, 1]).squared() } == [])
    #expect(
      GradientCheck.disagreements(at: [c]) {
        Tensor.concatenate([$0[0].sums(ofRowGroups: [5]), $0[0] * $0[0]], axis: 0)
      } == [])
  }

  @Test func whatDoesNotFitIsNamed() async {
    func expect(_ text: String, _ result: ExitTest.Result?) {
      let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(output.contains(text), "\(output)")
    }
    expect(
      "rows(of:at:): index 3 is not in 0..<3.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.rows(of: [Tensor(zeros: [3, 2])], at: [RowPlace(tensor: 0, row: 3)])
      })
    expect(
      "rows(of:at:): index 1 is not in 0..<1.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.rows(of: [Tensor(zeros: [3, 2])], at: [RowPlace(tensor: 1, row: 0)])
      })
    expect(
      "rows(of:at:): expected shape [3, 2]; received [3, 4].",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.rows(of: [Tensor(zeros: [3, 2]), Tensor(zeros: [3, 4])], at: [])
      })
    expect(
      "sums(ofRowGroups:): expected shape [4, 2]; received [3, 2].",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor(zeros: [3, 2]).sums(ofRowGroups: [2, 2])
      })
  }
}
