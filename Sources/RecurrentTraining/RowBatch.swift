/// A batch whose rows can be taken apart: what gradient shards and accumulation want.
///
/// ```swift
/// struct Points: RowBatch {
///   let x: Tensor, y: Tensor
///   var rowCount: Int { x.shape[0] }
///   func rows(in range: Range<Int>) -> Points { Points(x: x[range, axis: 0], y: y[range, axis: 0]) }
/// }
/// ```
public protocol RowBatch {
  /// The samples of the batch.
  var rowCount: Int { get }

  /// A batch of these rows, in their order.
  func rows(in range: Range<Int>) -> Self
}

extension TrainableModel where Batch: RowBatch {
  /// A batch counts as many times as it has rows.
  public func weight(of batch: Batch) -> Double { Double(batch.rowCount) }
}

/// The rows of shard `index` of `shards`: their numbers differ by one at most, the first shards have more.
package func shardRows(_ index: Int, of shards: Int, rowCount: Int) -> Range<Int> {
  let (size, larger) = rowCount.quotientAndRemainder(dividingBy: shards)
  let start = index * size + min(index, larger)
  return start..<start + size + (index < larger ? 1 : 0)
}
