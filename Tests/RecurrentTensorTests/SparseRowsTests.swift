import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct SparseRowsTests {
  private let shape: Shape = [40, 3]

  /// The gradient of `loss` at a table: by rows if it was held so, else from memory that held nothing before.
  private func gradient(
    gathersRows: Bool, _ loss: (Tensor) -> Tensor
  ) -> (rows: SparseRows?, memory: Tensor) {
    var data = TestData(seed: 3)
    let table = data.tensor(shape)
    var memory = Tensor(repeating: .nan, shape: shape)
    let rows = memory.withUnsafeMutablePointer { memory in
      let tape = Tape()
      let watched = tape.watch(table, gradient: memory, gathersRows: gathersRows)
      tape.backward(from: loss(watched))
      return tape.rows(of: watched.slot!)
    }
    return (rows, memory)
  }

  private func dense(_ rows: SparseRows) -> Tensor {
    var result = Tensor(zeros: shape)
    result.withUnsafeMutablePointer { rows.add(to: $0) }
    return result
  }

  @Test func rowsEqualTheDenseGradient() throws {
    func loss(_ table: Tensor) -> Tensor {
      table.rows(at: [7, 31, 7, 0, 39, 7]).squared().sum() + table.rows(at: [0, 12]).tanh().sum()
    }
    let rows = try #require(gradient(gathersRows: true, loss).rows)
    let expected = gradient(gathersRows: false, loss)
    #expect(expected.rows == nil)
    #expect(Array(rows.rows) == [0, 7, 12, 31, 39])
    #expect(dense(rows) == expected.memory)
  }

  @Test func manyRowsAndOtherUsesMakeTheGradientDense() {
    let losses: [(Tensor) -> Tensor] = [
      { $0.rows(at: Array(0..<11)).squared().sum() },
      { $0.rows(at: [4, 5]).squared().sum() + $0.tanh().sum() },
      { $0.tanh().sum() + $0.rows(at: [4, 5]).squared().sum() },
      { ($0.rows(at: [4, 5]).squared().sum() + $0.tanh().sum()) * $0.rows(at: [38]).sum() },
      { _ in Tensor(1) },
    ]
    for (number, loss) in losses.enumerated() {
      let seen = gradient(gathersRows: true, loss)
      #expect(seen.rows == nil, "loss \(number)")
      #expect(seen.memory == gradient(gathersRows: false, loss).memory, "loss \(number)")
    }
  }

  /// More of them than there is room for at first.
  @Test func hundredsOfRowsAreGathered() throws {
    let shape: Shape = [1000, 2]
    var data = TestData(seed: 4)
    let indices = (0..<300).map { _ in data.integer(below: 230) * 4 + 1 }
    let table = data.tensor(shape)
    func gradient(gathersRows: Bool) -> (rows: SparseRows?, memory: Tensor) {
      var memory = Tensor(zeros: shape)
      let rows = memory.withUnsafeMutablePointer { memory in
        let tape = Tape()
        let watched = tape.watch(table, gradient: memory, gathersRows: gathersRows)
        tape.backward(from: watched.rows(at: indices).squared().sum())
        return tape.rows(of: watched.slot!)
      }
      return (rows, memory)
    }
    let rows = try #require(gradient(gathersRows: true).rows)
    #expect(rows.rows.count == Set(indices).count && rows.rows.count > 128)
    var dense = Tensor(zeros: shape)
    dense.withUnsafeMutablePointer { rows.add(to: $0) }
    #expect(dense == gradient(gathersRows: false).memory)
  }

  @Test func rowsAreAddedAndFound() throws {
    var rows = try #require(gradient(gathersRows: true) { $0.rows(at: [5, 30]).sum() }.rows)
    rows.add(try #require(gradient(gathersRows: true) { ($0.rows(at: [39, 5, 6]) * 2).sum() }.rows))
    #expect(Array(rows.rows) == [5, 6, 30, 39])
    #expect(rows.scalars.scalars == [3, 3, 3, 2, 2, 2, 1, 1, 1, 2, 2, 2])
    #expect([0, 5, 6, 7, 31, 40].map { rows.place(ofFirstRowFrom: $0) } == [0, 0, 1, 2, 3, 4])
    #expect(rows.hasRow(in: 20..<91) && rows.hasRow(in: 92..<93) && rows.hasRow(in: 0..<16))
    #expect(!rows.hasRow(in: 0..<15) && !rows.hasRow(in: 21..<90) && !rows.hasRow(in: 93..<117))
  }
}
