import Foundation
package import Recurrent

/// Real data on which structures are compared: samples to learn from, and a score on others.
package protocol StructureTask: SequenceTask {
  /// The name of its columns in the table.
  var name: String { get }
  /// What the score counts.
  var measure: String { get }
  /// What is learned from and judged on: sizes, how it is cut, and a digest of the values.
  var data: String { get }
  /// The steps of a sequence.
  var steps: Int { get }
  /// The samples to learn from.
  var sampleCount: Int { get }

  /// Samples to learn from, of numbers in `0..<sampleCount`.
  func batch(_ samples: [Int]) -> TaskBatch

  /// The score of what is said of sequences `[rows, steps, features]`, on data that nobody has learned from.
  func score(_ answer: (Tensor) -> Tensor) -> Double

  /// The scores of those who need no network.
  func baselines() -> [(name: String, score: Double)]
}

/// The next character of a text, at every step: bits per character on its last tenth.
///
/// Characters are read as one of so many. Held-out text is cut into overlapping windows, of each of which the second half
/// counts, so that every character is judged after at least half a window.
package struct CharacterTask: StructureTask {
  package let name = "characters", measure = "bits per character"
  package let data: String
  package let steps = 128
  package let features: Int
  package var outputs: Int { features }
  package var answers: Int { steps }

  private let training, held: [Int]

  /// The characters of a text, at least some thousand.
  package init(_ text: String) throws {
    let characters = Array(text.unicodeScalars)
    guard characters.count >= 4000 else {
      throw ExperimentError("expected a text of 4,000 characters, received \(characters.count)")
    }
    let numbers = Dictionary(uniqueKeysWithValues: Set(characters).sorted().enumerated().map { ($1, $0) })
    let spelt = characters.map { numbers[$0]! }
    let cut = spelt.count - spelt.count / 10
    (training, held, features) = (Array(spelt[..<cut]), Array(spelt[cut...]), numbers.count)
    data = "\(characters.count) characters, SHA-256 \(SHA256.hexDigest(of: Array(text.utf8)))"
  }

  package var sampleCount: Int { training.count - steps }

  package func batch(_ samples: [Int]) -> TaskBatch { windows(of: training, at: samples) }

  private func windows(of text: [Int], at starts: [Int]) -> TaskBatch {
    TaskBatch(
      inputs: Tensor.oneHot(starts.flatMap { text[$0..<$0 + steps] }, count: features)
        .reshaped(to: [starts.count, steps, features]),
      targets: Tensor(
        starts.flatMap { text[$0 + 1...$0 + steps].map { Scalar($0) } }, shape: [starts.count, steps]))
  }

  package func loss(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    SoftmaxCrossEntropy()(outputs, classes: targets.scalars.map { Int($0) })
  }

  package func score(_ answer: (Tensor) -> Tensor) -> Double {
    let starts = Array(stride(from: 0, to: held.count - steps, by: steps / 2))
    var (sum, count) = (0.0, 0)
    for part in starts.chunks(of: 64) {
      let batch = windows(of: held, at: part)
      let half = steps / 2..<steps
      let loss = loss(answer(batch.inputs)[half, axis: 1], batch.targets[half, axis: 1])
      sum += Double(loss.scalar) * Double(part.count)
      count += part.count
    }
    return sum / Double(count) / log(2)
  }

  package func baselines() -> [(name: String, score: Double)] {
    [1, 3, 5].map { order in
      let model = CharacterNGram(training, order: order, characters: features)
      return ("\(order)-gram, Witten-Bell", model.bits(of: held))
    }
  }
}

/// The class of an image after its last pixel: the share of right ones.
package struct ImageTask: StructureTask {
  package let name = "images", measure = "right, %"
  package let data: String
  package let features = 1, answers = 1
  package var steps: Int { training.steps }
  package var outputs: Int { training.classes }
  package var sampleCount: Int { training.count }

  private let training, test: PixelSequences

  /// Images to learn from and others, `shrink` pixels a side made one.
  ///
  /// - Throws: `ExperimentError` for a `shrink` that leaves pixels over.
  package init(training: LabeledImages, test: LabeledImages, shrink: Int) throws {
    self.training = try PixelSequences(training, learned: 0..<training.count, shrink: shrink)
    self.test = try PixelSequences(test, as: self.training)
    let bytes = [training, test].flatMap { part in (0..<part.count).flatMap(part.pixels) + part.labels }
    data =
      "\(training.count) and \(test.count) images of \(training.height) × \(training.width) pixels, "
      + "\(shrink) × \(shrink) made one, SHA-256 \(SHA256.hexDigest(of: bytes))"
  }

  package func batch(_ samples: [Int]) -> TaskBatch { Self.batch(training.batch(samples)) }

  private static func batch(_ batch: PixelBatch) -> TaskBatch {
    TaskBatch(
      inputs: batch.inputs, targets: Tensor(batch.classes.map { Scalar($0) }, shape: [batch.rowCount, 1]))
  }

  package func loss(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    SoftmaxCrossEntropy()(outputs, classes: targets.scalars.map { Int($0) })
  }

  package func score(_ answer: (Tensor) -> Tensor) -> Double {
    let right = Array(0..<test.count).chunks(of: 100).map { part in
      let batch = test.batch(part)
      return zip(answer(batch.inputs).argmax(), batch.classes).count { $0 == $1 }
    }
    return 100 * Double(right.reduce(0, +)) / Double(test.count)
  }

  package func baselines() -> [(name: String, score: Double)] {
    let classes = training.batch(Array(0..<training.count)).classes
    let counts = Dictionary(grouping: classes, by: \.self).mapValues(\.count)
    let usual = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }!.key
    return [
      ("the most frequent class", score { Tensor.oneHot(Array(repeating: usual, count: $0.shape[0]), count: outputs) })
    ]
  }
}

/// The next rows of all columns of a series after a window of it: the mean squared error on standardised values.
///
/// A window is read less its last row, and the answer is what the rows to come have more than it.
package struct SeriesTask: StructureTask {
  package let name = "series", measure = "mean squared error"
  package let data: String
  package let steps: Int
  package let features: Int
  package let answers = 1
  package var outputs: Int { horizon * features }

  private let horizon: Int
  /// Standardised rows, one after the other.
  private let rows: [Scalar]
  private let training, test: Range<Int>

  /// Columns of numbers, the first rows to learn from, those after the validation rows to judge on.
  ///
  /// - Parameters:
  ///   - columns: The columns, each of the same number of rows.
  ///   - split: The rows to learn from, to leave out and to judge on.
  ///   - steps: The rows of a window.
  ///   - horizon: The rows to come.
  /// - Throws: `ExperimentError` for a split that the rows cannot give, and for missing values.
  package init(_ columns: [[Double]], split: [Int], steps: Int = 96, horizon: Int = 24) throws {
    let count = columns.first?.count ?? 0
    guard split.count == 3, split.allSatisfy({ $0 >= 0 }), split.reduce(0, +) <= count, split[0] >= steps + horizon,
      split[2] >= horizon
    else {
      throw ExperimentError(
        "--split: expected three numbers of rows, \(count) together at most, \(steps + horizon) to learn from and \(horizon) "
          + "to judge on at least, received \(split.map(String.init).joined(separator: ":"))")
    }
    guard columns.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
      throw ExperimentError("expected a series without missing values")
    }
    (self.steps, self.horizon, features) = (steps, horizon, columns.count)
    (training, test) = (0..<split[0], split[0] + split[1]..<split.reduce(0, +))
    let standardised = columns.map { column in
      let learned = column[..<split[0]]
      let mean = learned.reduce(0, +) / Double(learned.count)
      let variance = learned.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(learned.count)
      return column.map { Scalar(($0 - mean) / max(variance, 1e-12).squareRoot()) }
    }
    rows = (0..<count).flatMap { row in standardised.map { $0[row] } }
    let digest = columns.flatMap { $0 }.withUnsafeBytes { SHA256.hexDigest(of: Array($0)) }
    data =
      "\(count) rows of \(features) columns, split \(split.map(String.init).joined(separator: ":")), "
      + "\(steps) rows to \(horizon), SHA-256 \(digest)"
  }

  package var sampleCount: Int { training.count - steps - horizon + 1 }

  package func batch(_ samples: [Int]) -> TaskBatch { windows(endingBefore: samples.map { $0 + steps }) }

  private func windows(endingBefore origins: [Int]) -> TaskBatch {
    var (inputs, targets) = ([Scalar](), [Scalar]())
    for origin in origins {
      let last = rows[(origin - 1) * features..<origin * features]
      func changes(_ range: Range<Int>) -> [Scalar] {
        range.flatMap { row in zip(rows[row * features..<(row + 1) * features], last).map { $0 - $1 } }
      }
      inputs += changes(origin - steps..<origin)
      targets += changes(origin..<origin + horizon)
    }
    return TaskBatch(
      inputs: Tensor(inputs, shape: [origins.count, steps, features]),
      targets: Tensor(targets, shape: [origins.count, 1, outputs]))
  }

  package func loss(_ outputs: Tensor, _ targets: Tensor) -> Tensor { MeanSquaredError()(outputs, targets) }

  package func score(_ answer: (Tensor) -> Tensor) -> Double {
    let origins = Array(test.lowerBound...test.upperBound - horizon)
    let sums = origins.chunks(of: 64).map { part in
      let batch = windows(endingBefore: part)
      return Double(loss(answer(batch.inputs), batch.targets).scalar) * Double(part.count)
    }
    return sums.reduce(0, +) / Double(origins.count)
  }

  package func baselines() -> [(name: String, score: Double)] {
    [
      ("the last value again", score { Tensor(zeros: [$0.shape[0], 1, outputs]) }),
      (
        "the last \(horizon) rows again",
        score { $0[steps - horizon..<steps, axis: 1].reshaped(to: [$0.shape[0], 1, outputs]) }
      ),
    ]
  }
}

extension Array {
  /// The elements in parts of so many, the last one shorter.
  fileprivate func chunks(of size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}
