import CZlib

/// Decompression of gzip files: streaming, so that the bound on the text stops a bomb early.
enum GzipInflater {
  private static let chunkBytes = 1 << 20

  /// What is compressed in `stored`; several members in a row are joined.
  static func inflate(
    _ stored: UnsafeBufferPointer<UInt8>, of content: FileContent, file: String, limit: Int
  ) throws(DataError) -> UnsafeMutableBufferPointer<UInt8> {
    var stream = z_stream()
    // 16 asks zlib for the gzip wrapper, 15 for the largest window.
    guard inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw DataError(.inputOutput, file: file, expected: "a working zlib", received: "an error at its start")
    }
    defer { inflateEnd(&stream) }
    stream.next_in = UnsafeMutablePointer(mutating: stored.baseAddress)
    stream.avail_in = UInt32(truncatingIfNeeded: stored.count)

    var chunks: [[UInt8]] = []
    var total = 0
    while true {
      var status: Int32 = Z_OK
      let chunk = [UInt8](unsafeUninitializedCapacity: chunkBytes) { buffer, count in
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(chunkBytes)
        while stream.avail_out > 0 {
          status = CZlib.inflate(&stream, Z_NO_FLUSH)
          if status == Z_STREAM_END, Self.startsMember(stream) {
            status = inflateReset(&stream)
          }
          if status != Z_OK { break }
        }
        count = chunkBytes - Int(stream.avail_out)
      }
      total += chunk.count
      chunks.append(chunk)
      if status == Z_STREAM_END || total > limit { break }
      if status != Z_OK { throw damaged(stream, status, joined(&chunks, total), content, file) }
    }
    let text = joined(&chunks, total)
    if total > limit {
      defer { text.deallocate() }
      throw content.tooLarge(file, limit, UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[..<limit]))
    }
    return text
  }

  /// The chunks one after the other; each is freed when it is copied.
  private static func joined(_ chunks: inout [[UInt8]], _ total: Int) -> UnsafeMutableBufferPointer<UInt8> {
    let text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: total)
    var start = 0
    for index in chunks.indices {
      let end = start + chunks[index].count
      _ = UnsafeMutableBufferPointer(rebasing: text[start..<end]).initialize(fromContentsOf: chunks[index])
      chunks[index] = []
      start = end
    }
    return text
  }

  /// True if another gzip member follows; padding after the last one is ignored.
  private static func startsMember(_ stream: z_stream) -> Bool {
    guard stream.avail_in >= 2, let next = stream.next_in else { return false }
    return next[0] == 0x1F && next[1] == 0x8B
  }

  /// The refusal of a file that cannot be inflated beyond `text`, which is freed.
  private static func damaged(
    _ stream: z_stream, _ status: Int32, _ text: UnsafeMutableBufferPointer<UInt8>, _ content: FileContent,
    _ file: String
  ) -> DataError {
    defer { text.deallocate() }
    let isCut = status == Z_BUF_ERROR && stream.avail_in == 0
    let byte = "byte \(stream.total_in)"
    return content.error(
      after: UnsafeRawBufferPointer(text), file: file, expected: "a whole gzip file",
      received: isCut ? "one that ends early, at \(byte)" : "damaged bytes near \(byte)",
      hint: isCut ? "copy or download the file again" : "test it with gzip -t, then copy or download it again")
  }
}
