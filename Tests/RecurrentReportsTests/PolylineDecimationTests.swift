import RecurrentReports
import Testing

@Suite struct PolylineDecimationTests {
  @Test func shortLinesStayAsTheyAre() {
    let runs = PolylineDecimation.runs(x: [0, 10, 20], y: [1, 2, 3])
    #expect(runs.count == 1)
    #expect(runs[0].map(\.x) == [0, 10, 20])
    #expect(runs[0].map(\.y) == [1, 2, 3])
  }

  @Test func gapsSplitTheLine() {
    let runs = PolylineDecimation.runs(x: [0, 1, 2, 3, 4, 5], y: [1, .nan, 3, 4, .infinity, 6])
    #expect(runs.map { $0.map(\.x) } == [[0], [2, 3], [5]])
    #expect(PolylineDecimation.runs(x: [0, 1], y: [.nan, .nan]).isEmpty)
  }

  @Test func peaksOfLongLinesRemain() {
    let x = (0..<100_000).map { Double($0) / 1000 }
    var y = x.map { _ in 5.0 }
    y[31_507] = 99
    y[31_612] = -99
    let points = PolylineDecimation.runs(x: x, y: y)[0]
    #expect(points.count <= 400)
    #expect(points.contains { $0.x == x[31_507] && $0.y == 99 })
    #expect(points.contains { $0.x == x[31_612] && $0.y == -99 })
    #expect(zip(points, points.dropFirst()).allSatisfy { $0.x < $1.x })
    #expect(points.first?.x == 0 && points.last?.x == x.last)
  }

  @Test func bandsKeepTheirWidestPlaces() {
    let x = (0..<1000).map { Double($0) / 100 }
    var upper = x.map { _ in 1.0 }
    upper[555] = 7
    let runs = PolylineDecimation.bands(x: x, lower: x.map { _ in 0 }, upper: upper)
    #expect(runs.count == 1 && runs[0].count <= 12)
    #expect(runs[0].map(\.upper).max() == 7)
    upper[300] = .nan
    #expect(PolylineDecimation.bands(x: x, lower: x.map { _ in 0 }, upper: upper).count == 2)
  }
}
