import Foundation
import RecurrentData
import Testing

@Suite struct CheckedCodingTests {
  private func decoded<Value: Codable & Equatable>(_ value: Value) throws -> Value {
    try JSONDecoder().decode(Value.self, from: JSONEncoder().encode([value]).dropFirst().dropLast())
  }

  @Test(
    arguments: [
      .rows, Grid(.businessDays), Grid(.months(1), dayOfMonth: 31), Grid(.months(3)), Grid(.months(12)),
      Grid(.months(60)),
      Grid(.months(7)), Grid(.seconds(1)), Grid(.seconds(45)), Grid(.seconds(60)), Grid(.seconds(900)),
      Grid(.seconds(3600)),
      Grid(.seconds(21_600)), Grid(.seconds(86_400)), Grid(.seconds(864_000)), Grid(.seconds(604_800)),
    ] as [Grid])
  func gridsComeBack(_ grid: Grid) throws {
    #expect(try decoded(grid) == grid)
    #expect(try Grid(named: grid.description).step == grid.step)
  }

  @Test func othersComeBack() throws {
    let time = Timestamp(year: 2020, month: 2, day: 29, hour: 5)
    #expect(try decoded(time) == time)
    let differencing = Differencing(order: 1, seasonalOrder: 1, period: 12)
    #expect(try decoded(differencing) == differencing)
    let missing = MissingValues(.seasonal, fitting: [[1, 2], [5, .nan]], period: 7)
    #expect(try decoded(missing) == missing)
  }

  @Test func damageIsRefused() {
    func refuses<Value: Decodable>(_ type: Value.Type, _ text: String) -> Bool {
      (try? JSONDecoder().decode(type, from: Foundation.Data(text.utf8))) == nil
    }
    #expect(refuses(Timestamp.self, "9223372036854775807"))
    #expect(refuses(Grid.self, "{\"frequency\":\"0d\"}"))
    #expect(refuses(Grid.self, "{\"frequency\":\"monthly\",\"dayOfMonth\":32}"))
    #expect(refuses(Differencing.self, "{\"lags\":[0]}"))
    #expect(refuses(MissingValues.self, "{\"method\":\"seasonal\",\"period\":0,\"means\":[]}"))
    #expect(refuses(TimeFormat.self, "{\"pattern\":\"MM\"}"))
  }
}
