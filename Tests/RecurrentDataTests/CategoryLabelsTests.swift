import RecurrentData
import Testing

@Suite struct CategoryLabelsTests {
  private let text = """
    day,sales,weather,promo,store,count
    2024-01-01,5,rain,0,1,1
    2024-01-02,7,,1,01,2
    2024-01-03,6,sun,0,2,3
    2024-01-05,9,rain,NA,2,4
    """

  @Test func textBecomesPositionsOfNames() throws {
    let series = try read(text, options { ($0.targets, $0.known, $0.past) = (["sales"], ["weather", "promo"], []) })
    #expect(series.columns.map(\.name) == ["sales", "weather", "promo"])
    #expect(series.columns.map(\.role) == [.target, .known, .known])
    #expect(series.knownIndices == [1, 2])
    #expect(series.columns[1].categories == ["rain", "sun"])
    #expect(series.columns[1].values.prefix(3).map { $0.isNaN ? -1 : $0 } == [0, -1, 1])
    // 4 January is not in the file.
    #expect((0..<5).map { series.columns[1].category(row: $0) } == ["rain", nil, "sun", nil, "rain"])
    #expect(series.columns[2].categories == nil)
    #expect((0..<5).map { series.columns[2].category(row: $0) } == ["0", "1", "0", nil, nil])
    #expect(series.summary.columns.map(\.categoryCount) == [nil, 2, nil])
    #expect(series.summary.columns[1].maximum == nil)
  }

  @Test func numbersCanBeNames() throws {
    let series = try read(text, options { ($0.targets, $0.known, $0.categories) = (["sales"], ["store"], ["store"]) })
    let store = try #require(series.columns.first { $0.name == "store" })
    #expect(store.categories == ["1", "2"])
    #expect(store.role == .known)
    // Without --past the other columns of numbers stay inputs, and text is left out.
    #expect(series.columns.map(\.name) == ["sales", "promo", "store", "count"])
    #expect(series.columns.map(\.role) == [.target, .input, .known, .input])
  }

  @Test func namedInputsOfText() throws {
    let series = try read(text, options { ($0.targets, $0.past) = (["sales"], ["weather", "count"]) })
    #expect(series.columns.map(\.name) == ["sales", "weather", "count"])
    #expect(series.columns.map(\.role) == [.target, .input, .input])
    #expect(series.columns[1].categories == ["rain", "sun"])
    #expect(series.leftOutColumns.map(\.name) == ["promo", "store"])
  }

  @Test func noneIsAName() throws {
    let text = "day,y,k\n2024-01-01,1,none\n2024-01-02,2,mail\n2024-01-03,none,NA\n2024-01-04,4,none\n"
    let series = try read(text, options { ($0.targets, $0.known) = (["y"], ["k"]) })
    #expect((0..<4).map { series.columns[1].category(row: $0) } == ["none", "mail", nil, "none"])
    #expect(series.columns[0].missingCount == 1)
  }

  @Test func reversedRowsKeepTheirNames() throws {
    let reversed = "day,y,k\n2024-01-03,1,a\n2024-01-02,2,b\n2024-01-01,3,c\n"
    let series = try read(reversed, options { ($0.targets, $0.known) = (["y"], ["k"]) })
    #expect((0..<3).map { series.columns[1].category(row: $0) } == ["c", "b", "a"])
    #expect(series.columns[0].values == [3, 2, 1])
  }

  @Test func aModelSettlesWhatItsColumnsAre() {
    let text = "day,y,k\n2024-01-01,1,a\n2024-01-02,2,b\n"
    let message = message {
      _ = try read(text, options { ($0.targets, $0.known, $0.requiredColumns) = (["y"], ["k"], ["y", "k"]) })
    }
    #expect(message.hasPrefix("a.csv:2:14: expected a number in the column \"k\", received \"a\""), "\(message)")
  }

  @Test func unknownNamesAreRefused() {
    for change: (inout ReadingOptions) -> Void in [
      { $0.known = ["wind"] }, { $0.past = ["wind"] }, { $0.categories = ["wind"] },
    ] {
      let message = message { _ = try read(text, options(change)) }
      #expect(message.contains("a column named \"wind\" (--"), "\(message)")
    }
    let time = message { _ = try read(text, options { $0.known = ["day"] }) }
    #expect(time.contains("\"day\", the column of the times"), "\(time)")
  }
}
