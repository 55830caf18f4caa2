import RecurrentKernels
import Synchronization
import Testing

@Suite struct WorkerPoolTests {
  @Test func everyPartRunsOnce() {
    for threads in [1, 2, 3, 7] {
      with(threads: threads) {
        for parts in [1, 2, 5, 100] {
          let counts = Mutex([Int](repeating: 0, count: parts))
          for _ in 0..<200 { WorkerPool.run(parts: parts) { part in counts.withLock { $0[part] += 1 } } }
          #expect(counts.withLock { $0 } == [Int](repeating: 200, count: parts))
        }
      }
    }
  }

  @Test func aCallFromInsideAPartRunsOnItsOwnThread() {
    with(threads: 3) {
      let total = Mutex(0)
      WorkerPool.run(parts: 3) { _ in WorkerPool.run(parts: 4) { _ in total.withLock { $0 += 1 } } }
      #expect(total.withLock { $0 } == 12)
    }
  }

  @Test func membersMeetAtABarrier() {
    with(threads: 4) {
      let stages = Mutex([Int](repeating: 0, count: 50))
      WorkerPool.withTeam(atMost: 4) { team in
        let barrier = TeamBarrier(size: team.size)
        team.run { _ in
          for stage in 0..<50 {
            stages.withLock { $0[stage] += 1 }
            barrier.wait()
            #expect(stages.withLock { $0[stage] } == team.size)
          }
        }
      }
    }
  }
}
