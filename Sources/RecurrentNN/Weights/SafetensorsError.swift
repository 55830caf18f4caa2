/// Why weights could not be read, written or put into a module. Each text names the file.
public enum SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The operating system refused: opening, reading, writing, syncing or renaming.
  case inputOutput(file: String, operation: String, reason: String)
  /// The file ends before what its header promises.
  case truncated(file: String, expectedBytes: Int, receivedBytes: Int)
  /// The header breaks the format.
  case malformed(file: String, reason: String)
  /// A tensor of this name is not in the file.
  case missing(file: String, tensor: String)
  /// The tensor's scalar type or number of axes is none that weights can have.
  case unsupported(file: String, tensor: String, scalarType: String)
  /// The file and the module do not fit. Nothing was loaded.
  case mismatch(file: String, missing: [String], unexpected: [String], misshaped: [MisshapedTensor])

  /// A tensor whose shape in the file is not the module's.
  public struct MisshapedTensor: Equatable, Sendable {
    /// The dotted path.
    public let path: String
    /// The module's shape.
    public let expected: [Int]
    /// The file's shape.
    public let received: [Int]

    package init(path: String, expected: [Int], received: [Int]) {
      self.path = path
      self.expected = expected
      self.received = received
    }
  }

  /// The text for a person: file, what is wrong, expected and received.
  public var description: String {
    switch self {
    case .inputOutput(let file, let operation, let reason):
      return "\(file): cannot \(operation): \(reason)"
    case .truncated(let file, let expectedBytes, let receivedBytes):
      return "\(file): the file is cut short: expected \(expectedBytes) bytes, received \(receivedBytes)"
    case .malformed(let file, let reason):
      return "\(file): not a valid safetensors file: \(reason)"
    case .missing(let file, let tensor):
      return "\(file): there is no tensor “\(tensor)”"
    case .unsupported(let file, let tensor, let scalarType):
      return "\(file): tensor “\(tensor)” holds \(scalarType); weights are F64, F32, F16 or BF16 with at most 6 axes"
    case .mismatch(let file, let missing, let unexpected, let misshaped):
      var lines = ["\(file): the weights do not fit the model; nothing was loaded"]
      if !missing.isEmpty { lines.append("  missing from the file: " + missing.joined(separator: ", ")) }
      if !unexpected.isEmpty { lines.append("  unknown to the model: " + unexpected.joined(separator: ", ")) }
      for tensor in misshaped {
        lines.append("  \(tensor.path): expected shape \(tensor.expected), received \(tensor.received)")
      }
      return lines.joined(separator: "\n")
    }
  }
}
