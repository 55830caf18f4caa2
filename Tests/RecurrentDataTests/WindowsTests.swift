import RecurrentData
import Testing

@Suite struct WindowsTests {
  @Test func trainingWindowsStayInside() {
    let windows = Windows(over: 0..<20, window: 5, horizon: 3, looksBack: false)
    #expect(windows.count == 13)
    #expect(windows.first?.inputs == 0..<5)
    #expect(windows.first?.targets == 5..<8)
    #expect(windows.last?.targets == 17..<20)
  }

  @Test func laterPartsLookBackAndForecastOnlyThemselves() {
    let windows = Windows(over: 20..<30, window: 5, horizon: 3, stride: 2, looksBack: true)
    #expect(windows.map(\.origin) == [20, 22, 24, 26])
    #expect(windows[0].inputs == 15..<20)
    #expect(windows.allSatisfy { $0.targets.lowerBound >= 20 && $0.targets.upperBound <= 30 })
  }

  @Test func startOfTheSeriesShortensTheFirstWindows() {
    #expect(Windows(over: 2..<12, window: 5, horizon: 4, looksBack: true).map(\.origin) == [5, 6, 7, 8])
  }

  @Test(arguments: [(0..<7, 5, 3), (3..<3, 0, 1), (0..<2, 9, 1)])
  func shortPartsHaveNone(_ part: Range<Int>, _ window: Int, _ horizon: Int) {
    #expect(Windows(over: part, window: window, horizon: horizon, looksBack: false).isEmpty)
  }

  @Test func windowWithoutInputsIsLegal() {
    let windows = Windows(over: 0..<4, window: 0, horizon: 4, looksBack: false)
    #expect(windows.map(\.inputs) == [0..<0])
  }
}
