public import RecurrentTensor

/// A stack of simple recurrences; see `ElmanCell`.
public typealias ElmanRNN = RecurrentLayer<ElmanCell>
/// A stack of long short-term memories; see `LSTMCell`.
public typealias LSTM = RecurrentLayer<LSTMCell>
/// A stack of gated recurrent units; see `GRUCell`.
public typealias GRU = RecurrentLayer<GRUCell>

extension RecurrentLayer where Cell == ElmanCell {
  /// A stack of simple recurrences with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input; 0 for none.
  ///   - hiddenSize: The units of each cell.
  ///   - layers: The height of the stack.
  ///   - direction: The order of the steps.
  ///   - activation: The function of the recurrence.
  ///   - dropout: The probability with which an output between two layers is zeroed in training.
  ///   - hasBias: Whether there are biases.
  ///   - initialState: Whether the state before the first step is trained.
  ///   - connections: What a layer of the stack gets or gives beside the outputs of the layer below it.
  ///   - initialization: How the weights start.
  ///   - random: The randomness of the start.
  public init(
    inputSize: Int, hiddenSize: Int, layers: Int = 1, direction: Direction = .forward, activation: Activation = .tanh,
    dropout: Scalar = 0, hasBias: Bool = true, initialState: InitialState = .fixed,
    connections: LayerConnections = .none,
    initialization: CellInitialization = .uniformAsPyTorch, random: RandomSource = .unseeded()
  ) {
    self.init(
      inputSize: inputSize, layers: layers, direction: direction, dropout: dropout, initialState: initialState,
      connections: connections
    ) { place in
      ElmanCell(
        inputSize: place.inputSize, hiddenSize: hiddenSize, activation: activation, hasBias: hasBias,
        initialization: initialization, random: random.stream(place.suffix))
    }
  }
}

extension RecurrentLayer where Cell == LSTMCell {
  /// A stack of long short-term memories with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input; 0 for none.
  ///   - hiddenSize: The units of each cell.
  ///   - layers: The height of the stack.
  ///   - direction: The order of the steps.
  ///   - dropout: The probability with which an output between two layers is zeroed in training.
  ///   - hasBias: Whether there are biases.
  ///   - forgetBias: What the forget gate's biases start with together; nil leaves them to `initialization`.
  ///   - initialState: Whether the state before the first step is trained.
  ///   - connections: What a layer of the stack gets or gives beside the outputs of the layer below it.
  ///   - initialization: How the weights start.
  ///   - random: The randomness of the start.
  public init(
    inputSize: Int, hiddenSize: Int, layers: Int = 1, direction: Direction = .forward, dropout: Scalar = 0,
    hasBias: Bool = true, forgetBias: Scalar? = nil, initialState: InitialState = .fixed,
    connections: LayerConnections = .none,
    initialization: CellInitialization = .uniformAsPyTorch, random: RandomSource = .unseeded()
  ) {
    self.init(
      inputSize: inputSize, layers: layers, direction: direction, dropout: dropout, initialState: initialState,
      connections: connections
    ) { place in
      LSTMCell(
        inputSize: place.inputSize, hiddenSize: hiddenSize, hasBias: hasBias, forgetBias: forgetBias,
        initialization: initialization, random: random.stream(place.suffix))
    }
  }
}

extension RecurrentLayer where Cell == GRUCell {
  /// A stack of gated recurrent units with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input; 0 for none.
  ///   - hiddenSize: The units of each cell.
  ///   - layers: The height of the stack.
  ///   - direction: The order of the steps.
  ///   - reset: Where the reset gate acts.
  ///   - dropout: The probability with which an output between two layers is zeroed in training.
  ///   - hasBias: Whether there are biases.
  ///   - initialState: Whether the state before the first step is trained.
  ///   - connections: What a layer of the stack gets or gives beside the outputs of the layer below it.
  ///   - initialization: How the weights start.
  ///   - random: The randomness of the start.
  public init(
    inputSize: Int, hiddenSize: Int, layers: Int = 1, direction: Direction = .forward,
    reset: GRUCell.Reset = .afterProduct, dropout: Scalar = 0, hasBias: Bool = true,
    initialState: InitialState = .fixed, connections: LayerConnections = .none,
    initialization: CellInitialization = .uniformAsPyTorch, random: RandomSource = .unseeded()
  ) {
    self.init(
      inputSize: inputSize, layers: layers, direction: direction, dropout: dropout, initialState: initialState,
      connections: connections
    ) { place in
      GRUCell(
        inputSize: place.inputSize, hiddenSize: hiddenSize, reset: reset, hasBias: hasBias,
        initialization: initialization, random: random.stream(place.suffix))
    }
  }
}
