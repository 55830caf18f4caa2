import CommandLineKit
import Recurrent

/// What `metrics.json` of a classifier of trees holds and `--json` prints.
struct TreeDocument: Encodable {
  struct Model: Encodable {
    let task = "trees"
    let cell: String
    let parameters, words: Int
    let labels: [String]
    let weightsDigest: String
  }

  /// Files of trees, and the digests of what was in them.
  struct DataPart: Encodable {
    struct Part: Encodable {
      let file, digest: String
      let trees, nodes: Int

      init(_ bank: Treebank) {
        (file, digest, trees, nodes) = (bank.file, bank.digest, bank.trees.count, bank.nodeCount)
      }
    }

    let training, validation: Part
    let test: Part?

    init(training: Treebank, validation: Treebank, test: Treebank?) {
      (self.training, self.validation, self.test) = (Part(training), Part(validation), test.map(Part.init))
    }
  }

  let command: String
  let status = "done"
  let model: Model
  let data: DataPart
  /// The scores on the validation trees, which chose the weights, and on the test trees.
  let validation: TreeScores
  let test: TreeScores?
  /// The scores of what needs no network, on the test trees, else the validation trees.
  let baselines: [String: TreeScores]
  let training: TrainingResult?
  let seconds: Double
  let seed: UInt64
  let threads: Int

  init(
    command: String, classifier: TreeClassifier, training: TrainingResult? = nil, data: DataPart,
    scores: (validation: TreeScores, test: TreeScores?), baselines: [String: TreeScores], seconds: Double
  ) {
    (self.command, self.data, self.baselines, self.seconds) = (command, data, baselines, seconds)
    model = Model(
      cell: classifier.configuration.cell, parameters: classifier.parameterCount, words: classifier.wordCount,
      labels: classifier.labels, weightsDigest: classifier.weightsDigest)
    (validation, test) = scores
    self.training = training
    (seed, threads) = (classifier.configuration.seed, Threads.count)
  }

  /// The scores for a person.
  var text: String {
    let part = test == nil ? "validation" : "test"
    var rows = [(model.cell, test ?? validation)]
    rows += baselines.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    let width = rows.map(\.0.count).max() ?? 0
    func cell(_ share: Double?) -> String {
      let text = share.map { NumberText.percent($0, decimals: 2) } ?? "-"
      return String(repeating: " ", count: max(1, 12 - text.count)) + text
    }
    func padded(_ text: String) -> String { text + String(repeating: " ", count: width - text.count) }
    var text = padded("") + "       roots      binary   all nodes\n"
    for (name, scores) in rows {
      text += padded(name) + cell(scores.accuracy) + cell(scores.binaryAccuracy) + cell(scores.nodeAccuracy) + "\n"
    }
    let judged = test ?? validation
    let neutral = judged.binaryTrees.map { "; binary leaves out \(judged.trees - $0) neutral roots" } ?? ""
    return text + TextLayout.fitted("Right on the \(judged.trees) \(part) trees\(neutral).") + "\n"
  }
}
