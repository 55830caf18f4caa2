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

  @Test func anErrandRunsWhileTheCallerGoesOn() throws {
    with(threads: 2) {
      for round in 0..<300 {
        let flags = Flags()
        // Other tests hold the pool now and then.
        var errand: WorkerErrand?
        repeat {
          errand = WorkerPool.errand {
            flags.isStarted.store(true, ordering: .releasing)
            while !flags.isReleased.load(ordering: .acquiring) {}
          }
        } while errand == nil
        while !flags.isStarted.load(ordering: .acquiring) {}
        #expect(WorkerPool.isAtWork)
        #expect(WorkerPool.withTeam(atMost: 2) { $0.size } == 1, "round \(round)")
        flags.isReleased.store(true, ordering: .releasing)
        errand?.wait()
      }
      let total = Mutex(0)
      WorkerPool.run(parts: 2) { _ in total.withLock { $0 += 1 } }
      #expect(total.withLock { $0 } == 2)
    }
  }

  private final class Flags: Sendable {
    let isStarted = Atomic<Bool>(false), isReleased = Atomic<Bool>(false)
  }

  @Test func noErrandWithoutASecondThread() {
    with(threads: 1) { #expect(WorkerPool.errand {} == nil) }
  }
}
