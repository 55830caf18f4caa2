public import RecurrentTensor

extension SafetensorsFile {
  /// The bytes of a file with these tensors, in this order, as `F32` (`F64` in the Double build).
  ///
  /// Equal tensors and texts give equal bytes.
  ///
  /// - Parameters:
  ///   - tensors: The tensors with their names, which must differ.
  ///   - metadata: Free texts for the header.
  /// - Returns: The whole file.
  public static func encoded(_ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:]) -> [UInt8] {
    let scalarSize = MemoryLayout<Scalar>.size
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      members.append("\(quoted(SafetensorsHeader.metadataKey)):{\(texts.joined(separator: ","))}")
    }
    var offset = 0
    for (name, tensor) in tensors {
      let end = offset + tensor.count * scalarSize
      let shape = tensor.shape.sizes.map { String($0) }.joined(separator: ",")
      members.append(
        "\(quoted(name)):{\"dtype\":\"F\(8 * scalarSize)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(members.joined(separator: ","))}".utf8)
    while !header.count.isMultiple(of: SafetensorsHeader.lengthBytes) { header.append(UInt8(ascii: " ")) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(SafetensorsHeader.lengthBytes + header.count + offset)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes += $0 }
    bytes += header
    for (_, tensor) in tensors {
      tensor.withUnsafePointer { scalars in
        #if _endian(little)
        bytes += UnsafeRawBufferPointer(start: scalars, count: tensor.count * scalarSize)
        #else
        for index in 0..<tensor.count { withUnsafeBytes(of: scalars[index].bitPattern.littleEndian) { bytes += $0 } }
        #endif
      }
    }
    return bytes
  }

  /// Writes a file under a temporary name, syncs it and renames it to `path`.
  ///
  /// - Parameters:
  ///   - tensors: The tensors with their names, which must differ.
  ///   - path: Where the file shall be.
  ///   - metadata: Free texts for the header.
  /// - Throws: `SafetensorsError.inputOutput`; then `path` is as it was.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], to path: String, metadata: [String: String] = [:]
  ) throws(SafetensorsError) {
    do {
      try AtomicFile.replace(path, with: encoded(tensors, metadata: metadata))
    } catch {
      throw .inputOutput(file: path, operation: error.operation, reason: error.reason)
    }
  }

  /// A JSON string.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
