import Foundation
import RecurrentExperiments
import Testing

@Suite struct PixelsTests {
  private func row(_ arguments: [String], stopAfter updates: Int = .max) throws -> [String: Any]? {
    var (row, count) = ([String: Any]?.none, 0)
    let isCancelled = {
      count += 1
      return count >= updates
    }
    try Pixels.run(arguments, isCancelled: isCancelled) { line in
      row = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    }
    return row
  }

  @Test func brightQuartersAreLearnt() throws {
    let folder = try ImageFolder()
    defer { folder.remove() }
    let options = [
      "--shrink", "2", "--hidden", "12", "--epochs", "12", "--batch", "12", "--rate", "2000", "--memory", "16",
    ]
    let row = try #require(try row([folder.path] + options))
    #expect(try #require(row["accuracy"] as? Double) > 0.9)
    // Which quarter is bright is a linear map of the pixels.
    #expect(try #require(row["ridgeAccuracy"] as? Double) > 0.9)
    #expect(row["steps"] as? Int == 16 && row["updates"] as? Int == 12 * 9 && row["isPermuted"] as? Bool == false)
  }

  @Test func aStoppedRunGoesOn() throws {
    let folder = try ImageFolder(training: 60)
    defer { folder.remove() }
    let options = [
      folder.path, "--cell", "mingru", "--hidden", "4", "--layers", "2", "--stack", "blocks", "--stride", "4",
      "--pooling", "mean", "--epochs", "3", "--batch", "12", "--permuted", "2", "--shift", "1", "--average", "90000",
      "--dropout", "20",
    ]
    let whole = try #require(try row(options))
    let checkpoint = ["--checkpoint", folder.path + "/run.safetensors"]
    #expect(try row(options + checkpoint, stopAfter: 7) == nil)
    #expect(FileManager.default.fileExists(atPath: checkpoint[1]))
    let resumed = try #require(try row(options + checkpoint))
    #expect(!FileManager.default.fileExists(atPath: checkpoint[1]))
    for key in whole.keys where key != "seconds" { #expect("\(whole[key]!)" == "\(resumed[key]!)") }
  }

  @Test func whatCannotBeUsedIsRefused() throws {
    let folder = try ImageFolder(training: 20, test: 4)
    defer { folder.remove() }
    for (options, part) in [
      (["--cell", "perceptron"], "perceptron"), (["--shrink", "3"], "divisor of 8 and 8"),
      (["--stride", "5"], "64 steps"),
      (["--stack", "tower"], "plain or blocks"), (["--cell", "elman", "--memory", "9"], "elman"),
      (["--hidden", "0"], "--hidden"), (["--permuted", "first"], "--permuted"),
    ] {
      do {
        _ = try row([folder.path] + options)
        Issue.record("\(options) were taken")
      } catch let error as ExperimentError {
        #expect(error.description.contains(part), "\(error)")
      }
    }
    #expect(throws: (any Error).self) { try row(["/nowhere"]) }
  }
}
