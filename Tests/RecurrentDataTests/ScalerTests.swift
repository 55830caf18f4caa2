import Foundation
import RecurrentData
import Testing

@Suite struct ScalerTests {
  private let values: [Double] = [3, .nan, 7, 5, 1, .nan]

  @Test func standardHasMeanZeroAndDeviationOne() throws {
    let scaler = try Scaler(.standard, fitting: values, name: "x")
    #expect(scaler.center == 4)
    #expect(abs(scaler.scale - 5.0.squareRoot()) < 1e-15)
    #expect(scaler.scaled(.nan).isNaN)
    #expect(abs(scaler.scaled(9) - 5.0.squareRoot()) < 1e-15)
  }

  @Test func minMaxRunsFromZeroToOne() throws {
    let scaler = try Scaler(.minMax, fitting: values, name: "x")
    #expect(scaler.scaled([1, 7, 4, 10]) == [0, 1, 0.5, 1.5])
  }

  @Test func logarithmLiftsZerosAndHoldsBelowTheFloor() throws {
    let plain = try Scaler(.log, fitting: [1, 2, 4], name: "x")
    #expect(plain.shift == 0)
    #expect(abs(plain.scaled(2)) < 1e-15)
    #expect(plain.scaled(0) == plain.scaled(0.5))
    #expect(plain.scaled(-3).isFinite)
    let lifted = try Scaler(.log, fitting: [0, 6, 4], name: "x")
    #expect(lifted.shift == 2)
    #expect(abs(lifted.value(of: lifted.scaled(0))) < 1e-12)
  }

  @Test func logarithmOfNegativeValuesIsRefused() {
    #expect {
      try Scaler(.log, fitting: [3, -2], name: "temperature")
    } throws: {
      "\($0)" == "expected values of 0 and above in the column \"temperature\" for a logarithm, received -2.0; "
        + "choose another --scaler"
    }
  }

  @Test(arguments: Scaler.Kind.allCases)
  func wayBackGivesTheValues(_ kind: Scaler.Kind) throws {
    let scaler = try Scaler(kind, fitting: values, name: "x")
    let decoded = try JSONDecoder().decode(Scaler.self, from: JSONEncoder().encode(scaler))
    #expect(decoded == scaler)
    for value in [0.7, 1, 2.5, 7, 1000] { #expect(abs(decoded.value(of: scaler.scaled(value)) - value) < 1e-9) }
  }

  @Test(arguments: Scaler.Kind.allCases, [[4, 4, 4], [.nan], []])
  func columnsWithoutSpreadStayFinite(_ kind: Scaler.Kind, _ values: [Double]) throws {
    let scaler = try Scaler(kind, fitting: values, name: "x")
    #expect(scaler.scaled(4).isFinite)
    #expect(scaler.scale == 1)
    #expect(abs(scaler.value(of: scaler.scaled(5)) - 5) < 1e-12)
  }

  @Test func spreadFarFromZeroIsKept() throws {
    let scaler = try Scaler(.standard, fitting: [1e9, 1e9 + 1, 1e9 + 2], name: "x")
    #expect(abs(scaler.scale - (2.0 / 3).squareRoot()) < 1e-12)
  }

  @Test func windowNormalisationGoesThereAndBack() {
    let window: [Double] = [2, 4, .nan, 9, .nan]
    let last = WindowNormalization(window, level: .last)
    #expect(last.level == 9)
    #expect(abs(last.spread - (26.0 / 3).squareRoot()) < 1e-12)
    #expect(WindowNormalization(window, level: .mean).level == 5)
    #expect(WindowNormalization(window, level: .last, dividesBySpread: false).normalized(12) == 3)
    #expect(WindowNormalization([3, 3], level: .mean, minimumSpread: 0.5).spread == 0.5)
    for value in [-4.3, 0, 17.25] { #expect(abs(last.value(of: last.normalized(value)) - value) < 1e-14 * 20) }
  }
}
