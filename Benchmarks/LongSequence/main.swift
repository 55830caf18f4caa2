import Foundation
import RecurrentNN
import RecurrentTensor

// long-sequence lstm|gru [--steps N] [--short N] [--hidden N] [--input N] [--rounds N] [--blocks N]: the time of a step of
// one training step (forward, backward, all gradients) over a long sequence beside that over short ones. With `--blocks`
// gates are computed again at any length.

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data((message + "\n").utf8))
  exit(64)
}

/// Every output through one linear layer, compared with a sequence of numbers.
struct Follower<Cell: RecurrentCell>: Module {
  var layer: RecurrentLayer<Cell>
  var head: Linear

  func loss(_ x: Tensor, _ y: Tensor) -> Tensor { MeanSquaredError()(head(layer(x).outputs), y) }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&layer, "layer")
    visitor.visit(&head, "head")
  }
}

struct Benchmark {
  var options = ["--steps": 100_000, "--short": 1_000, "--hidden": 512, "--input": 64, "--rounds": 2, "--blocks": 0]

  func measure<Cell: RecurrentCell>(_ make: (_ input: Int, _ hidden: Int) -> RecurrentLayer<Cell>) {
    let (steps, short) = (options["--steps"]!, options["--short"]!)
    let (hidden, input) = (options["--hidden"]!, options["--input"]!)
    var layer = make(input, hidden)
    if options["--blocks"]! > 0 { layer.recomputation = .blocks(of: options["--blocks"]!) }
    let model = Follower(
      layer: layer, head: Linear(inputSize: hidden, outputSize: 1, random: RandomSource(seed: 2)))
    let (x, y) = (sequence(steps, features: input), sequence(steps, features: 1))
    let (shortX, shortY) = (sequence(short, features: input), sequence(short, features: 1))
    _ = milliseconds(model, shortX, shortY, repeated: 3)
    var times: (short: Double, long: Double) = (.infinity, .infinity)
    // In turn and for about as long, so that both meet the same machine.
    for _ in 0..<options["--rounds"]! {
      times.short = min(times.short, milliseconds(model, shortX, shortY, repeated: max(1, steps / short)))
      times.long = min(times.long, milliseconds(model, x, y, repeated: 1))
    }
    print("hidden \(hidden), input \(input), \(short) steps: \(times.short) milliseconds a step")
    print("hidden \(hidden), input \(input), \(steps) steps: \(times.long) milliseconds a step")
    print("ratio \(times.long / times.short)")
  }

  private func sequence(_ steps: Int, features: Int) -> Tensor {
    Tensor((0..<steps * features).map { Scalar(sin(Double($0 % 9973) * 0.37)) }, shape: [1, steps, features])
  }

  /// Milliseconds of one training step over the sequence, for each step of the sequence.
  private func milliseconds<Cell: RecurrentCell>(
    _ model: Follower<Cell>, _ x: Tensor, _ y: Tensor, repeated: Int
  ) -> Double {
    let start = ContinuousClock.now
    for _ in 0..<repeated {
      let (loss, gradients) = valueAndGradients(of: model) { $0.loss(x, y) }
      guard loss.isFinite, gradients.firstNonFinitePath == nil else { fail("the gradients are not finite") }
    }
    return (ContinuousClock.now - start) / .milliseconds(1) / Double(repeated * x.shape[1])
  }
}

var benchmark = Benchmark()
var arguments = CommandLine.arguments.dropFirst()
let cell = arguments.popFirst()
while let argument = arguments.popFirst() {
  guard benchmark.options[argument] != nil, let value = arguments.popFirst().flatMap({ Int($0) }), value > 0 else {
    fail("\(argument): expected \(benchmark.options.keys.sorted()) and a whole number of at least 1")
  }
  benchmark.options[argument] = value
}
switch cell {
case "lstm": benchmark.measure { LSTM(inputSize: $0, hiddenSize: $1, random: RandomSource(seed: 1)) }
case "gru": benchmark.measure { GRU(inputSize: $0, hiddenSize: $1, random: RandomSource(seed: 1)) }
default:
  fail("usage: long-sequence lstm|gru [--steps N] [--short N] [--hidden N] [--input N] [--rounds N] [--blocks N]")
}
