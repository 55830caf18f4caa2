import Recurrent

extension BenchmarkSuite {
  /// Every cell that can be chosen by name, on the same work.
  static let namedCells = BenchmarkSuite(
    name: "cells",
    summary: "one layer of each cell that has a name, over a batch (train, infer) and as a stream (step)",
    rows: RecurrentKind.all.flatMap { kind in
      let (name, size) = ("cell/\(kind.name)", LayerSize(batch: 16, time: 100, input: 64, hidden: 64))
      return kind.rows("\(name)/\(size)", size)
        + [StreamSize(input: 64, hidden: 64).row("\(name)/I64H64/step", kind)]
    })
}

extension RecurrentKind: LayerMaker {
  func layer<User: StackUser>(_ size: LayerSize, for user: User) throws -> User.Result {
    func use<Cell: NamedCell>(_: Cell.Type) throws -> User.Result {
      try user.use(
        RecurrentLayer<Cell>(inputSize: size.input) { place in
          Cell.fresh(inputSize: place.inputSize, hiddenSize: size.hidden, random: RandomSource(seed: 1))
        })
    }
    return try use(cell)
  }
}
