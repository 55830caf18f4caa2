import Foundation
import RecurrentData
import Testing

@Suite struct FileReadingTests {
  @Test func absentFilesAndFoldersAreNoInput() {
    #expect {
      try TimeSeries(contentsOf: "no-such-file.csv")
    } throws: {
      let error = $0 as? DataError
      return error?.kind == .noInput
        && error?.description == "no-such-file.csv: expected a readable file, received no such file"
    }
    #expect {
      try TimeSeries(contentsOf: "/tmp")
    } throws: {
      "\($0)" == "/tmp: expected a readable file, received a folder; name the files in it"
    }
  }

  @Test func filesAreReadWithTheirDigest() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "file-reading-\(UUID()).csv")
    defer { try? FileManager.default.removeItem(at: file) }
    try Foundation.Data("x\n1\n2".utf8).write(to: file)
    let series = try TimeSeries(contentsOf: file.path())
    #expect(series["x"] == [1, 2])
    #expect(series.digest == SHA256.hexDigest(of: Array("x\n1\n2".utf8)))
    #expect(series.sources.first?.byteCount == 5)
  }

  @Test func endlessInputStops() {
    var limited = ReadingOptions()
    limited.limits.textBytes = 1 << 20
    #expect(
      message { _ = try TimeSeries(contentsOf: ["/dev/zero"], options: limited) }
        == "/dev/zero:1:1048577: expected at most 1 MiB of text, received more; "
        + "split the file or leave out columns that are not needed")
  }
}
