/// Bounds on what a reader takes in, so that hostile or mistaken files end in an error instead of an exhausted machine.
public struct ReadingLimits: Hashable, Codable, Sendable {
  /// The most bytes of one file, after decompression (128 MiB).
  public var textBytes = 128 << 20
  /// The most bytes of one field (1 MiB).
  public var fieldBytes = 1 << 20
  /// The most columns (10,000).
  public var columns = 10_000
  /// The most values, rows times columns of all files together (16,777,216).
  public var values = 1 << 24
  /// Gaps are filled up only while the rows added are at most this many times the rows read (4).
  public var gapFactor = 4

  /// The default limits.
  public init() {}
}
