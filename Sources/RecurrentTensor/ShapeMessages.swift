/// The texts of programmer's mistakes with shapes and tapes, each naming the operation, what it expected and what it got.
package enum ShapeMessages {
  package static func tooManyAxes(_ count: Int) -> String {
    "A shape has at most \(Shape.maximumRank) axes; received \(count)."
  }

  package static func noSuchAxis(_ axis: Int, _ shape: Shape) -> String {
    "There is no axis \(axis) in shape \(shape) of rank \(shape.rank)."
  }

  package static func impossibleSize(_ size: Int) -> String {
    "The size of an axis lies between 0 and \(Int32.max); received \(size)."
  }

  package static func count(_ operation: String, expected: Shape, received: Int) -> String {
    "\(operation): shape \(expected) holds \(expected.count) scalars; received \(received)."
  }

  package static func mismatch(_ operation: String, expected: Shape, received: Shape) -> String {
    "\(operation): expected shape \(expected); received \(received)."
  }

  package static func rank(_ operation: String, expected: Int, received: Shape) -> String {
    "\(operation): expected \(expected) axes; received shape \(received)."
  }

  package static func inner(_ operation: String, _ left: Shape, _ right: Shape) -> String {
    "\(operation): the inner sizes of \(left) and \(right) differ."
  }

  package static func notScalar(_ operation: String, _ shape: Shape) -> String {
    "\(operation): expected a single scalar; received shape \(shape)."
  }

  package static func range(_ operation: String, _ range: Range<Int>, axis: Int, _ shape: Shape) -> String {
    "\(operation): range \(range) leaves axis \(axis) of shape \(shape)."
  }

  package static func index(_ operation: String, _ index: Int, count: Int) -> String {
    "\(operation): index \(index) is not in 0..<\(count)."
  }

  package static func nothingToJoin(_ operation: String) -> String {
    "\(operation): expected at least one tensor; received none."
  }

  package static let finishedTape = """
    A tensor of a finished tape was used in an operation: it came out of a gradient computation that is over. \
    Take it out with detached(), or compute its gradient inside the same call.
    """

  package static let twoTapes = """
    Tensors of two different tapes were used in one operation: an inner gradient computation captured a tensor of an \
    outer one. Pass it in with detached().
    """
}
