extension Tensor {
  /// Classes as rows of zeros with a single one.
  ///
  /// - Parameters:
  ///   - classes: The class of each row, each in `0..<count`.
  ///   - count: How many classes there are.
  /// - Returns: `[classes.count, count]`.
  public static func oneHot(_ classes: [Int], count: Int) -> Tensor {
    var rows = Tensor(zeros: [classes.count, count])
    rows.withUnsafeMutablePointer { scalars in
      for (row, number) in classes.enumerated() {
        require(number >= 0 && number < count, ShapeMessages.index("oneHot", number, count: count))
        scalars[row * count + number] = 1
      }
    }
    return rows
  }

  /// The position of the largest element of every row (the rows run along the last axis), in row-major order; the first
  /// of equal ones. NaN is passed over.
  public func argmax() -> [Int] {
    let width = shape.last
    require(width > 0, ShapeMessages.nothingToJoin("argmax"))
    return withUnsafePointer { scalars in
      (0..<shape.rowCount).map { row in
        let start = row * width
        return (1..<width).reduce(0) { best, index in
          scalars[start + index] > scalars[start + best] || scalars[start + best].isNaN ? index : best
        }
      }
    }
  }
}
