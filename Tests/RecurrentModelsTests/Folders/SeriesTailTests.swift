import Foundation
import RecurrentData
import RecurrentModels
import Testing

@Suite struct SeriesTailTests {
  @Test func lastRowsComeBack() throws {
    let series = try SampleSeries(gaps: [(rows: 214..<216, column: 1)]).series()
    let bytes = try ModelFolder.json(SeriesTail(of: series, rows: 30))
    let tail = try JSONDecoder().decode(SeriesTail.self, from: Data(bytes))
    let rows = try tail.series(file: "data.json")
    let expected = series[190..<220]
    #expect(rows.rowCount == 30)
    for (column, wanted) in zip(rows.columns, expected.columns) {
      #expect(column.name == wanted.name && column.role == wanted.role)
      for (value, truth) in zip(column.values, wanted.values) {
        #expect(value == truth || value.isNaN && truth.isNaN)
      }
    }
    #expect(rows.timestamps == expected.timestamps)
    #expect(rows.nextTimeTexts(2) == series.nextTimeTexts(2))
    #expect(tail.summary == series.summary)
    #expect(try SeriesTail(of: series, rows: 1_000).series(file: "").rowCount == 220)
  }

  @Test func columnsOfUnequalLengthAreRefused() throws {
    let series = try SampleSeries(rows: 60).series()
    let bytes = try ModelFolder.json(SeriesTail(of: series, rows: 5))
    var object = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    var columns = try #require(object["columns"] as? [[String: Any]])
    columns[1]["values"] = [1, 2]
    object["columns"] = columns
    let tail = try JSONDecoder().decode(SeriesTail.self, from: JSONSerialization.data(withJSONObject: object))
    #expect(throws: ModelFolderError.self) { try tail.series(file: "data.json") }
  }
}
