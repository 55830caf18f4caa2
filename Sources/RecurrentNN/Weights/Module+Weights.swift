public import RecurrentTensor

extension Module {
  /// All tensors with their dotted paths, in visit order: what a file of weights holds.
  public var namedTensors: [(name: String, tensor: Tensor)] {
    var collector = TensorCollector()
    var module = self
    module.visitParameters(&collector)
    return collector.tensors
  }

  /// Writes all tensors, trained or not, to a safetensors file; whatever happens, the file is the old one or the new one.
  ///
  /// - Parameters:
  ///   - path: Where the file shall be.
  ///   - metadata: Free texts for the header.
  /// - Throws: `SafetensorsError.inputOutput`; then `path` is as it was.
  public func saveWeights(to path: String, metadata: [String: String] = [:]) throws(SafetensorsError) {
    try SafetensorsFile.write(namedTensors, to: path, metadata: metadata)
  }

  /// Replaces all tensors by those of a safetensors file, matched by path.
  ///
  /// - Parameter path: The file.
  /// - Throws: What is wrong with the file, or `SafetensorsError.mismatch` with every missing, unknown and misshaped
  ///   tensor. Then the module is as it was.
  public mutating func loadWeights(from path: String) throws(SafetensorsError) {
    try loadWeights(from: SafetensorsFile(contentsOf: path))
  }

  /// Replaces all tensors by those of a file that is already read.
  ///
  /// - Parameter file: The file.
  /// - Throws: `SafetensorsError.mismatch` with every missing, unknown and misshaped tensor, or `.unsupported`. Then the
  ///   module is as it was.
  public mutating func loadWeights(from file: SafetensorsFile) throws(SafetensorsError) {
    let inFile = Dictionary(uniqueKeysWithValues: file.entries.map { ($0.name, $0) })
    let wanted = ParameterLayout(of: self).entries
    let known = Set(wanted.map(\.path))
    let missing = wanted.map(\.path).filter { inFile[$0] == nil }
    let unexpected = file.entries.map(\.name).filter { !known.contains($0) }
    let misshaped = wanted.compactMap { entry in
      inFile[entry.path].flatMap { found in
        found.shape == entry.shape.sizes
          ? nil
          : SafetensorsError.MisshapedTensor(path: entry.path, expected: entry.shape.sizes, received: found.shape)
      }
    }
    guard missing.isEmpty, unexpected.isEmpty, misshaped.isEmpty else {
      throw .mismatch(file: file.name, missing: missing, unexpected: unexpected, misshaped: misshaped)
    }
    var tensors: [Tensor] = []
    for entry in wanted { tensors.append(try file.tensor(inFile[entry.path]!)) }
    var replacer = TensorReplacer(tensors: tensors)
    visitParameters(&replacer)
  }
}

private struct TensorCollector: PathVisitor {
  var path = ParameterPath()
  var tensors: [(name: String, tensor: Tensor)] = []

  mutating func visit(_ tensor: inout Tensor, at path: String, _ kind: ParameterKind) { tensors.append((path, tensor)) }
}

private struct TensorReplacer: ParameterVisitor {
  let tensors: [Tensor]
  var next = 0

  mutating func visit(_ tensor: inout Tensor, _ name: String, _ kind: ParameterKind) {
    tensor = tensors[next]
    next += 1
  }
}
