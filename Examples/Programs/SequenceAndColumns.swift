import Recurrent

/// Two kinds of input in one classifier: a sequence, and columns that do not change with time.
///
///     h     = last output of an LSTM over x_1 ... x_n           the sequence
///     z     = relu(A [h, s] + a)                                s: the fixed columns
///     p     = softmax(B z + b)                                  probabilities of the classes
///
/// A machine gives pressure readings, some machines more than others; its kind and its age in tens of years are known
/// beforehand. Rising pressure means blocked in a pump and broken in a fan, falling pressure the opposite, steady pressure
/// means fine. The sequence alone leaves kinds undecided, the columns alone everything: the same net with one of the two
/// inputs zeroed shows how far each gets.
enum SequenceAndColumns: ExampleProgram {
  static let name = "sequence-and-columns"
  static let summary = "One classifier of a sequence and fixed columns; neither is enough alone."

  private struct Classifier: Module {
    var lstm: LSTM
    var mix: Linear
    var head: Linear

    init(random: RandomSource) {
      lstm = LSTM(inputSize: 1, hiddenSize: 12, forgetBias: 1, random: random.stream("lstm"))
      mix = Linear(inputSize: 12 + 3, outputSize: 16, random: random.stream("mix"))
      head = Linear(inputSize: 16, outputSize: 3, random: random.stream("head"))
    }

    /// `[batch, time, 1]` with the valid steps of each row, and `[batch, 3]`, to `[batch, 3]` before the softmax.
    func callAsFunction(_ machines: Machines) -> Tensor {
      let read = lstm(machines.readings, lengths: machines.lengths).lastOutputs
      return head(mix(Tensor.concatenate([read, machines.columns], axis: 1)).relu())
    }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit(&lstm, "lstm")
      visitor.visit(&mix, "mix")
      visitor.visit(&head, "head")
    }
  }

  /// Machines: their readings, their columns (is a pump, is a fan, age), and whether they are fine, blocked or broken.
  private struct Machines {
    var readings: Tensor
    var lengths: [Int]
    var columns: Tensor
    var classes: [Int]

    init(_ count: Int, random: RandomSource) {
      let trends = (0..<count).map { random.stream("trend").integer(below: 3, at: $0) - 1 }
      let kinds = (0..<count).map { random.stream("kind").integer(below: 2, at: $0) }
      lengths = (0..<count).map { 15 + random.stream("length").integer(below: 16, at: $0) }
      classes = zip(trends, kinds).map { trend, kind in trend == 0 ? 0 : (trend > 0) == (kind == 0) ? 1 : 2 }
      readings = random.stream("noise").normal([count, 30, 1], standardDeviation: 0.3)
      for row in 0..<count {
        let level = random.stream("level").normal(at: row)
        for step in 0..<lengths[row] { readings[row, step, 0] += level + 0.1 * Scalar(trends[row] * step) }
      }
      let ages = random.stream("age").uniform([count, 1], in: 0...3)
      columns = Tensor.concatenate([.oneHot(kinds, count: 2), ages], axis: 1)
    }
  }

  static func run(seed: UInt64, page: inout ExamplePage) {
    let random = RandomSource(seed: seed)
    let test = Machines(2000, random: random.stream("test"))
    func accuracy(readings: Bool, columns: Bool) -> Double {
      func shown(_ machines: Machines) -> Machines {
        var machines = machines
        if !readings { machines.readings = Tensor(zeros: machines.readings.shape) }
        if !columns { machines.columns = Tensor(zeros: machines.columns.shape) }
        return machines
      }
      var model = Classifier(random: random.stream("weights"))
      var optimizer = Adam(learningRate: 0.01)
      for update in 1...600 {
        let batch = shown(Machines(64, random: random.stream("training").stream(update)))
        let (_, gradients) = valueAndGradients(of: model) { SoftmaxCrossEntropy()($0(batch), classes: batch.classes) }
        optimizer.update(&model, with: gradients)
      }
      let answers = model(shown(test)).argmax()
      return Double(zip(answers, test.classes).count { $0 == $1 }) / Double(answers.count)
    }
    page.claim("accuracy with both", accuracy(readings: true, columns: true), atLeast: 0.97)
    page.claim(
      "accuracy with the sequence alone (2/3 can be known)", accuracy(readings: true, columns: false), atMost: 0.72)
    page.claim(
      "accuracy with the columns alone (1/3 can be known)", accuracy(readings: false, columns: true), atMost: 0.4)
  }
}
