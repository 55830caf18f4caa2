/// The windows of a part of a series: at every origin the rows before it are known, and those from it on are forecast.
///
/// Windows of the training part lie inside it. Those of a later part may look back into the parts before, but all they
/// forecast lies inside.
public struct Windows: RandomAccessCollection, Hashable, Codable, Sendable {
  /// The rows around one origin.
  public struct Element: Hashable, Sendable {
    /// The rows that are known, oldest first.
    public var inputs: Range<Int>
    /// The rows to forecast.
    public var targets: Range<Int>
    /// The first row to forecast.
    public var origin: Int { targets.lowerBound }
  }

  /// The rows known to the model.
  public let window: Int
  /// The rows forecast.
  public let horizon: Int
  /// Rows from one origin to the next.
  public let stride: Int
  /// The first origin.
  public let firstOrigin: Int
  /// The number of windows.
  public let count: Int

  /// Lays windows over a part.
  ///
  /// - Parameters:
  ///   - part: The rows of the part.
  ///   - window: The rows known to the model.
  ///   - horizon: The rows forecast.
  ///   - stride: Rows from one origin to the next; 1 by default.
  ///   - looksBack: Whether inputs may lie before the part: true for validation and test.
  public init(over part: Range<Int>, window: Int, horizon: Int, stride: Int = 1, looksBack: Bool) {
    precondition(
      window >= 0 && horizon >= 1 && stride >= 1,
      "Windows: expected window >= 0, horizon >= 1, stride >= 1, received \(window), \(horizon), \(stride)")
    self.window = window
    self.horizon = horizon
    self.stride = stride
    firstOrigin = looksBack ? Swift.max(part.lowerBound, window) : part.lowerBound + window
    let lastOrigin = part.upperBound - horizon
    count = lastOrigin < firstOrigin ? 0 : (lastOrigin - firstOrigin) / stride + 1
  }

  /// 0.
  public var startIndex: Int { 0 }

  /// The number of windows.
  public var endIndex: Int { count }

  /// A window by its number.
  ///
  /// - Parameter index: The number, from 0.
  public subscript(index: Int) -> Element {
    precondition(index >= 0 && index < count, "Windows: expected a window below \(count), received \(index)")
    let origin = firstOrigin + index * stride
    return Element(inputs: origin - window..<origin, targets: origin..<origin + horizon)
  }
}
