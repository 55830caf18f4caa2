import Recurrent

/// The cells that every framework has, by the names they have in rows.
enum BenchmarkCell: String, CaseIterable, Sendable {
  case rnn, lstm, gru

  /// A stack of the cell with fresh weights, handed to work that is written once for all cells.
  func stack<User: StackUser>(
    inputSize: Int, hiddenSize: Int, layers: Int = 1, direction: Direction = .forward, for user: User
  ) throws -> User.Result {
    let random = RandomSource(seed: 1)
    return switch self {
    case .rnn:
      try user.use(
        ElmanRNN(
          inputSize: inputSize, hiddenSize: hiddenSize, layers: layers, direction: direction, random: random))
    case .lstm:
      try user.use(
        LSTM(inputSize: inputSize, hiddenSize: hiddenSize, layers: layers, direction: direction, random: random))
    case .gru:
      try user.use(
        GRU(inputSize: inputSize, hiddenSize: hiddenSize, layers: layers, direction: direction, random: random))
    }
  }
}

/// Work on a stack of any cell.
protocol StackUser {
  associatedtype Result

  func use<Cell: RecurrentCell>(_ stack: RecurrentLayer<Cell>) throws -> Result
}
