#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What needs no network: the most frequent class, and naive Bayes on the words.
package struct TreeBaselines: Sendable {
  /// The share of each class among the roots of the training trees.
  private let priors: [Double]
  private let bayes: WordBayes

  /// Fits all baselines; `validation` chooses the smoothing of naive Bayes and whether it counts the words of all nodes.
  package init(training: [TreeExample], validation: [TreeExample], classes: Int, words: Int, neutral: Int?) {
    var counts = [Double](repeating: 0, count: classes)
    for example in training { counts[example.rootClass] += 1 }
    priors = counts.map { $0 / Double(max(1, training.count)) }
    var best: (accuracy: Double, bayes: WordBayes)?
    for countsNodes in [false, true] {
      let counted = WordBayes(training, classes: classes, words: words, countsNodes: countsNodes)
      for smoothing in [0.1, 0.3, 1, 3, 10] {
        let candidate = counted.smoothed(by: smoothing)
        let accuracy = candidate.scores(on: validation, neutral: neutral).accuracy
        if accuracy > best?.accuracy ?? -1 { best = (accuracy, candidate) }
      }
    }
    bayes = best!.bayes
  }

  /// The scores of each baseline, by name.
  package func scores(on examples: [TreeExample], neutral: Int?) -> [String: TreeScores] {
    [
      "majority": TreeScores(
        probabilities: examples.map { _ in priors }, classes: examples.map(\.rootClass), neutral: neutral),
      "naive Bayes": bayes.scores(on: examples, neutral: neutral),
    ]
  }
}

/// Multinomial naive Bayes: the class whose words these most likely are.
///
///     log p(class) + Σ log((count of the word in the class + s) / (words of the class + s · vocabulary))
private struct WordBayes: Sendable {
  private let words: Int
  private let priors: [Double]
  /// `[class][word]`.
  private let counts: [[Double]]
  private var logarithms: [[Double]] = []

  /// Counts the words of each class: of whole trees by the class of the root, or of all nodes by theirs.
  init(_ examples: [TreeExample], classes: Int, words: Int, countsNodes: Bool) {
    self.words = words
    var priors = [Double](repeating: 0, count: classes)
    var counts = [[Double]](repeating: [Double](repeating: 0, count: words), count: classes)
    for example in examples {
      priors[example.rootClass] += 1
      guard countsNodes else {
        for word in example.words { counts[example.rootClass][word] += 1 }
        continue
      }
      for (span, label) in zip(example.shape.spans, example.classes) {
        for word in example.words[span] { counts[label][word] += 1 }
      }
    }
    (self.priors, self.counts) = (priors, counts)
  }

  /// With so much added to each count.
  func smoothed(by smoothing: Double) -> WordBayes {
    var result = self
    result.logarithms = counts.map { counts in
      let total = counts.reduce(0, +) + smoothing * Double(words)
      return counts.map { log(($0 + smoothing) / total) }
    }
    return result
  }

  func scores(on examples: [TreeExample], neutral: Int?) -> TreeScores {
    TreeScores(
      probabilities: examples.map(probabilities), classes: examples.map(\.rootClass), neutral: neutral)
  }

  private func probabilities(_ example: TreeExample) -> [Double] {
    let scores = priors.indices.map { label in
      example.words.reduce(log(max(priors[label], 0.5))) { $0 + logarithms[label][$1] }
    }
    let largest = scores.max() ?? 0
    return scores.map { exp($0 - largest) }
  }
}
