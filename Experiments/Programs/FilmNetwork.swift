package import Recurrent

/// Says the next frame of a film at every frame of it, and goes on from there with frames of its own.
///
///     logits_(t+1) = head(h_t)       h_t = cell(x_t, h_(t-1)),  x_t seen, or σ(logits_t) where the film has ended
///
/// A stack of convolutional LSTMs has the same affine map of its channels at every place as its head (Shi et al. 2015); any other
/// cell takes a frame as a vector, and its head gives one.
package struct FilmNetwork: TrainableModel {
  /// What reads the frames.
  package enum Reader: Sendable {
    /// Convolutional LSTMs of so many channels, with kernels of an odd size.
    case convolutional(channels: Int, kernelSize: Int)
    /// A cell that knows nothing of places, with so many units.
    case flat(RecurrentKind, hiddenSize: Int)
  }

  private var encoder: any RecurrentEncoder
  private var head: any Layer
  private let seen: Int
  private let isForced: Bool

  /// A network with fresh weights.
  ///
  /// - Parameters:
  ///   - reader: What reads the frames.
  ///   - layers: The height of the stack.
  ///   - layout: How a frame lies in a row.
  ///   - seen: The frames of a film that are seen in training before the network goes on.
  ///   - isForced: Whether it is shown the frames behind these as well in training, as it says each of them.
  ///   - random: The randomness of the start.
  package init(
    _ reader: Reader, layers: Int, layout: FrameLayout, seen: Int, isForced: Bool = false, random: RandomSource
  ) {
    (self.seen, self.isForced) = (seen, isForced)
    let (start, last) = (random.stream("encoder"), random.stream("head"))
    switch reader {
    case .convolutional(let channels, let kernelSize):
      let places = layout.places.reduce(1, *)
      encoder = RecurrentLayer(inputSize: layout.size, layers: layers) { place in
        ConvLSTMCell(
          inputChannels: place.inputSize / places, hiddenChannels: channels, frame: layout.places,
          kernelSize: kernelSize, random: start.stream(place.suffix))
      }
      let map = Linear(inputSize: channels, outputSize: layout.channels, random: last)
      head = PlaceMap(map: map, places: layout.places)
    case .flat(let kind, let hiddenSize):
      let layer = kind.make(.init(inputSize: layout.size, hiddenSize: hiddenSize, layers: layers, random: start))
      encoder = layer
      head = Linear(inputSize: layer.outputSize, outputSize: layout.size, random: last)
    }
  }

  /// The logits of the frames behind each of those seen, and behind those that it says itself.
  ///
  /// - Parameters:
  ///   - films: The frames seen, `[films, seen, size]`.
  ///   - ahead: The frames to say behind the last one seen.
  ///   - context: Training or inference.
  /// - Returns: `[films, seen + ahead - 1, size]`.
  package func logits(after films: Tensor, ahead: Int, context: inout ForwardContext) -> Tensor {
    var run = encoder.encode(films, lengths: nil, context: &context)
    var logits = [head(run.outputs, context: &context)]
    var last = logits[0][films.shape[1] - 1..<films.shape[1], axis: 1]
    for _ in 1..<ahead {
      run = encoder.encode(last.sigmoid(), from: run.state, context: &context)
      last = head(run.outputs, context: &context)
      logits.append(last)
    }
    return Tensor.concatenate(logits, axis: 1)
  }

  /// The frames behind the last one of films `[films, seen, size]`: `[films, ahead, size]`, between 0 and 1.
  package func frames(after films: Tensor, ahead: Int) -> Tensor {
    var context = ForwardContext.inference
    let logits = logits(after: films, ahead: ahead, context: &context)
    return logits[films.shape[1] - 1..<films.shape[1] - 1 + ahead, axis: 1].sigmoid()
  }

  /// The cross-entropy of every frame of films `[films, frames, size]` but the first.
  package func loss(on films: Tensor, context: inout ForwardContext) -> Tensor {
    let frames = films.shape[1]
    let shown = isForced ? frames - 1 : seen
    let logits = logits(after: films[0..<shown, axis: 1], ahead: frames - shown, context: &context)
    return SigmoidCrossEntropy()(logits, films[1..<frames, axis: 1])
  }

  package mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&encoder, "encoder")
    visitor.visit(&head, "head")
  }
}

/// An affine map of the channels at every place of a frame.
private struct PlaceMap: Layer {
  var map: Linear
  let places: [Int]

  func callAsFunction(_ input: Tensor, context: inout ForwardContext) -> Tensor {
    let last = input.shape.rank - 1
    let count = places.reduce(1, *)
    let frames = input.reshaped(to: Shape([input.count / (map.inputSize * count), map.inputSize] + places))
    let kernel = map.weight.reshaped(to: Shape([map.outputSize, map.inputSize] + places.map { _ in 1 }))
    let output = frames.convolved(with: kernel, bias: map.bias)
    return output.reshaped(to: Shape(Array(input.shape.sizes[..<last]) + [map.outputSize * count]))
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) { map.visitParameters(&visitor) }
}
