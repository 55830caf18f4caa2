import RecurrentData
import Testing

/// Random damage to good files must end in a series or in a `DataError`, soon.
@Suite struct HostileInputTests {
  static let files: [String] = [
    "date,x,y\n" + (1...28).map { "2020-02-\($0 < 10 ? "0" : "")\($0),\($0 * 7 % 5).\($0),\($0 * $0)\n" }.joined(),
    "\"Month\";\"Sales, all\"\r\n" + (1...24).map { "\"\(1 + $0 / 13)-\(10 + $0 % 3)\";\($0),5\r\n" }.joined(),
    "03-01-00,1469.25,1478\n04-01-00,1455.2,1455\n05-01-00,1399.4,NA\n06-01-00,1402.1,1411\n31-08-18,2898,2906\n",
    "t\tx\n2020-03-29T00:00:00.000+01:00\t1e3\n2020-03-29T01:00:00.000+01:00\t-2\n2020-03-29T02:00:00.000+01:00\t\n",
    "1/1/2010 0:00,10.0,text\n1/1/2010 1:00,10.5,\"te\"\"xt\"\n1/1/2010 2:00,9,\"more\ntext\"\n",
    "1,2,3\n4,5,6\n7,8,9\n",
    "unix,x\n1467331200,1\n1467334800,2\n1467338400,3\n",
  ]

  /// A small generator, so that every run damages the same bytes.
  struct Generator {
    var state: UInt64
    mutating func next(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
  }

  static let tokens: [[UInt8]] = [
    "\"", ",", ";", "\t", "\n", "\r", "\r\n", "\u{0}", "-", "e", "9999999999", "NA", "\u{FEFF}", "é", "'", ":", "T",
    "Z", "0x",
    "99999999999999999999999999999999", "2020-02-30", "1/2/3", "Q", "\"\"",
  ].map { Array($0.utf8) }

  private func damaged(_ file: [UInt8], _ random: inout Generator) -> [UInt8] {
    var bytes = file
    for _ in 0...random.next(below: 3) {
      guard !bytes.isEmpty else { break }
      let place = random.next(below: bytes.count)
      switch random.next(below: 6) {
      case 0: bytes[place] = UInt8(random.next(below: 256))
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(contentsOf: Self.tokens[random.next(below: Self.tokens.count)], at: place)
      case 3: bytes.removeSubrange(place..<min(bytes.count, place + random.next(below: 40)))
      case 4: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + random.next(below: 60))], at: place)
      default: bytes.removeLast(bytes.count - place)
      }
    }
    return bytes
  }

  @Test(arguments: files.indices)
  func damageNeverCrashes(_ index: Int) {
    var random = Generator(state: UInt64(index) + 1)
    var failures = 0
    let file = Array(Self.files[index].utf8)
    for _ in 0..<1500 {
      let bytes = damaged(file, &random)
      do {
        let series = try read(bytes)
        #expect(series.columns.allSatisfy { $0.values.allSatisfy { !$0.isInfinite } })
        _ = series.nextTimeTexts(3)
      } catch let error as DataError {
        failures += 1
        if error.file != "a.csv" || error.line == nil || error.kind != .badData { Issue.record("\(error)") }
      } catch {
        Issue.record("\(error)")
      }
    }
    // Damage must have been done: a reader that took everything would be wrong.
    #expect(failures > 100)
  }

  @Test func damageToCompressedFilesNeverCrashes() {
    var random = Generator(state: 99)
    let file = GzipInflaterTests.compressed(Array(Self.files[0].utf8))
    for _ in 0..<1500 {
      do {
        _ = try read(damaged(file, &random))
      } catch {
        if (error as? DataError)?.column == nil { Issue.record("\(error)") }
      }
    }
  }

  /// Shapes that cost a careless reader quadratic time.
  @Test(arguments: [
    String(repeating: "\"", count: 1 << 20), String(repeating: ",", count: 1 << 20),
    String(repeating: "\n", count: 1 << 20), String(repeating: "a", count: 1 << 20),
    "x\n" + String(repeating: "\"\n", count: 1 << 19), String(repeating: "1,2\r", count: 1 << 18),
    String(repeating: " ", count: 1 << 20) + "1\n", String(repeating: "x\n", count: 1 << 19),
    String(repeating: "2020-01-01,1\n", count: 1 << 16), String(repeating: "a,b,c\n", count: 1 << 17),
    (0..<9000).map { "n\($0)," }.joined() + "z\n" + String(repeating: "a,", count: 9000) + "a\n",
    "x,y\n" + String(repeating: "1,2\n", count: 1 << 18) + "3,\"",
  ])
  func costlyShapesEndSoon(_ text: String) {
    let seconds = ContinuousClock().measure { _ = try? read(text) }
    #expect(seconds < .seconds(3))
  }
}
