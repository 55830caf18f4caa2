/// The sizes of a tensor along its axes, outermost first: `[batch, time, feature]`.
///
/// A shape has at most six axes and is stored inline. The empty shape `[]` is that of a single number.
public struct Shape: Hashable, Sendable {
  // Axes beyond the rank have size 1, so that the count is one product without a branch.
  private var axis0: Int32 = 1
  private var axis1: Int32 = 1
  private var axis2: Int32 = 1
  private var axis3: Int32 = 1
  private var axis4: Int32 = 1
  private var axis5: Int32 = 1
  private var axes: Int32 = 0

  /// The most axes a shape can have.
  public static let maximumRank = 6

  /// The shape of a single number.
  public init() {}

  /// The shape with the given sizes, outermost first; none may be negative.
  public init(_ sizes: some Collection<Int>) {
    require(sizes.count <= Shape.maximumRank, ShapeMessages.tooManyAxes(sizes.count))
    for size in sizes { append(size) }
  }

  /// The number of axes.
  public var rank: Int { Int(axes) }

  /// The number of scalars in a tensor of this shape.
  public var count: Int {
    Int(axis0) * Int(axis1) * Int(axis2) * Int(axis3) * Int(axis4) * Int(axis5)
  }

  /// The size along the innermost axis; 1 for the shape of a single number.
  public var last: Int { rank == 0 ? 1 : self[rank - 1] }

  /// The sizes, outermost first.
  public var sizes: [Int] { (0..<rank).map { self[$0] } }

  /// The size along one axis, counted from the outermost.
  public subscript(axis: Int) -> Int {
    get {
      require(axis >= 0 && axis < rank, ShapeMessages.noSuchAxis(axis, self))
      return switch axis {
      case 0: Int(axis0)
      case 1: Int(axis1)
      case 2: Int(axis2)
      case 3: Int(axis3)
      case 4: Int(axis4)
      default: Int(axis5)
      }
    }
    set {
      require(axis >= 0 && axis < rank, ShapeMessages.noSuchAxis(axis, self))
      set(newValue, at: axis)
    }
  }

  /// This shape with one more innermost axis.
  public func appending(_ size: Int) -> Shape {
    var shape = self
    shape.append(size)
    return shape
  }

  /// This shape without the given axis.
  public func removing(axis: Int) -> Shape {
    require(axis >= 0 && axis < rank, ShapeMessages.noSuchAxis(axis, self))
    var shape = Shape()
    for index in 0..<rank where index != axis { shape.append(self[index]) }
    return shape
  }

  /// This shape with one more axis of the given size before the present axis `axis`.
  public func inserting(_ size: Int, axis: Int) -> Shape {
    require(axis >= 0 && axis <= rank, ShapeMessages.noSuchAxis(axis, self))
    var shape = Shape()
    for index in 0...rank {
      if index == axis { shape.append(size) }
      if index < rank { shape.append(self[index]) }
    }
    return shape
  }

  /// This shape with another size along one axis.
  public func replacing(axis: Int, with size: Int) -> Shape {
    var shape = self
    shape[axis] = size
    return shape
  }

  private mutating func append(_ size: Int) {
    require(rank < Shape.maximumRank, ShapeMessages.tooManyAxes(rank + 1))
    axes += 1
    set(size, at: rank - 1)
  }

  private mutating func set(_ size: Int, at axis: Int) {
    require(size >= 0 && size <= Int(Int32.max), ShapeMessages.impossibleSize(size))
    let size = Int32(truncatingIfNeeded: size)
    switch axis {
    case 0: axis0 = size
    case 1: axis1 = size
    case 2: axis2 = size
    case 3: axis3 = size
    case 4: axis4 = size
    default: axis5 = size
    }
  }

  /// A tensor seen around one axis: `outer` blocks of `size` rows of `inner` scalars.
  package struct AxisView: Sendable {
    package let outer: Int
    package let size: Int
    package let inner: Int
  }

  /// The three sizes of this shape seen around `axis`.
  package func view(around axis: Int) -> AxisView {
    require(axis >= 0 && axis < rank, ShapeMessages.noSuchAxis(axis, self))
    var (outer, inner) = (1, 1)
    for index in 0..<axis { outer *= self[index] }
    for index in (axis + 1)..<max(axis + 1, rank) { inner *= self[index] }
    return AxisView(outer: outer, size: self[axis], inner: inner)
  }

  /// The number of rows if every axis but the innermost is flattened into one.
  package var rowCount: Int {
    var product = 1
    for axis in 0..<max(0, rank - 1) { product *= self[axis] }
    return product
  }
}

extension Shape: ExpressibleByArrayLiteral, CustomStringConvertible {
  /// A shape written as its sizes: `[32, 100, 10]`.
  public init(arrayLiteral elements: Int...) {
    self.init(elements)
  }

  /// The sizes in brackets: `[32, 100, 10]`.
  public var description: String {
    "[" + sizes.map { String($0) }.joined(separator: ", ") + "]"
  }
}
