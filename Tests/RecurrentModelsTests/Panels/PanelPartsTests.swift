import Foundation
import RecurrentModels
import Testing

@Suite struct PanelCyclesTests {
  @Test func theLastRowsAreRepeated() {
    let rows = [1.0, 2, 3, 4, 5]
    #expect(PanelCycles.repetition(of: rows, [3], horizon: 5) == [3, 4, 5, 3, 4])
    #expect(PanelCycles.repetition(of: rows, [1], horizon: 2) == [5, 5])
    #expect(PanelCycles.repetition(of: rows, [2, 4], horizon: 3) == [3, 4, 4])
  }

  @Test func cyclesAreFoundBeforeTheLastRows() {
    var random = GeneratedSeries(seed: 2)
    var columns = (0..<6).map { number in
      (0..<150).map { row in sin(2 * .pi * Double(row) / 7 + Double(number)) + 0.1 * random.normal() }
    }
    #expect(PanelCycles.find(in: columns, horizon: 4, longest: 20, divides: true).allSatisfy { $0 % 7 == 0 })
    // The last rows, which validate, are not read.
    for index in columns.indices { for row in 146..<150 { columns[index][row] = 1000 * random.normal() } }
    #expect(PanelCycles.find(in: columns, horizon: 4, longest: 20, divides: true).allSatisfy { $0 % 7 == 0 })
    let walks = (0..<6).map { _ in random.walk(150) }
    #expect(PanelCycles.find(in: walks, horizon: 4, longest: 20, divides: true)[0] <= 2)
    #expect(PanelCycles.find(in: [[1, 2, 3]], horizon: 4, longest: 20, divides: false) == [1])
  }
}

@Suite struct PanelSplitTests {
  @Test func trainingEndsWhereValidationBegins() {
    let split = PanelSplit(rowCounts: [20, 9, 14], window: 5, horizon: 3)
    #expect(split.training.filter { $0.series == 0 }.map(\.origin) == Array(5...14))
    #expect(split.training.filter { $0.series == 1 }.isEmpty)
    #expect(split.training.filter { $0.series == 2 }.map(\.origin) == [5, 6, 7, 8])
    #expect(split.validation.map(\.series) == [0, 1, 2])
    #expect(split.validation.map(\.origin) == [17, 6, 11])
    #expect(
      PanelSplit(rowCounts: [20, 14], window: 5, horizon: 3, mostWindows: 7).training.map(\.origin) == [
        5, 8, 11, 14, 5, 8,
      ])
  }
}
