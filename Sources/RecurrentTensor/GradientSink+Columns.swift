import RecurrentKernels

/// The columns of a gradient, seen as rows of `width` scalars, that hold something; the others count as zero.
struct WrittenColumns {
  let width: Int
  var columns: Range<Int>

  /// Includes more columns if together they are one range.
  mutating func join(_ others: Range<Int>) -> Bool {
    if others.lowerBound == columns.upperBound {
      columns = columns.lowerBound..<others.upperBound
    } else if others.upperBound == columns.lowerBound {
      columns = others.lowerBound..<columns.upperBound
    } else {
      return false
    }
    return true
  }
}

extension GradientSink {
  /// Adds rows of scalars to the columns from `column` on of a gradient with rows of `width` scalars.
  ///
  /// Parts of one tensor that lie side by side, such as gates, write its gradient without zeros before them.
  mutating func addColumns(_ part: TensorStorage, count: Int, at column: Int, of width: Int, into slot: TapeSlot?) {
    guard let slot, count > 0 else { return }
    let index = Int(slot.index)
    let rows = slots[index].shape.count / width
    let length = count / rows
    let target = startColumns(column..<column + length, of: width, index)
    let (gradient, mode) =
      target.map { ($0, .startingSum) } ?? (self.gradient(of: slot).pointer, Elementwise.Mode.adding)
    Elementwise.applyRows(
      .copy, (UnsafePointer(part.pointer), length), into: (gradient + column, width), rows: rows, count: length,
      mode: mode)
    withExtendedLifetime(part) {}
  }

  /// The memory of a gradient whose columns are to be written for the first time; nil if they are there already, or may be.
  private mutating func startColumns(_ columns: Range<Int>, of width: Int, _ index: Int) -> UnsafeMutablePointer<
    Scalar
  >? {
    if var written = slots[index].columns {
      // Products that wait came first.
      guard slots[index].pending == nil, written.width == width, written.join(columns) else { return nil }
      slots[index].columns = written.columns.count == width ? nil : written
      return slots[index].external ?? slots[index].storage?.pointer
    }
    guard !slots[index].isWritten, slots[index].gathered == nil, slots[index].pending == nil else { return nil }
    let (gradient, _) = self.gradient(of: TapeSlot(index: Int32(index)))
    slots[index].columns = columns.count == width ? nil : WrittenColumns(width: width, columns: columns)
    return gradient
  }

  /// Writes zeros to the columns of a gradient that nothing was added to.
  mutating func fillColumns(_ index: Int) {
    guard let written = slots[index].columns else { return }
    slots[index].columns = nil
    guard let gradient = slots[index].external ?? slots[index].storage?.pointer else { return }
    for start in stride(from: 0, to: slots[index].shape.count, by: written.width) {
      (gradient + start).update(repeating: 0, count: written.columns.lowerBound)
      (gradient + start + written.columns.upperBound)
        .update(repeating: 0, count: written.width - written.columns.upperBound)
    }
  }
}
