public import RecurrentTensor

/// An encoder of sequences that can be chosen by name: one row of the table `all`.
///
/// Every recurrent cell that has a name is one, and so are the structures that are made of cells and those that recurrent
/// networks are compared with. An experiment that takes its encoder from here takes them all:
///
/// ```swift
/// for kind in SequenceEncoderKind.all {
///   let encoder = kind.make(.init(inputSize: 8, hiddenSize: 16, steps: 100, random: RandomSource(seed: 1)))
///   let encoded = encoder.encode(x, lengths: lengths, context: &context)  // x: [batch, time, 8]
///   print(kind.name, encoder.parameterCount, encoded.lastOutputs.shape)  // [batch, 16]
/// }
/// ```
public struct SequenceEncoderKind: Sendable, CustomStringConvertible {
  /// The sizes of an encoder to be made.
  public struct Plan: Sendable {
    /// The features of the input.
    public var inputSize: Int
    /// The units of each layer, and of the output.
    public var hiddenSize: Int
    /// Layers, or blocks, upon each other.
    public var layers = 1
    /// The share that is dropped while training: of units between recurrent layers, of what a sublayer of a Transformer adds,
    /// of channels within the blocks of a convolution network.
    public var dropout: Scalar = 0
    /// The steps that an output shall be able to see: a structure whose reach is bounded then has as many more layers as it
    /// takes. Nil for the layers alone.
    public var steps: Int?
    /// The sizes of the frames, `[length]` or `[height, width]`, that a structure over frames reads: features and units are
    /// channels of that many places. Nil for the longest line that fits both.
    public var frame: [Int]?
    /// The randomness of the weights.
    public var random: RandomSource

    /// A plan of these sizes.
    public init(
      inputSize: Int, hiddenSize: Int, layers: Int = 1, dropout: Scalar = 0, steps: Int? = nil, random: RandomSource
    ) {
      (self.inputSize, self.hiddenSize, self.layers) = (inputSize, hiddenSize, layers)
      (self.dropout, self.steps, self.random) = (dropout, steps, random)
    }
  }

  /// The name in options and files, the source and the equations.
  public let about: CellDescription
  /// The type that has the equations, without what it is made of: `OutputFeedback`.
  package let typeName: String
  /// Whether an output depends on the inputs up to its own step alone.
  public let isCausal: Bool
  /// Whether it reads frames: see ``Plan/frame``.
  public let readsFrames: Bool
  /// The recurrent cell that it is a layer of; nil for what is made of cells and for what they are compared with.
  public let recurrent: RecurrentKind?
  /// How many times the states of the layer below it a layer carries from step to step; 0 where weights bound what is carried.
  public let stateGrowth: Int
  /// Whether it takes the steps of a sequence side by side and keeps all of them, also where nothing is learned.
  public let keepsAllSteps: Bool
  /// Makes an encoder of this kind with fresh weights.
  public let make: @Sendable (Plan) -> any SequenceEncoder

  /// The name in options and files: `transformer`.
  public var name: String { about.name }
  /// The name.
  public var description: String { name }

  /// The recurrent cells that can be chosen by name.
  public static let cells = RecurrentKind.all.map { SequenceEncoderKind($0) }

  /// What is made of cells: one at every place of a frame, one at a distance in time, one that is told its network's output.
  public static let compositions: [SequenceEncoderKind] = [
    SequenceEncoderKind(ConvLSTMCell.about, ConvLSTMCell.self, readsFrames: true) { ConvLSTMCell.stack($0) },
    SequenceEncoderKind(DilatedCell<GRUCell>.about, DilatedCell<GRUCell>.self, stateGrowth: 2) { plan in
      var stack = plan.ofRecurrentLayers
      stack.dilation = 2
      return RecurrentKind(named: GRUCell.about.name)!.make(stack)
    },
    SequenceEncoderKind(OutputFeedback<GRUCell, Linear>.about, OutputFeedback<GRUCell, Linear>.self) {
      OutputFeedback<GRUCell, Linear>($0)
    },
  ]

  /// What recurrent networks are compared with.
  public static let comparisons: [SequenceEncoderKind] = [
    comparison(AttentiveEncoder<AdditiveScore>.about) { AttentiveEncoder<AdditiveScore>($0) },
    comparison(AttentiveEncoder<DotScore>.about) { AttentiveEncoder<DotScore>($0) },
    comparison(AttentiveEncoder<GeneralScore>.about) { AttentiveEncoder<GeneralScore>($0) },
    comparison(TransformerEncoder.about, isCausal: false) { TransformerEncoder($0, isCausal: false) },
    comparison(TransformerEncoder.causalAbout) { TransformerEncoder($0, isCausal: true) },
    comparison(TemporalConvolutionNetwork.about) { TemporalConvolutionNetwork($0) },
  ]

  /// Every encoder that can be chosen by name: the recurrent cells, what is made of them, what they are compared with.
  public static let all = cells + compositions + comparisons

  /// The encoder of this name, or nil.
  public init?(named name: String) {
    guard let kind = Self.all.first(where: { $0.name == name }) else { return nil }
    self = kind
  }

  private init(
    _ about: CellDescription, _ type: Any.Type, isCausal: Bool = true, readsFrames: Bool = false,
    recurrent: RecurrentKind? = nil, stateGrowth: Int = 1, keepsAllSteps: Bool = false,
    make: @escaping @Sendable (Plan) -> any SequenceEncoder
  ) {
    (self.about, self.isCausal, self.readsFrames) = (about, isCausal, readsFrames)
    (self.recurrent, self.stateGrowth, self.keepsAllSteps, self.make) = (recurrent, stateGrowth, keepsAllSteps, make)
    // What stands in angle brackets is no part of a page's name.
    typeName = String("\(type)".prefix { $0 != "<" })
  }

  private static func comparison<Encoder: SequenceEncoder>(
    _ about: CellDescription, isCausal: Bool = true, make: @escaping @Sendable (Plan) -> Encoder
  ) -> SequenceEncoderKind {
    SequenceEncoderKind(about, Encoder.self, isCausal: isCausal, stateGrowth: 0, keepsAllSteps: true, make: make)
  }

  private init(_ kind: RecurrentKind) {
    self.init(kind.about, kind.cell, recurrent: kind) { kind.make($0.ofRecurrentLayers) }
  }
}

extension SequenceEncoderKind.Plan {
  /// The sizes of a stack of recurrent layers.
  fileprivate var ofRecurrentLayers: RecurrentKind.Plan {
    RecurrentKind.Plan(
      inputSize: inputSize, hiddenSize: hiddenSize, layers: layers, dropout: dropout, random: random)
  }
}
