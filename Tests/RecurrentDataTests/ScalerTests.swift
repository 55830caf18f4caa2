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

  @Test func logarithmsAndPowersOfNegativeValuesAreRefused() {
    #expect {
      try Scaler(.log, fitting: [3, -2, -7], name: "temperature")
    } throws: {
      "\($0)"
        == "expected values of 0 and above in the column \"temperature\" for a logarithm, received -2.0 in row 2; "
        + "choose another --scaler"
    }
    #expect {
      try Scaler(.boxCox, fitting: [.nan, 3, 0, -0.5], name: "x", rowName: { "2001-0\($0)" })
    } throws: {
      "\($0)" == "expected values of 0 and above in the column \"x\" for a power, received -0.5 in row 2001-03; "
        + "choose another --scaler"
    }
  }

  @Test func robustStandsOnQuartiles() throws {
    // numpy.percentile([1, 2, 4, 8, 9, 20], [25, 50, 75]) is 2.5, 6, 8.75.
    let scaler = try Scaler(.robust, fitting: [20, 1, .nan, 9, 4, 2, 8], name: "x")
    #expect(scaler.center == 6 && scaler.scale == 6.25)
    #expect(scaler.scaled(12.25) == 1)
    // The wildest value moves neither.
    #expect(try Scaler(.robust, fitting: [2e9, 1, 9, 4, 2, 8], name: "x") == scaler)
    // Quartiles that are equal leave the standard deviation.
    let sparse = try Scaler(.robust, fitting: [0, 0, 0, 0, 0, 0, 0, 8], name: "x")
    #expect(sparse.center == 0 && abs(sparse.scale - 7.0.squareRoot()) < 1e-12)
  }

  @Test func powersLiftZerosAndHoldBelowTheFloor() throws {
    let scaler = try Scaler(.boxCox, fitting: [0, 6, 4, 9, 30], name: "x")
    #expect(scaler.shift == 2 && scaler.floor == 2)
    for value in [0, 0.5, 4, 100] { #expect(abs(scaler.value(of: scaler.scaled(value)) - value) < 1e-12 * (1 + value)) }
    #expect(scaler.scaled(-1) == scaler.scaled(0))
    #expect(scaler.scaled(.nan).isNaN)
    #expect(scaler.value(of: -1e9) >= -2 && scaler.value(of: 1e9).isFinite)
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

  @Test func filesFromBeforePowersAreRead() throws {
    let text = #"{"center":1,"floor":0.5,"kind":"log","scale":2,"shift":0}"#
    let scaler = try JSONDecoder().decode(Scaler.self, from: Data(text.utf8))
    #expect(scaler.kind == .log && scaler.boxCox == nil)
    #expect(abs(scaler.value(of: scaler.scaled(3)) - 3) < 1e-12)
    let encoded = try JSONEncoder().encode(Scaler(.standard, fitting: [1, 2], name: "x"))
    #expect(!String(decoding: encoded, as: UTF8.self).contains("boxCox"))
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
