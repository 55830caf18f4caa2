public import RecurrentTensor

/// Weights in the safetensors format: eight bytes header length, a JSON header, then the scalars.
///
/// The reader is strict, because files come from strangers: the header must be within bounds, every tensor's bytes must
/// match its shape and scalar type, and together they must cover the file without gap or overlap.
/// Format: Hugging Face, safetensors, 2022.
public struct SafetensorsFile: Sendable {
  /// What the header says of one tensor.
  public struct Entry: Sendable, Equatable {
    /// The tensor's name, as `encoder.weight_ih_l0`.
    public let name: String
    /// The scalar type as the file spells it: `F32`, `BF16`, `I64`.
    public let scalarType: String
    /// The length of each axis.
    public let shape: [Int]
    /// Where its bytes lie, from the end of the header.
    public let bytes: Range<Int>
  }

  /// The name that messages use: the path, where it came from one.
  public let name: String
  /// The tensors, in the order of their bytes.
  public let entries: [Entry]
  /// The free texts of the header.
  public let metadata: [String: String]

  private let content: [UInt8]
  private let start: Int

  /// Reads and checks a file.
  public init(contentsOf path: String) throws(SafetensorsError) {
    let content: [UInt8]
    do {
      content = try AtomicFile.bytes(of: path)
    } catch {
      throw .inputOutput(file: path, operation: error.operation, reason: error.reason)
    }
    try self.init(bytes: content, name: path)
  }

  /// Checks a file that is already in memory; `name` is for messages.
  public init(bytes content: [UInt8], name: String) throws(SafetensorsError) {
    let header = try SafetensorsHeader(of: content, name: name)
    self.name = name
    self.content = content
    start = header.end
    metadata = header.metadata
    entries = header.entries
  }

  /// The tensor of this name, its scalars converted to `Scalar`.
  public func tensor(_ name: String) throws(SafetensorsError) -> Tensor {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw .missing(file: self.name, tensor: name)
    }
    return try tensor(entry)
  }

  /// The tensor of this entry, its scalars converted to `Scalar`.
  public func tensor(_ entry: Entry) throws(SafetensorsError) -> Tensor {
    guard entry.shape.count <= Shape.maximumRank, entry.shape.allSatisfy({ $0 <= Int32.max }) else {
      throw .unsupported(file: name, tensor: entry.name, scalarType: "\(entry.scalarType) \(entry.shape)")
    }
    let count = entry.shape.reduce(1, *)
    let scalars: [Scalar] = content.withUnsafeBytes { content in
      let bytes = UnsafeRawBufferPointer(
        rebasing: content[start + entry.bytes.lowerBound..<start + entry.bytes.upperBound])
      func unit<Unit: FixedWidthInteger>(_ type: Unit.Type, _ index: Int) -> Unit {
        Unit(littleEndian: bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Unit>.size, as: type))
      }
      return switch entry.scalarType {
      case "F64": (0..<count).map { Scalar(Double(bitPattern: unit(UInt64.self, $0))) }
      case "F32": (0..<count).map { Scalar(Float(bitPattern: unit(UInt32.self, $0))) }
      case "BF16": (0..<count).map { Scalar(Float(bitPattern: UInt32(unit(UInt16.self, $0)) << 16)) }
      case "F16": (0..<count).map { Scalar(Self.halfPrecision(unit(UInt16.self, $0))) }
      default: []
      }
    }
    guard scalars.count == count else {
      throw .unsupported(file: name, tensor: entry.name, scalarType: entry.scalarType)
    }
    return Tensor(scalars, shape: Shape(entry.shape))
  }

  /// IEEE 754 binary16: not every platform has a type for it.
  static func halfPrecision(_ bits: UInt16) -> Float {
    let magnitude: Float
    let fraction = Float(bits & 0x3FF)
    switch bits >> 10 & 0x1F {
    case 0: magnitude = fraction * 0x1p-24
    case 0x1F: magnitude = fraction == 0 ? .infinity : .nan
    case let exponent: magnitude = Float(sign: .plus, exponent: Int(exponent) - 25, significand: 1024 + fraction)
    }
    return bits & 0x8000 == 0 ? magnitude : -magnitude
  }
}
