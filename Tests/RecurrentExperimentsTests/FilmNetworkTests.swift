import Recurrent
import RecurrentExperiments
import Testing

@Suite struct FilmNetworkTests {
  private static let readers: [String: FilmNetwork.Reader] = [
    "convolutional": .convolutional(channels: 3, kernelSize: 3),
    "lstm": .flat(RecurrentKind(named: "lstm")!, hiddenSize: 5),
    "gru": .flat(RecurrentKind(named: "gru")!, hiddenSize: 4),
  ]
  private static let frames = [[4, 6], [8]]

  private func network(_ reader: String, _ frame: [Int], isForced: Bool = false) -> FilmNetwork {
    FilmNetwork(
      Self.readers[reader]!, layers: 2, layout: FrameLayout(frame: frame, patch: 2), seen: 3, isForced: isForced,
      random: RandomSource(seed: 5))
  }

  private func films(_ frame: [Int]) -> Tensor {
    RandomSource(seed: 6).uniform([2, 6, frame.reduce(1, *)])
  }

  @Test(arguments: ["convolutional", "lstm", "gru"], frames)
  func aNetworkGoesOnWithFramesOfItsOwn(_ reader: String, _ frame: [Int]) {
    let (network, films) = (network(reader, frame), films(frame))
    let said = network.frames(after: films[0..<3, axis: 1], ahead: 3)
    #expect(said.shape == [2, 3, frame.reduce(1, *)] && said.scalars.allSatisfy { $0 > 0 && $0 < 1 })
    // The second frame ahead is the first one behind what was seen and the first one said.
    for ahead in 1..<3 {
      let longer = Tensor.concatenate([films[0..<3, axis: 1], said[0..<ahead, axis: 1]], axis: 1)
      let next = network.frames(after: longer, ahead: 1)
      let difference = (next - said[ahead..<ahead + 1, axis: 1]).absolute().scalars.max()!
      #expect(difference < 1e-5)
    }
    let one = network.frames(after: films[0..<3, axis: 1][0..<1, axis: 0], ahead: 3)
    #expect((one - said[0..<1, axis: 0]).absolute().scalars.max()! < 1e-5)
  }

  @Test(arguments: ["convolutional", "lstm"], [true, false])
  func framesBehindThoseSeenAreShownOnlyIfForced(_ reader: String, _ isForced: Bool) {
    let (network, films) = (network(reader, [4, 6], isForced: isForced), films([4, 6]))
    func loss(_ films: Tensor) -> Scalar {
      var context = ForwardContext.inference
      return network.loss(on: films, context: &context).scalar
    }
    var context = ForwardContext.inference
    let shown = isForced ? 5 : 3
    let logits = network.logits(after: films[0..<shown, axis: 1], ahead: 6 - shown, context: &context)
    #expect(logits.shape == [2, 5, 24])
    let expected = SigmoidCrossEntropy()(logits, films[1..<6, axis: 1]).scalar
    #expect(abs(loss(films) - expected) < 1e-6)
    // A change of the fifth frame counts as a target, and as an input for who is forced.
    var changed = films
    for place in 0..<24 { changed[0, 4, place] = 1 - changed[0, 4, place] }
    let target = SigmoidCrossEntropy()(logits, changed[1..<6, axis: 1]).scalar
    #expect((abs(loss(changed) - target) < 1e-6) != isForced)
  }

  @Test(arguments: ["convolutional", "lstm", "gru"], frames)
  func everyWeightLearns(_ reader: String, _ frame: [Int]) {
    let (network, films) = (network(reader, frame), films(frame))
    let (_, gradients) = valueAndGradients(of: network) { network in
      var context = ForwardContext.inference
      return network.loss(on: films, context: &context)
    }
    let layout = ParameterLayout(of: network)
    #expect(layout.entries.count > 3)
    for entry in layout.entries where entry.kind == .parameter {
      #expect(gradients[entry.path]?.scalars.contains { $0 != 0 } ?? false, "\(entry.path)")
    }
  }

  /// Two layers with kernels of 3 places see 2 places around in the first frame ahead.
  @Test func aPlaceIsSaidFromItsNeighbourhood() {
    let network = FilmNetwork(
      .convolutional(channels: 2, kernelSize: 3), layers: 2, layout: FrameLayout(frame: [11], patch: 1), seen: 1,
      random: RandomSource(seed: 7))
    var films = Tensor(zeros: [2, 1, 11])
    films[1, 0, 5] = 1
    let said = network.frames(after: films, ahead: 1)
    for place in 0..<11 { #expect((said[0, 0, place] != said[1, 0, place]) == (abs(place - 5) <= 2)) }
  }
}
