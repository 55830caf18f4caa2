import Foundation
import RecurrentData
import Testing

@Suite struct IDXArrayTests {
  /// A file of these sizes, and numbers behind them.
  static func file(_ sizes: [Int], _ values: [UInt8], type: UInt8 = 8) -> [UInt8] {
    let axes = sizes.flatMap { size in [24, 16, 8, 0].map { UInt8(size >> $0 & 0xFF) } }
    return [0, 0, type, UInt8(sizes.count)] + axes + values
  }

  private func read(_ bytes: [UInt8], _ limits: ReadingLimits = ReadingLimits()) throws -> IDXArray {
    try IDXArray(bytes: bytes, named: "a.idx", limits: limits)
  }

  @Test func sizesAndNumbers() throws {
    let array = try read(Self.file([2, 3], [5, 0, 255, 7, 8, 9]))
    #expect(array.sizes == [2, 3] && array.values == [5, 0, 255, 7, 8, 9])
    #expect(array.file == "a.idx" && array.digest.count == 64)
    #expect(try read(Self.file([258], [UInt8](repeating: 4, count: 258))).sizes == [258])
    #expect(try read(Self.file([0, 3], [])).values.isEmpty)
  }

  @Test func filesMayBeCompressedOrMissing() throws {
    let plain = Self.file([2, 2], [1, 2, 3, 4])
    let packed = GzipInflaterTests.compressed(plain)
    #expect(try read(packed).values == [1, 2, 3, 4])
    #expect(try read(packed).digest == SHA256.hexDigest(of: packed))
    let path = FileManager.default.temporaryDirectory.appending(path: "array-\(UUID()).gz")
    defer { try? FileManager.default.removeItem(at: path) }
    try Foundation.Data(packed).write(to: path)
    #expect(try IDXArray(contentsOf: path.path()).sizes == [2, 2])
    #expect(
      message { _ = try IDXArray(contentsOf: "/no/such/file") }
        == "/no/such/file: expected a readable file, received no such file")
    #expect(
      message { _ = try read(Array(packed[..<20])) }.hasPrefix(
        "a.idx: expected a whole gzip file, received one that ends early, at byte "))
  }

  static let cases: [(bytes: [UInt8], message: String)] = [
    ([], "expected the 4 bytes that an IDX file begins with, received a file of 0 bytes"),
    ([0, 0, 8], "expected the 4 bytes that an IDX file begins with, received a file of 3 bytes"),
    (
      Array("x,y\n1,2\n".utf8),
      "expected an IDX file, which begins with 0, 0, a type and a number of axes, "
        + "received a file that begins with 120, 44, 121, 10; name the file that holds the array, unpacked or as gzip"
    ),
    (
      [0, 0, 8, 0],
      "expected an IDX file, which begins with 0, 0, a type and a number of axes, "
        + "received a file that begins with 0, 0, 8, 0; name the file that holds the array, unpacked or as gzip"
    ),
    (
      file([1], [0, 0, 0, 0], type: 13),
      "expected unsigned bytes, type 8 in the header, received type 13; write the numbers as unsigned bytes"
    ),
    (
      [0, 0, 8, 3, 0, 0, 0, 1],
      "expected a header of 16 bytes, for 3 axes, received a file of 8 bytes; copy or download the file again"
    ),
    (
      [0, 0, 8, 255, 1],
      "expected a header of 1024 bytes, for 255 axes, received a file of 5 bytes; "
        + "copy or download the file again"
    ),
    (
      file([2, 3], [1, 2, 3, 4, 5]),
      "expected 6 numbers behind the header, 2 × 3, received 5; copy or download the file again"
    ),
    (
      file([2], [1, 2, 3]),
      "expected 2 numbers behind the header, 2, received 3; copy or download the file again"
    ),
    (
      file([0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], [1]),
      "expected sizes that a file can fill, received 4294967295 × 4294967295 × 4294967295; "
        + "copy or download the file again"
    ),
    (
      file([0xFFFF_FFFF, 0x7FFF_FFFF], [1]),
      "expected 9223372030412324865 numbers behind the header, 4294967295 × 2147483647, received 1; "
        + "copy or download the file again"
    ),
  ]

  @Test(arguments: cases.indices) func whatIsNoArrayIsNamed(_ index: Int) {
    let (bytes, expected) = Self.cases[index]
    #expect(message { _ = try read(bytes) } == "a.idx: \(expected)")
  }

  @Test func sizesAreBounded() {
    var limits = ReadingLimits()
    limits.textBytes = 1 << 20
    let bomb = GzipInflaterTests.compressed(Self.file([40 << 20], [UInt8](repeating: 0, count: 40 << 20)))
    let expected = "a.idx: expected at most 1 MiB, received more; raise the limit if the file is what it should be"
    #expect(bomb.count < 100_000)
    #expect(message { _ = try read(bomb, limits) } == expected)
    #expect(
      message { _ = try IDXArray(contentsOf: "/dev/zero", limits: limits) }
        == expected.replacing("a.idx", with: "/dev/zero"))
  }

  @Test func damageNeverCrashes() {
    let file = Self.file([3, 2, 4], (0..<24).map { UInt8($0) })
    var random = HostileInputTests.Generator(state: 3)
    var failures = 0
    for round in 0..<3000 {
      var bytes = round % 3 == 0 ? GzipInflaterTests.compressed(file) : file
      for _ in 0...random.next(below: 3) {
        let place = random.next(below: max(1, bytes.count))
        switch random.next(below: 4) {
        case 0: bytes.insert(UInt8(random.next(below: 256)), at: min(place, bytes.count))
        case 1: if !bytes.isEmpty { bytes.remove(at: place) }
        case 2: if !bytes.isEmpty { bytes[random.next(below: min(16, bytes.count))] = UInt8(random.next(below: 256)) }
        default: bytes.removeLast(bytes.count - min(place, bytes.count))
        }
      }
      do {
        let array = try IDXArray(bytes: bytes, named: "a.idx")
        #expect(array.values.count == array.sizes.reduce(1, *) && !array.sizes.isEmpty)
      } catch {
        failures += 1
        if error.file != "a.idx" || error.kind != .badData { Issue.record("\(error)") }
      }
    }
    #expect(failures > 2000)
  }
}

@Suite struct LabeledImagesTests {
  private func array(_ sizes: [Int], _ values: [UInt8], _ name: String) throws -> IDXArray {
    try IDXArray(bytes: IDXArrayTests.file(sizes, values), named: name)
  }

  @Test func imagesLieRowByRow() throws {
    let images = try LabeledImages(
      images: array([2, 2, 3], (1...12).map { UInt8($0) }, "images"), labels: array([2], [7, 1], "labels"))
    #expect(images.count == 2 && images.height == 2 && images.width == 3 && images.labels == [7, 1])
    #expect(Array(images.pixels(of: 0)) == [1, 2, 3, 4, 5, 6] && Array(images.pixels(of: 1)) == [7, 8, 9, 10, 11, 12])
  }

  @Test func filesOfOneFolder() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "images-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let paths = ["images-idx3-ubyte.gz", "labels-idx1-ubyte"].map { folder.appending(path: $0) }
    try Foundation.Data(GzipInflaterTests.compressed(IDXArrayTests.file([1, 1, 2], [3, 4]))).write(to: paths[0])
    try Foundation.Data(IDXArrayTests.file([1], [5])).write(to: paths[1])
    let images = try LabeledImages(images: paths[0].path(), labels: paths[1].path())
    #expect(Array(images.pixels(of: 0)) == [3, 4] && images.labels == [5])
  }

  @Test func filesThatDoNotBelongTogether() throws {
    let images = try array([2, 1, 2], [1, 2, 3, 4], "images")
    #expect(
      message { _ = try LabeledImages(images: images, labels: array([3], [1, 2, 3], "labels")) }
        == "labels: expected 2 labels, one for each image of images, received 3; take both files from the same part")
    #expect(
      message { _ = try LabeledImages(images: array([2], [1, 2], "labels"), labels: images) }
        == "labels: expected images on three axes: image, row, column, received 1 axis: 2; "
        + "name the file of the images first")
    #expect(
      message { _ = try LabeledImages(images: images, labels: images) }
        == "images: expected labels on one axis, received 3 axes: 2 × 1 × 2; name the file of the labels second")
    #expect(
      message { _ = try LabeledImages(images: array([2, 0, 2], [], "images"), labels: array([2], [1, 2], "labels")) }
        .hasPrefix("images: expected images on three axes: image, row, column, received 3 axes: 2 × 0 × 2"))
  }
}
