import RecurrentKernels

/// A row of one of several tensors.
public struct RowPlace: Hashable, Sendable {
  /// Which of the tensors.
  public let tensor: Int
  /// The index along its outermost axis.
  public let row: Int

  /// A row of the tensor with this number.
  public init(tensor: Int, row: Int) { (self.tensor, self.row) = (tensor, row) }
}

extension Tensor {
  /// Entries of the outermost axes of several tensors, in any order and any number of times; nil gives zeros.
  ///
  /// - Parameters:
  ///   - tensors: at least one; only their outermost sizes may differ.
  ///   - places: which entries, in the order of the result.
  /// - Returns: shape `[places.count, ...]` with the tensors' further axes.
  public static func rows(of tensors: [Tensor], at places: [RowPlace?]) -> Tensor {
    let operation = "rows(of:at:)"
    require(!tensors.isEmpty, ShapeMessages.nothingToJoin(operation))
    let first = tensors[0].shape
    require(first.rank >= 1, ShapeMessages.rank(operation, expected: 1, received: first))
    for tensor in tensors {
      require(
        tensor.shape.rank == first.rank && tensor.shape.replacing(axis: 0, with: first[0]) == first,
        ShapeMessages.mismatch(operation, expected: first, received: tensor.shape))
    }
    for case .some(let place) in places {
      if place.tensor < 0 || place.tensor >= tensors.count {
        stop(ShapeMessages.index(operation, place.tensor, count: tensors.count))
      }
      if place.row < 0 || place.row >= tensors[place.tensor].shape[0] {
        stop(ShapeMessages.index(operation, place.row, count: tensors[place.tensor].shape[0]))
      }
    }
    let length = first.view(around: 0).inner
    let result = Tensor(shape: first.replacing(axis: 0, with: places.count)) { result in
      for (row, place) in places.enumerated() {
        let target = result + row * length
        guard let place else {
          target.update(repeating: 0, count: length)
          continue
        }
        tensors[place.tensor].withUnsafePointer { target.update(from: $0 + place.row * length, count: length) }
      }
    }
    guard let tape = Tape.recording(tensors) else { return result }
    let slots = tensors.map(\.slot)
    return tape.record(result) { upstream, sink in sink.addRows(upstream, at: places, into: slots) }
  }

  /// The sums over groups of entries of the outermost axis that follow one another, each from its first entry on.
  ///
  /// - Parameter counts: the entries of each group, together all there are; the sum over none is zero.
  /// - Returns: shape `[counts.count, ...]` with this tensor's further axes.
  public func sums(ofRowGroups counts: [Int]) -> Tensor {
    let operation = "sums(ofRowGroups:)"
    require(shape.rank >= 1, ShapeMessages.rank(operation, expected: 1, received: shape))
    let total = counts.reduce(0) { $0 + Swift.max(0, $1) }
    require(
      total == shape[0] && counts.allSatisfy { $0 >= 0 },
      ShapeMessages.mismatch(operation, expected: shape.replacing(axis: 0, with: total), received: shape))
    let length = shape.view(around: 0).inner
    let result = Tensor(shape: shape.replacing(axis: 0, with: counts.count)) { result in
      withUnsafePointer { input in
        var row = 0
        for (group, count) in counts.enumerated() {
          let target = result + group * length
          if count == 0 { target.update(repeating: 0, count: length) }
          for index in 0..<count {
            Elementwise.apply(
              .copy, input + (row + index) * length, into: target, count: length,
              mode: index == 0 ? .startingSum : .adding)
          }
          row += count
        }
      }
    }
    guard let tape = Tape.recording(self) else { return result }
    let slot = slot
    return tape.record(result) { upstream, sink in
      sink.write(into: slot) { gradient, accumulating in
        upstream.withUnsafePointer { upstream in
          var row = 0
          for (group, count) in counts.enumerated() {
            Elementwise.applyRows(
              .copy, (upstream + group * length, 0), into: (gradient + row * length, length), rows: count,
              count: length, mode: accumulating ? .adding : .startingSum)
            row += count
          }
        }
      }
    }
  }
}

extension GradientSink {
  /// Adds the rows of `upstream` to those of the gradients that the places name.
  fileprivate mutating func addRows(_ upstream: Tensor, at places: [RowPlace?], into slots: [TapeSlot?]) {
    let length = upstream.count / Swift.max(1, places.count)
    upstream.withUnsafePointer { upstream in
      var start = 0
      while start < places.count {
        // Places of one tensor that follow one another find its gradient once.
        var end = start + 1
        while end < places.count, places[end]?.tensor == places[start]?.tensor { end += 1 }
        if let tensor = places[start]?.tensor {
          add(into: slots[tensor]) { gradient in
            for index in start..<end {
              Elementwise.apply(
                .copy, upstream + index * length, into: gradient + places[index]!.row * length, count: length,
                mode: .adding)
            }
          }
        }
        start = end
      }
    }
  }
}
