import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import RecurrentTraining
import Testing

/// Films of shapes that move evenly and turn back at the edges, made from a seed.
private struct MovingShapes {
  static let size = 10
  private static let shapes: [[[Scalar]]] = [
    [[1, 1, 1], [1, 0, 1], [1, 1, 1]], [[0, 1, 0], [1, 1, 1], [0, 1, 0]], [[1, 0, 0], [1, 0, 0], [1, 1, 1]],
  ]

  /// `[count, frames, size * size]` of numbers in 0...1, two shapes a film.
  static func films(_ count: Int, frames: Int, seed: UInt64) -> Tensor {
    var data = TestData(seed: seed)
    var films = Tensor(zeros: [count, frames, size * size])
    for film in 0..<count {
      for _ in 0..<2 {
        let shape = shapes[data.integer(below: shapes.count)]
        let edge = size - shape.count
        var place = [data.integer(below: edge + 1), data.integer(below: edge + 1)]
        var speed = [data.integer(below: 3) - 1, data.integer(below: 2) * 2 - 1]
        for frame in 0..<frames {
          for (y, line) in shape.enumerated() {
            for (x, light) in line.enumerated() where light > 0 {
              films[film, frame, (place[0] + y) * size + place[1] + x] = light
            }
          }
          for axis in 0..<2 {
            if !(0...edge).contains(place[axis] + speed[axis]) { speed[axis] = -speed[axis] }
            place[axis] += speed[axis]
          }
        }
      }
    }
    return films
  }
}

/// The next frame from all before it.
private struct FramePredictor: Module {
  var layer = RecurrentLayer(inputSize: 100) { _ in
    ConvLSTMCell(inputChannels: 1, hiddenChannels: 12, frame: [10, 10], kernelSize: 5, random: RandomSource(seed: 1))
  }
  var head = Linear(inputSize: 12, outputSize: 1, random: RandomSource(seed: 2))

  /// Logits of the frames 1, 2, ... of films, `[count, frames - 1, places]`.
  func callAsFunction(_ films: Tensor) -> Tensor {
    let (count, frames) = (films.shape[0], films.shape[1] - 1)
    let channels = layer(films[0..<frames, axis: 1]).outputs.reshaped(to: [count * frames, 12, 100])
    return head(channels.transposed(1, 2)).reshaped(to: [count, frames, 100])
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&layer, "layer")
    visitor.visit(&head, "head")
  }
}

@Suite struct MovingShapesTests {
  /// On films of another seed the squared error is less than half of what copying the last frame leaves.
  @Test func aConvolutionalLSTMForeseesTheNextFrame() {
    var model = FramePredictor()
    var optimizer = AdamW(learningRate: 0.01)
    for step in 0..<150 {
      let films = MovingShapes.films(8, frames: 8, seed: UInt64(1000 + step))
      var (_, gradients) = valueAndGradients(of: model) { model in
        SigmoidCrossEntropy()(model(films), films[1..<8, axis: 1])
      }
      GradientClipping.globalNorm(1).clip(&gradients, norm: gradients.norm)
      optimizer.update(&model, with: gradients)
    }
    // Motion shows from the second frame on.
    let films = MovingShapes.films(64, frames: 8, seed: 7)
    let (seen, truth) = (model(films).sigmoid()[1..<7, axis: 1], films[2..<8, axis: 1])
    let error = (seen - truth).squared().mean().scalar
    let copying = (films[1..<7, axis: 1] - truth).squared().mean().scalar
    let blank = truth.squared().mean().scalar
    #expect(
      error < 0.5 * copying && error < 0.6 * blank, "squared error \(error), copying \(copying), darkness \(blank)")
  }
}
