import RecurrentTensor

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Ranks that are threads of this process: distributed training without a network, for tests and as its pattern.
///
/// ```swift
/// let ranks = InProcessRanks(count: 2)
/// // On thread r, with a copy of the model:
/// let trainer = Trainer(optimizer: .adam(learningRate: 1e-3), gradientShards: 4, reducer: ranks.reducer(rank: r))
/// try trainer.fit(&model, on: batches) { _ in }
/// ```
///
/// They serve one run after the other: a rank that begins the next one waits until all ranks have ended the one before.
public final class InProcessRanks: @unchecked Sendable {
  /// A rank ended the present run while others wanted its gradients.
  public struct RankLeft: Error, CustomStringConvertible {
    /// All ranks that have ended the run.
    public let ranks: [Int]

    /// Who left.
    public var description: String { "rank \(ranks.map { "\($0)" }.joined(separator: ", ")) has ended its run" }
  }

  /// The workers.
  public let count: Int

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  // Touched under the mutex only.
  private var gathered = GradientTree()
  private var merged = GradientTree()
  private var arrived = 0
  private var round = 0
  /// The ranks that have ended the present run.
  private var left: Set<Int> = []

  /// - Parameter count: The workers, at least 1.
  public init(count: Int) {
    checkCount("InProcessRanks count", count)
    self.count = count
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// The reducer of one rank's trainer.
  public func reducer(rank: Int) -> some GradientReducer {
    require(
      (0..<count).contains(rank),
      TrainingMessages.option("InProcessRanks rank", expected: "in 0..<\(count)", received: Double(rank)))
    return Member(ranks: self, rank: rank)
  }

  private struct Member: GradientReducer {
    let ranks: InProcessRanks
    let rank: Int
    var rankCount: Int { ranks.count }

    func reduce(_ tree: inout GradientTree) throws { try ranks.reduce(&tree, of: rank) }
    func finish() { ranks.leave(rank) }
  }

  private func reduce(_ tree: inout GradientTree, of rank: Int) throws(RankLeft) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    // Of the run before: the others still take its last gradients.
    while left.contains(rank) { pthread_cond_wait(condition, mutex) }
    gathered.merge(tree)
    arrived += 1
    if arrived == count {
      (merged, gathered, arrived, round) = (gathered, GradientTree(), 0, round + 1)
      pthread_cond_broadcast(condition)
    } else {
      let present = round
      while round == present {
        guard left.isEmpty else { throw RankLeft(ranks: left.sorted()) }
        pthread_cond_wait(condition, mutex)
      }
    }
    tree = merged
  }

  private func leave(_ rank: Int) {
    pthread_mutex_lock(mutex)
    left.insert(rank)
    if left.count == count { (gathered, merged, arrived, left) = (GradientTree(), GradientTree(), 0, []) }
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}
