#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Whole files, read and written so that a reader never sees half of one.
package enum AtomicFile {
  /// An operation that the system refused, and its reason.
  package struct Failure: Error, Equatable {
    package let operation: String
    package let reason: String

    fileprivate init(_ operation: String) {
      self.operation = operation
      reason = String(cString: strerror(errno))
    }
  }

  /// The bytes of the file at `path`.
  package static func bytes(of path: String) throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure("open") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(max(0, Int(lseek(descriptor, 0, SEEK_END))))
    lseek(descriptor, 0, SEEK_SET)
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress!, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure("read")
      }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  /// Writes `bytes` under a temporary name beside `path`, syncs them to the disk and renames them to `path`: whatever
  /// happens, `path` holds the old content or the new one.
  package static func replace(_ path: String, with bytes: [UInt8]) throws(Failure) {
    let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Failure("create") }
    do throws(Failure) {
      try writeAll(bytes, to: descriptor)
      if fsync(descriptor) != 0 { throw Failure("sync") }
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    guard close(descriptor) == 0, rename(temporary, path) == 0 else {
      let failure = Failure("rename")
      unlink(temporary)
      throw failure
    }
    syncFolder(of: path)
  }

  /// Whether a name beside a file is one that `replace` writes under, as a program leaves it that is killed meanwhile:
  /// `FILE.NUMBER.NUMBER.tmp`.
  package static func isTemporary(_ name: String, of file: some StringProtocol) -> Bool {
    guard name.hasPrefix(file + "."), name.hasSuffix(".tmp") else { return false }
    let numbers = name.dropFirst(file.count + 1).dropLast(4).split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 2 && numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy { ("0"..."9").contains($0) } }
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(Failure) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, $0.count - written) }
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure("write")
      }
      written += count
    }
  }

  /// The new name itself must reach the disk. Some file systems cannot sync a folder; the content is safe even then.
  package static func syncFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
