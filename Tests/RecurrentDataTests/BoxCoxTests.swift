import Foundation
import RecurrentData
import Testing

@Suite struct BoxCoxTests {
  private struct Case: Decodable {
    let name: String
    let values: [Double]
    let power: Double
    let scaled: [Double]
  }

  /// Powers of the largest likelihood and standardised values, by scipy: `Tests/Reference/box_cox.py`.
  private func cases() throws -> [Case] {
    let here = URL(filePath: #filePath).deletingLastPathComponent()
    let path = here.appending(path: "../Fixtures/box-cox.json").standardizedFileURL
    return try JSONDecoder().decode([Case].self, from: Data(contentsOf: path))
  }

  @Test func powersAreThoseOfSciPy() throws {
    let cases = try cases()
    #expect(cases.count == 8)
    for entry in cases {
      let fitted = BoxCox(fitting: entry.values)
      #expect(abs(fitted.lambda - entry.power) < 1e-6, "\(entry.name): \(fitted.lambda)")
      let scaler = try Scaler(.boxCox, fitting: entry.values, name: entry.name)
      #expect(scaler.boxCox == fitted)
      for (value, expected) in zip(entry.values, entry.scaled) {
        #expect(abs(scaler.scaled(value) - expected) < 1e-5, "\(entry.name)")
      }
    }
  }

  @Test func wayBackIsExactToRounding() throws {
    for entry in try cases() {
      let fitted = BoxCox(fitting: entry.values)
      let largest = entry.values.max() ?? 1
      for value in entry.values + [largest / 10, 2 * largest] {
        let back = fitted.value(of: fitted.transformed(value))
        #expect(abs(back - value) < 1e-12 * value, "\(entry.name): \(value)")
      }
    }
  }

  @Test func powersStayWithinTwo() {
    let steep = BoxCox(fitting: (0..<50).map { pow(1 + 0.001 * Double($0 % 7) + 0.003 * Double($0 * $0 % 11), -0.1) })
    #expect(steep.lambda >= -2 && steep.lambda <= 2)
    let flat = BoxCox(fitting: [3, 3, 3])
    #expect(flat.lambda == 1)
    #expect(BoxCox(fitting: []).lambda == 1)
  }

  @Test func nothingInfiniteComesBack() throws {
    let entry = try #require(try cases().first { $0.power < -1 })
    let falling = BoxCox(fitting: entry.values)
    let largest = try #require(entry.values.max())
    // Every value lies below -1 / lambda; what lies beyond is held.
    for beyond in [-1 / falling.lambda, 10, 1e300, .infinity] {
      #expect(falling.value(of: beyond) == 1_000 * largest, "\(beyond)")
    }
    #expect(falling.value(of: -1e300) >= 0)
    let rising = BoxCox(fitting: entry.values.map { 1 / $0 })
    #expect(abs(rising.lambda + falling.lambda) < 1e-6)
    #expect(rising.value(of: -1e300) == 0)
    #expect(rising.value(of: 1e300).isFinite)
    #expect(rising.value(of: .nan).isNaN)
  }
}
