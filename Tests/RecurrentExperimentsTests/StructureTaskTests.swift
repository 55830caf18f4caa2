import Foundation
import Recurrent
import RecurrentExperiments
import Testing

@Suite struct StructureTaskTests {
  /// A text in which `ab` and `cde` follow each other by chance.
  private let text = (0..<2500).map { RandomSource(seed: 3).integer(below: 2, at: $0) == 0 ? "ab" : "cde" }.joined()

  @Test func charactersAreAskedOneStepLater() throws {
    let task = try CharacterTask(text)
    let batch = task.batch([0, 7])
    #expect(batch.inputs.shape == [2, 128, 5] && batch.targets.shape == [2, 128])
    for (row, start) in [0, 7].enumerated() {
      let characters = Array(text.utf8)[start...start + 128].map { Int($0) - 97 }
      for step in 0..<128 {
        #expect(
          batch.inputs[row, step, characters[step]] == 1 && batch.targets[row, step] == Scalar(characters[step + 1]))
      }
    }
    #expect(batch.inputs.scalars.reduce(0, +) == 256)
  }

  /// One who knows which pairs can follow pays one bit for each choice between `ab` and `cde`.
  @Test func bitsAreOfTheLastTenthAlone() throws {
    let task = try CharacterTask(text)
    let certain: [Int: [Int]] = [0: [1], 1: [0, 2], 2: [3], 3: [4], 4: [0, 2]]
    let score = task.score { inputs in
      let next = inputs.reshaped(to: [inputs.shape[0] * 128, 5]).argmax()
      var logits = Tensor(repeating: -40, shape: [next.count, 5])
      for (row, character) in next.enumerated() { for follower in certain[character]! { logits[row, follower] = 0 } }
      return logits.reshaped(to: [inputs.shape[0], 128, 5])
    }
    #expect(abs(score - 0.4) < 0.05)
    let uniform = task.score { Tensor(zeros: [$0.shape[0], 128, 5]) }
    #expect(abs(uniform - log2(5)) < 1e-4)
    let baselines = task.baselines()
    #expect(baselines.map(\.name) == ["1-gram, Witten-Bell", "3-gram, Witten-Bell", "5-gram, Witten-Bell"])
    #expect(abs(baselines[1].score - 0.4) < 0.05 && baselines[0].score > 2)
    #expect(throws: ExperimentError.self) { try CharacterTask("too short") }
  }

  @Test func imagesAreAskedAfterTheLastPixel() throws {
    let folder = try ImageFolder(training: 30, test: 13)
    defer { folder.remove() }
    let task = try ImageTask(
      training: LabeledImages.part("train", of: folder.path), test: LabeledImages.part("t10k", of: folder.path),
      shrink: 2)
    let batch = task.batch([5, 2])
    #expect(batch.inputs.shape == [2, 16, 1] && batch.targets.scalars == [1, 2] && task.outputs == 4)
    // Rows of 4: the brightest of the means of quarters is the class.
    let score = task.score { inputs in
      Tensor(
        (0..<inputs.shape[0]).flatMap { row in
          [0, 2, 8, 10].map { inputs[row, $0, 0] }
        }, shape: [inputs.shape[0], 1, 4])
    }
    #expect(score == 100)
    // 8 of 30 are of class 0, as many as of class 1; of the 13 others there are 4.
    #expect(abs(task.baselines()[0].score - 400.0 / 13) < 1e-9)
  }

  /// Two columns of 60 rows: a straight line, and one that repeats every 4 rows.
  private func series(_ split: [Int] = [40, 5, 15]) throws -> SeriesTask {
    let columns = [(0..<60).map { 3 * Double($0) }, (0..<60).map { Double([1, 5, 2, 9][$0 % 4]) }]
    return try SeriesTask(columns, split: split, steps: 8, horizon: 4)
  }

  @Test func windowsAreReadLessTheirLastRow() throws {
    let task = try series()
    #expect(task.sampleCount == 40 - 8 - 4 + 1 && task.features == 2 && task.outputs == 8)
    let batch = task.batch([3, 28])
    #expect(batch.inputs.shape == [2, 8, 2] && batch.targets.shape == [2, 1, 8])
    // The deviation of 0, 3, ..., 117.
    let deviation = 3 * Scalar((40.0 * 40 - 1) / 12).squareRoot()
    for row in 0..<2 {
      for step in 0..<8 { #expect(abs(batch.inputs[row, step, 0] - Scalar(step - 7) * 3 / deviation) < 1e-4) }
      for step in 0..<4 { #expect(abs(batch.targets[row, 0, 2 * step] - Scalar(step + 1) * 3 / deviation) < 1e-4) }
    }
    #expect(batch.inputs[0, 7, 1] == 0 && abs(batch.targets[0, 0, 7]) < 1e-5)
  }

  @Test func errorsAreOfTheLastRows() throws {
    let task = try series()
    let slope = 3 / (3 * Double((40.0 * 40 - 1) / 12).squareRoot())
    let baselines = task.baselines()
    // The last 4 rows again: exact in the second column, four slopes too little in the first.
    #expect(abs(baselines[1].score - 16 * slope * slope / 2) < 1e-4)
    let perfect = task.score { inputs in
      var answer = inputs[4..<8, axis: 1].reshaped(to: [inputs.shape[0], 1, 8])
      for row in 0..<inputs.shape[0] { for step in 0..<4 { answer[row, 0, 2 * step] += Scalar(4 * slope) } }
      return answer
    }
    #expect(perfect < 1e-8)
    var origins = 0
    _ = task.score { inputs in
      origins += inputs.shape[0]
      return Tensor(zeros: [inputs.shape[0], 1, 8])
    }
    #expect(origins == 15 - 4 + 1)
  }

  @Test func seriesThatCannotBeSplitAreRefused() {
    for split in [[40, 5], [11, 5, 10], [40, 5, 3], [40, 10, 20], [40, -5, 20]] {
      #expect(throws: ExperimentError.self) { try series(split) }
    }
    #expect(throws: ExperimentError.self) {
      try SeriesTask([(0..<60).map { $0 == 9 ? .nan : 1 }], split: [40, 5, 15], steps: 8, horizon: 4)
    }
  }
}
