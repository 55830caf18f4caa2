import RecurrentKernels
public import RecurrentTensor

/// The gradients of all trained tensors of a module, in visit order.
///
/// They lie in one flat arena; of a large table of which few rows were used (an embedding) only those rows are there. One pass
/// clips or updates, one call hands them to a reducer. Numbers do not depend on which tensors are held by rows.
public struct Gradients: Sendable {
  /// The rows of one tensor, which stand for its part of the arena.
  private struct Part: Sendable {
    let range: Range<Int>
    var rows: SparseRows
  }

  /// Which part of the arena belongs to which tensor.
  public let layout: ParameterLayout
  /// All gradients behind each other, `[layout.trainableCount]`; the ranges of `parts` hold nothing.
  private var storage: Tensor
  /// In the order of the arena.
  private var parts: [Part]

  /// Gradients of which some tensors are held by rows; there the arena need not be initialised.
  package init(layout: ParameterLayout, arena: Tensor, rows: [(range: Range<Int>, rows: SparseRows)] = []) {
    require(
      arena.count == layout.trainableCount,
      LayerMessages.count("Gradients", "scalars", expected: layout.trainableCount, received: arena.count))
    self.layout = layout
    storage = arena
    parts = rows.map { Part(range: $0.range, rows: $0.rows) }.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// Gradients that are all zero.
  public init(zerosFor layout: ParameterLayout) {
    self.init(layout: layout, arena: Tensor(zeros: [layout.trainableCount]))
  }

  /// All gradients behind each other: `[layout.trainableCount]`. Rows are spread out to whole tensors, in a copy to read, in
  /// place to write.
  package var arena: Tensor {
    get {
      var dense = self
      dense.spread()
      return dense.storage
    }
    _modify {
      spread()
      yield &storage
    }
  }

  /// The rows of the tensor with this range in the arena; nil if its gradient is dense.
  package func rows(at range: Range<Int>) -> SparseRows? { parts.first { $0.range == range }?.rows }

  /// Reads the arena; the ranges that are held by rows must not be read.
  package func withUnsafeArena<Result>(_ body: (UnsafePointer<Scalar>) -> Result) -> Result {
    storage.withUnsafePointer(body)
  }

  /// A copy of the gradient of one tensor, by its dotted path; nil if no trained tensor has that path.
  public subscript(path: String) -> Tensor? {
    guard let entry = layout[path], entry.kind == .parameter else { return nil }
    return Tensor(shape: entry.shape) { result in
      if let rows = rows(at: entry.range) {
        result.update(repeating: 0, count: entry.range.count)
        rows.add(to: result)
      } else {
        storage.withUnsafePointer { result.update(from: $0 + entry.range.lowerBound, count: entry.range.count) }
      }
    }
  }

  /// The sum of the squares of all gradients.
  public var sumOfSquares: Scalar {
    storage.withUnsafePointer { arena in
      guard !parts.isEmpty else { return VectorMath.sumOfSquares(arena, count: storage.count) }
      return BlockSum.over(storage.count) { block, scratch in
        sumOfSquares(of: block, arena, scratch)
      }
    }
  }

  /// One block of the sum, as if the arena were dense.
  private func sumOfSquares(
    of block: Range<Int>, _ arena: UnsafePointer<Scalar>, _ scratch: UnsafeMutablePointer<Scalar>
  ) -> Scalar {
    let touched = parts.filter { $0.range.overlaps(block) }
    guard let first = touched.first else {
      return VectorMath.sumOfSquares(arena + block.lowerBound, count: block.count)
    }
    if first.range.lowerBound <= block.lowerBound, block.upperBound <= first.range.upperBound,
      !first.rows.hasRow(in: block.lowerBound - first.range.lowerBound..<block.upperBound - first.range.lowerBound)
    {
      return 0
    }
    scratch.update(repeating: 0, count: block.count)
    for range in Self.ranges(of: block, without: touched.map(\.range)) {
      (scratch + (range.lowerBound - block.lowerBound)).update(from: arena + range.lowerBound, count: range.count)
    }
    for part in touched {
      let (start, length) = (part.range.lowerBound, part.rows.rowLength)
      var place = part.rows.place(ofFirstRowFrom: max(0, block.lowerBound - start) / length)
      while place < part.rows.rows.count {
        let first = start + part.rows.rows[place] * length
        let common = (first..<first + length).clamped(to: block)
        guard first < block.upperBound else { break }
        part.rows.scalars.withUnsafePointer { scalars in
          (scratch + (common.lowerBound - block.lowerBound)).update(
            from: scalars + (place * length + common.lowerBound - first), count: common.count)
        }
        place += 1
      }
    }
    return VectorMath.sumOfSquares(scratch, count: block.count)
  }

  /// The path of the first tensor whose gradient holds an infinity or NaN, or nil.
  public var firstNonFinitePath: String? {
    storage.withUnsafePointer { scalars in
      layout.parameterIndices.lazy.map { layout.entries[$0] }
        .first { entry in
          if let rows = rows(at: entry.range) { return !rows.isFinite }
          return !entry.range.allSatisfy { scalars[$0].isFinite }
        }?.path
    }
  }

  /// Adds other gradients of the same model.
  public mutating func add(_ other: Gradients) {
    require(layout == other.layout, LayerMessages.foreignGradients)
    let theirs = other.parts.map(\.range)
    spread { !theirs.contains($0) }
    for index in parts.indices {
      if let rows = other.rows(at: parts[index].range) { parts[index].rows.add(rows) }
    }
    let ours = parts.map(\.range)
    storage.withUnsafeMutablePointer { sum in
      other.storage.withUnsafePointer { addend in
        for range in Self.ranges(of: 0..<layout.trainableCount, without: theirs) {
          for index in range { sum[index] += addend[index] }
        }
      }
      for part in other.parts where !ours.contains(part.range) { part.rows.add(to: sum + part.range.lowerBound) }
    }
  }

  /// Multiplies every gradient by a number.
  public mutating func scale(by factor: Scalar) {
    map { $0 * factor }
  }

  /// Replaces every gradient by what `transform` makes of it; of zero it must make zero.
  package mutating func map(_ transform: (Scalar) -> Scalar) {
    for index in parts.indices { parts[index].rows.map(transform) }
    let ranges = Self.ranges(of: 0..<layout.trainableCount, without: parts.map(\.range))
    storage.withUnsafeMutablePointer { arena in
      for whole in ranges {
        WorkerPool.ranges(of: whole.count) { range in
          for index in range { arena[whole.lowerBound + index] = transform(arena[whole.lowerBound + index]) }
        }
      }
    }
  }

  /// Writes the rows of the tensors with these ranges to the arena, zeros between them.
  private mutating func spread(where isWanted: (Range<Int>) -> Bool = { _ in true }) {
    let wanted = parts.filter { isWanted($0.range) }
    guard !wanted.isEmpty else { return }
    storage.withUnsafeMutablePointer { arena in
      for part in wanted {
        (arena + part.range.lowerBound).update(repeating: 0, count: part.range.count)
        part.rows.add(to: arena + part.range.lowerBound)
      }
    }
    parts.removeAll { isWanted($0.range) }
  }

  /// What is left of a range without others, which rise and do not overlap.
  private static func ranges(of whole: Range<Int>, without others: [Range<Int>]) -> [Range<Int>] {
    var (left, start) = ([Range<Int>](), whole.lowerBound)
    for other in others where other.overlaps(whole) {
      if start < other.lowerBound { left.append(start..<other.lowerBound) }
      start = max(start, other.upperBound)
    }
    if start < whole.upperBound { left.append(start..<whole.upperBound) }
    return left
  }
}
