import CZlib
import RecurrentData
import Testing

@Suite struct GzipInflaterTests {
  /// A gzip member with `bytes`.
  static func compressed(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    return input.withUnsafeMutableBufferPointer { source in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      return [UInt8](unsafeUninitializedCapacity: bytes.count / 500 + 4096 + bytes.count) { target, count in
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        deflate(&stream, Z_FINISH)
        count = Int(stream.total_out)
      }
    }
  }

  private let text = "x,y\n" + (0..<5000).map { "\($0 * $0 % 997),\($0 * 31 % 641)\n" }.joined()

  @Test func membersAreJoinedAndPaddingIgnored() throws {
    let bytes = Array(text.utf8)
    let cut = text.utf8.count / 3
    let joined = Self.compressed(Array(bytes[..<cut])) + Self.compressed(Array(bytes[cut...])) + [0, 0, 0]
    let series = try read(joined)
    #expect(series.columns.map(\.values) == (try read(bytes)).columns.map(\.values))
    #expect(series.digest == SHA256.hexDigest(of: joined))
  }

  @Test func cutFilesEndEarly() {
    let whole = Self.compressed(Array(text.utf8))
    for count in [11, whole.count / 2, whole.count - 1] {
      let message = message { _ = try read(Array(whole[..<count])) }
      #expect(
        message.contains(": expected a whole gzip file, received one that ends early, at byte "), "\(message)")
    }
  }

  @Test func damagedFilesAreNamed() {
    var bytes = Self.compressed(Array(text.utf8))
    bytes[bytes.count - 6] ^= 1
    #expect(
      message { _ = try read(bytes) }.hasPrefix("a.csv:5002:1: expected a whole gzip file, received damaged bytes near")
    )
  }

  @Test func bombsStopAtTheBound() {
    let bomb = Self.compressed([UInt8](repeating: 0x31, count: 40 << 20))
    #expect(bomb.count < 100_000)
    #expect(
      message { _ = try read(bomb, options { $0.limits.textBytes = 2 << 20 }) }
        == "a.csv:1:2097153: expected at most 2 MiB of text, received more; "
        + "split the file or leave out columns that are not needed")
  }
}
