package import Recurrent

/// What a cell is taught that has to remember: sequences made from numbers of chance, and how an answer is judged.
package protocol MemoryTask: SequenceTask {
  /// The steps of a sequence.
  var steps: Int { get }

  /// Sequences of these numbers; equal numbers give equal sequences.
  func batch(_ samples: [Int], random: RandomSource) -> TaskBatch

  /// How wrong outputs are: 0 is perfect.
  func error(_ outputs: Tensor, _ targets: Tensor) -> Double

  /// How wrong an answer is that knows nothing of the sequence.
  func blindError(_ targets: Tensor) -> Double
}

/// Two numbers out of many are to be added: Hochreiter and Schmidhuber, "Long short-term memory", 1997.
///
/// A step is a number in 0...1 and a mark, which is 1 at one step of each half and else 0. Asked is the sum of the two marked
/// numbers after the last step. Who always says 1 has a mean squared error of 1/6.
package struct AddingTask: MemoryTask {
  package let steps: Int
  package let features = 2, outputs = 1, answers = 1

  /// Sequences of so many steps, at least 2.
  package init(steps: Int) { self.steps = steps }

  package func batch(_ samples: [Int], random: RandomSource) -> TaskBatch {
    let half = steps / 2
    var targets: [Scalar] = []
    let inputs = samples.flatMap { sample -> [Scalar] in
      let random = random.stream(sample)
      let first = random.stream("first").integer(below: half, at: 0)
      let second = half + random.stream("second").integer(below: steps - half, at: 0)
      let numbers = random.stream("numbers").uniform([steps]).scalars
      targets.append(numbers[first] + numbers[second])
      return numbers.enumerated().flatMap { [$1, $0 == first || $0 == second ? 1 : 0] }
    }
    return TaskBatch(
      inputs: Tensor(inputs, shape: [samples.count, steps, 2]), targets: Tensor(targets, shape: [samples.count, 1, 1]))
  }

  package func loss(_ outputs: Tensor, _ targets: Tensor) -> Tensor { MeanSquaredError()(outputs, targets) }

  package func error(_ outputs: Tensor, _ targets: Tensor) -> Double { Double(loss(outputs, targets).scalar) }

  package func blindError(_ targets: Tensor) -> Double { error(Tensor(repeating: 1, shape: targets.shape), targets) }
}

/// Symbols are to be repeated after a pause: Hochreiter and Schmidhuber 1997; in this form Arjovsky, Shah and Bengio, "Unitary
/// evolution recurrent neural networks", 2016.
///
/// 10 symbols out of 8, `delay` blanks of which the last is a mark, then 10 steps at which the symbols are asked, in their
/// order. Wrong is the share of symbols that are not those asked; chance has 7 of 8 wrong.
package struct CopyTask: MemoryTask {
  package static let symbols = 8, length = 10

  package let delay: Int
  package var steps: Int { delay + 2 * Self.length }
  package let features = symbols + 2, outputs = symbols, answers = length

  /// Sequences with so many blanks between the symbols and the answer, at least 1.
  package init(delay: Int) { self.delay = delay }

  package func batch(_ samples: [Int], random: RandomSource) -> TaskBatch {
    var (inputs, targets) = ([Scalar](), [Scalar]())
    for sample in samples {
      let random = random.stream(sample)
      let symbols = (0..<Self.length).map { random.integer(below: Self.symbols, at: $0) }
      targets += symbols.map { Scalar($0) }
      for step in 0..<steps {
        let isMark = step == Self.length + delay - 1
        let place = step < Self.length ? symbols[step] : isMark ? Self.symbols + 1 : Self.symbols
        inputs += (0..<features).map { $0 == place ? 1 : 0 }
      }
    }
    return TaskBatch(
      inputs: Tensor(inputs, shape: [samples.count, steps, features]),
      targets: Tensor(targets, shape: [samples.count, answers]))
  }

  package func loss(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    SoftmaxCrossEntropy()(outputs, classes: targets.scalars.map { Int($0) })
  }

  package func error(_ outputs: Tensor, _ targets: Tensor) -> Double {
    let scores = outputs.scalars
    let wrong = targets.scalars.enumerated().count { place, target in
      let row = scores[place * self.outputs..<(place + 1) * self.outputs]
      return row.indices.max { row[$0] < row[$1] }! - row.startIndex != Int(target)
    }
    return Double(wrong) / Double(targets.count)
  }

  package func blindError(_ targets: Tensor) -> Double {
    Double(targets.scalars.count { $0 != 0 }) / Double(targets.count)
  }
}
