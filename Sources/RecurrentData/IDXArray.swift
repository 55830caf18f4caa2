/// An array of bytes with its sizes, as an IDX file holds it (LeCun, Cortes and Burges, 1998).
///
/// A file is two zero bytes, the type of the numbers (8 for unsigned bytes, the only one that is read), the number of axes, the
/// size of each axis as four bytes, the greatest first, and then the numbers, the last axis changing fastest.
public struct IDXArray: Sendable {
  /// The size of each axis, at least one of them.
  public let sizes: [Int]
  /// The numbers in row-major order, as many as the product of the sizes.
  public let values: [UInt8]
  /// The name of the file, as the user gave it.
  public let file: String
  /// SHA-256 of the file as stored, in hexadecimal.
  public let digest: String

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: The file, plain or gzip, or `-` for standard input.
  ///   - limits: Bounds on its size: `textBytes`, the header included.
  /// - Throws: `DataError` for a file that cannot be read, that is no IDX file of unsigned bytes, or that holds fewer or more
  ///   numbers than its header says.
  public init(contentsOf path: String, limits: ReadingLimits = ReadingLimits()) throws(DataError) {
    let name = FileContent.name(ofFile: path)
    try self.init(FileContent.numbers.storedBytes(of: path, named: name, limits: limits), name, limits)
  }

  /// Reads bytes as a file of this name.
  ///
  /// - Parameters:
  ///   - bytes: The content, plain or gzip.
  ///   - name: What errors call the file.
  ///   - limits: Bounds on its size.
  /// - Throws: As for a file.
  public init(bytes: [UInt8], named name: String, limits: ReadingLimits = ReadingLimits()) throws(DataError) {
    let stored = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = stored.initialize(fromContentsOf: bytes)
    try self.init(stored, name, limits)
  }

  /// Takes over `stored` and frees it.
  private init(
    _ stored: UnsafeMutableBufferPointer<UInt8>, _ file: String, _ limits: ReadingLimits
  ) throws(DataError) {
    digest = SHA256.hexDigest(of: UnsafeBufferPointer(stored))
    self.file = file
    let bytes = try FileContent.numbers.inflated(stored, file: file, limits: limits)
    defer { bytes.deallocate() }
    let header = try Self.header(of: UnsafeBufferPointer(bytes), file)
    sizes = header.sizes
    // The file itself bounds what is allocated, whatever its header says.
    values = Array(bytes[header.byteCount...])
  }

  /// The sizes that a file says, which the numbers behind them fill.
  private static func header(
    of bytes: UnsafeBufferPointer<UInt8>, _ file: String
  ) throws(DataError) -> (sizes: [Int], byteCount: Int) {
    guard bytes.count >= 4 else {
      throw DataError(
        file: file, expected: "the 4 bytes that an IDX file begins with", received: "a file of \(bytes.count) bytes")
    }
    let start = bytes[..<4].map { Int($0) }
    guard start[0] == 0, start[1] == 0, start[3] > 0 else {
      throw DataError(
        file: file, expected: "an IDX file, which begins with 0, 0, a type and a number of axes",
        received: "a file that begins with \(start.map(String.init).joined(separator: ", "))",
        hint: "name the file that holds the array, unpacked or as gzip")
    }
    guard start[2] == 8 else {
      throw DataError(
        file: file, expected: "unsigned bytes, type 8 in the header", received: "type \(start[2])",
        hint: "write the numbers as unsigned bytes")
    }
    let byteCount = 4 + 4 * start[3]
    guard bytes.count >= byteCount else {
      throw DataError(
        file: file, expected: "a header of \(byteCount) bytes, for \(start[3]) axes",
        received: "a file of \(bytes.count) bytes", hint: "copy or download the file again")
    }
    let sizes = stride(from: 4, to: byteCount, by: 4).map { place in
      bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    let text = sizes.map(String.init).joined(separator: " × ")
    var count = 1
    for size in sizes {
      let (product, overflows) = count.multipliedReportingOverflow(by: size)
      guard !overflows else {
        throw DataError(
          file: file, expected: "sizes that a file can fill", received: text, hint: "copy or download the file again")
      }
      count = product
    }
    guard bytes.count - byteCount == count else {
      throw DataError(
        file: file, expected: "\(count) numbers behind the header, \(text)", received: "\(bytes.count - byteCount)",
        hint: "copy or download the file again")
    }
    return (sizes, byteCount)
  }
}

/// Images of one size, each of a class: two IDX files that belong together.
public struct LabeledImages: Sendable {
  /// The number of images, at least 1.
  public let count: Int
  /// The rows and the columns of an image, at least 1 each.
  public let height, width: Int
  /// The class of each image.
  public let labels: [UInt8]
  private let values: [UInt8]

  /// Reads images and their classes.
  ///
  /// - Parameters:
  ///   - images: The file of the images, of three axes: image, row, column; plain or gzip.
  ///   - labels: The file of the classes, of one axis.
  ///   - limits: Bounds on the size of each.
  /// - Throws: `DataError` for files that cannot be read, of other axes, without a pixel, or of different counts.
  public init(images: String, labels: String, limits: ReadingLimits = ReadingLimits()) throws(DataError) {
    try self.init(
      images: IDXArray(contentsOf: images, limits: limits), labels: IDXArray(contentsOf: labels, limits: limits))
  }

  /// Images and their classes.
  ///
  /// - Parameters:
  ///   - images: `[image, row, column]`.
  ///   - labels: `[image]`.
  /// - Throws: `DataError` for arrays of other axes, without a pixel, or of different counts.
  public init(images: IDXArray, labels: IDXArray) throws(DataError) {
    guard images.sizes.count == 3, !images.values.isEmpty else {
      throw DataError(
        file: images.file, expected: "images on three axes: image, row, column", received: Self.text(images.sizes),
        hint: "name the file of the images first")
    }
    guard labels.sizes.count == 1 else {
      throw DataError(
        file: labels.file, expected: "labels on one axis", received: Self.text(labels.sizes),
        hint: "name the file of the labels second")
    }
    guard labels.values.count == images.sizes[0] else {
      throw DataError(
        file: labels.file, expected: "\(images.sizes[0]) labels, one for each image of \(images.file)",
        received: "\(labels.values.count)", hint: "take both files from the same part")
    }
    (count, height, width) = (images.sizes[0], images.sizes[1], images.sizes[2])
    (values, self.labels) = (images.values, labels.values)
  }

  /// The pixels of an image, row by row, `height * width` of them.
  public func pixels(of image: Int) -> ArraySlice<UInt8> {
    let size = height * width
    return values[image * size..<(image + 1) * size]
  }

  private static func text(_ sizes: [Int]) -> String {
    "\(sizes.count) \(sizes.count == 1 ? "axis" : "axes"): \(sizes.map(String.init).joined(separator: " × "))"
  }
}
