#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The system call, under a name that no method hides.
private func readBytes(_ descriptor: Int32, _ target: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(descriptor, target, count)
}

extension TextBuffer {
  /// Reads a text file, or standard input for the name `-`.
  ///
  /// Gzip is recognised by its first bytes, a UTF-8 byte order mark is dropped, anything that is not UTF-8 text is
  /// refused with its position.
  ///
  /// - Parameters:
  ///   - path: The file, or `-`.
  ///   - limits: Bounds on the size.
  /// - Returns: The text.
  /// - Throws: `DataError` for a file that cannot be read or is no text.
  package static func read(_ path: String, limits: ReadingLimits) throws(DataError) -> TextBuffer {
    let name = FileContent.name(ofFile: path)
    let stored = try FileContent.text.storedBytes(of: path, named: name, limits: limits)
    return try TextBuffer.decode(stored, file: name, limits: limits)
  }

  /// The text in `stored` (taken over and freed), after decompression and checks.
  static func decode(
    _ stored: UnsafeMutableBufferPointer<UInt8>, file: String, limits: ReadingLimits
  ) throws(DataError) -> TextBuffer {
    let digest = SHA256.hexDigest(of: UnsafeBufferPointer(stored))
    let storedByteCount = stored.count
    var plain = try FileContent.text.inflated(stored, file: file, limits: limits)
    if plain.count >= 3, plain[0] == 0xEF, plain[1] == 0xBB, plain[2] == 0xBF {
      let trimmed = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: plain.count - 3)
      _ = trimmed.update(fromContentsOf: plain[3...])
      plain.deallocate()
      plain = trimmed
    }
    let text = TextBuffer(adopting: plain, file: file, digest: digest, storedByteCount: storedByteCount)
    try text.refuseOtherFormats()
    try text.validate()
    return text
  }
}

/// What a file holds, as far as reading its bytes and telling of them goes.
enum FileContent {
  /// Text: errors point at a line and a character.
  case text
  /// Numbers in binary: errors count bytes.
  case numbers

  /// What errors call a file of this path.
  static func name(ofFile path: String) -> String { path == "-" ? "standard input" : path }

  /// The bytes in `stored` (taken over, and freed if this throws), after decompression if they are gzip.
  func inflated(
    _ stored: UnsafeMutableBufferPointer<UInt8>, file: String, limits: ReadingLimits
  ) throws(DataError) -> UnsafeMutableBufferPointer<UInt8> {
    guard stored.count >= 2, stored[0] == 0x1F, stored[1] == 0x8B else { return stored }
    defer { stored.deallocate() }
    return try GzipInflater.inflate(UnsafeBufferPointer(stored), of: self, file: file, limit: limits.textBytes)
  }

  /// The bytes of a file, or of standard input for the name `-`.
  func storedBytes(
    of path: String, named name: String, limits: ReadingLimits
  ) throws(DataError) -> UnsafeMutableBufferPointer<UInt8> {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.unreadable(name, errno) }
    defer { if path != "-" { close(descriptor) } }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.unreadable(name, errno) }
    if status.st_mode & S_IFMT == S_IFDIR { throw Self.unreadable(name, EISDIR) }
    let isRegular = status.st_mode & S_IFMT == S_IFREG

    var capacity = isRegular ? min(Int(status.st_size), limits.textBytes) + 1 : 1 << 16
    var storage = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    var count = 0
    while true {
      if count == capacity {
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity * 2, alignment: 16)
        larger.copyMemory(from: storage, byteCount: count)
        storage.deallocate()
        storage = larger
        capacity *= 2
      }
      let received = readBytes(descriptor, storage + count, min(capacity - count, 1 << 24))
      if received < 0 && errno == EINTR { continue }
      if received < 0 {
        let code = errno
        storage.deallocate()
        throw DataError(
          .inputOutput, file: name, expected: "bytes to read", received: "an error (\(String(cString: strerror(code))))"
        )
      }
      if received == 0 { break }
      count += received
      if count > limits.textBytes {
        defer { storage.deallocate() }
        throw tooLarge(name, limits.textBytes, UnsafeRawBufferPointer(start: storage, count: limits.textBytes))
      }
    }
    return UnsafeMutableBufferPointer(start: storage.bindMemory(to: UInt8.self, capacity: capacity), count: count)
  }

  private static func unreadable(_ name: String, _ code: Int32) -> DataError {
    let reason: String
    switch code {
    case ENOENT, ENOTDIR: reason = "no such file"
    case EISDIR: reason = "a folder"
    case EACCES, EPERM: reason = "a file that may not be read"
    default: reason = String(cString: strerror(code))
    }
    let hint = code == EISDIR ? "name the files in it" : nil
    return DataError(.noInput, file: name, expected: "a readable file", received: reason, hint: hint)
  }

  /// The refusal of a file beyond the limit, which `bytes` reach.
  func tooLarge(_ name: String, _ limit: Int, _ bytes: UnsafeRawBufferPointer) -> DataError {
    let size = Self.sizeText(limit)
    return switch self {
    case .text:
      error(
        after: bytes, file: name, expected: "at most \(size) of text", received: "more",
        hint: "split the file or leave out columns that are not needed")
    case .numbers:
      error(
        after: bytes, file: name, expected: "at most \(size)", received: "more",
        hint: "raise the limit if the file is what it should be")
    }
  }

  /// An error that points at what follows `bytes`, where there are lines.
  func error(
    after bytes: UnsafeRawBufferPointer, file: String, expected: String, received: String, hint: String?
  ) -> DataError {
    let place = self == .text ? TextBuffer.position(after: bytes) : nil
    return DataError(
      file: file, line: place?.line, column: place?.column, expected: expected, received: received, hint: hint)
  }

  /// `bytes` as a size people read.
  static func sizeText(_ bytes: Int) -> String {
    for (unit, name) in [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")] where bytes >= unit && bytes % unit == 0
    {
      return "\(bytes / unit) \(name)"
    }
    return "\(bytes) bytes"
  }
}
