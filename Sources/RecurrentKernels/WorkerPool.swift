import CRecurrentKernels
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The package's own worker threads. Their number never changes the bits of a result: work is split so that every
/// output element is computed in one fixed order.
package enum WorkerPool {
  private static let configured = Atomic<Int>(initialThreadCount)
  private static let isBusy = Atomic<Bool>(false)
  private static let crew = WorkerCrew()

  private static var initialThreadCount: Int {
    KernelEnvironment.threads ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  /// Threads that share one computation, the caller among them. Default: the processors that are online, or
  /// `RECURRENT_THREADS`.
  package static var threadCount: Int {
    get { scopedThreadCount ?? configured.load(ordering: .relaxed) }
    set {
      precondition(newValue > 0, "thread count: expected at least 1, received \(newValue)")
      configured.store(newValue, ordering: .relaxed)
    }
  }

  @TaskLocal private static var scopedThreadCount: Int?

  /// Computes with `count` threads inside `body`, on this task only.
  package static func using<Result>(threads count: Int, _ body: () throws -> Result) rethrows -> Result {
    try $scopedThreadCount.withValue(count, operation: body)
  }

  /// Runs `body(part)` for each part in `0..<parts`, and returns when all are done.
  package static func run(parts: Int, _ body: (Int) -> Void) {
    withTeam(atMost: parts) { team in
      team.run { member in
        for part in stride(from: member, to: parts, by: team.size) { body(part) }
      }
    }
  }

  /// Calls `body` with ranges that together are `0..<count`: with the whole on the caller's thread if it is less than
  /// `sharedCount`, which is the least that is worth a second thread for a few operations an element.
  @inline(__always)
  package static func ranges(of count: Int, atLeast sharedCount: Int = 1 << 16, _ body: (Range<Int>) -> Void) {
    guard count >= sharedCount, threadCount > 1 else { return body(0..<count) }
    let parts = threadCount
    run(parts: parts) { body(MatrixProduct.share(of: count, member: $0, of: parts)) }
  }

  /// Starts `body` on another thread, while the caller goes on with one thread; nil if there is no other or the pool is at work.
  package static func errand(_ body: @escaping @Sendable () -> Void) -> WorkerErrand? {
    guard threadCount > 1,
      isBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
    else { return nil }
    let errand = WorkerErrand(body, in: InstructionSet.scope)
    crew.start(errand) { isBusy.store(false, ordering: .releasing) }
    return errand
  }

  /// Whether the pool has work; another thread may end it or begin with it at any time.
  package static var isAtWork: Bool { isBusy.load(ordering: .relaxed) }

  /// Calls `body` for each of `count` tasks of equal size, together so many operations. Where there are fewer tasks than
  /// threads they come one by one, so that each may share its own work.
  package static func tasks(_ count: Int, operations: Int, _ body: (Int) -> Void) {
    let isShared = operations >= MatrixProduct.parallelThreshold && count >= threadCount
    ranges(of: count, atLeast: isShared ? 0 : Int.max) { range in
      for task in range { body(task) }
    }
  }

  /// Calls `body` with a team of at most `count` threads that really run side by side, so that they may wait for
  /// one another. The team has one member if the pool is already at work, as it is inside a member's own work.
  package static func withTeam<Result>(atMost count: Int, _ body: (WorkerTeam) -> Result) -> Result {
    let size = min(count, threadCount)
    guard size > 1, isBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
      return body(WorkerTeam(size: 1, crew: crew))
    }
    defer { isBusy.store(false, ordering: .releasing) }
    return body(WorkerTeam(size: size, crew: crew))
  }
}

/// Threads that work on one computation.
package struct WorkerTeam {
  package let size: Int
  fileprivate let crew: WorkerCrew

  /// Runs `body(member)` on every member at once and returns when all are done.
  package func run(_ body: (Int) -> Void) {
    guard size > 1 else { return body(0) }
    guard let scope = InstructionSet.scope else { return crew.run(size: size, body) }
    crew.run(size: size) { member in InstructionSet.using(scope) { body(member) } }
  }
}

/// Work that another thread does while the one that gave it goes on.
package final class WorkerErrand: Sendable {
  private let body: @Sendable () -> Void
  private let scope: InstructionSet?
  private let isDone = Atomic<Bool>(false)

  fileprivate init(_ body: @escaping @Sendable () -> Void, in scope: InstructionSet?) {
    (self.body, self.scope) = (body, scope)
  }

  fileprivate func run() {
    if let scope { InstructionSet.using(scope, body) } else { body() }
    isDone.store(true, ordering: .releasing)
  }

  /// Returns when it is done.
  package func wait() {
    Patience.wait { isDone.load(ordering: .acquiring) }
  }
}

/// Waiting that spins for some microseconds, then yields at every turn: a spinning thread must not starve the one it waits
/// for on a machine that packs threads onto one processor, and a yield with nobody to yield to costs next to nothing.
struct Patience {
  private var turns = 0

  /// Waits a little; false when it is time to sleep instead.
  mutating func wait() -> Bool {
    turns += 1
    if turns > 300 { sched_yield() }
    rk_pause()
    return turns < 1_500
  }

  /// Returns as soon as `isOver`.
  static func wait(until isOver: () -> Bool) {
    var patience = Patience()
    while !isOver() {
      if !patience.wait() { usleep(20) }
    }
  }
}

/// A meeting point for the members of a team.
package final class TeamBarrier: Sendable {
  let size: Int
  private let arrived = Atomic<Int>(0)
  private let generation = Atomic<Int>(0)

  package init(size: Int) { self.size = size }

  /// Returns when all members have called it.
  package func wait() {
    guard size > 1 else { return }
    let present = generation.load(ordering: .acquiring)
    if arrived.add(1, ordering: .acquiringAndReleasing).newValue == size {
      arrived.store(0, ordering: .relaxed)
      generation.store(present + 1, ordering: .releasing)
      return
    }
    Patience.wait { generation.load(ordering: .acquiring) != present }
  }
}

/// The threads behind the pool, created when first needed and kept.
private final class WorkerCrew: @unchecked Sendable {
  private let remaining = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// Touched by the one caller that holds the pool; a worker reads `job` between its call and its answer only. An errand holds
  /// the pool itself.
  private var job: ((Int) -> Void)?
  private var endOfErrand: (() -> Void)?
  private var workers: [Worker] = []

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  func run(size: Int, _ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      job = body
      call(size - 1)
      body(0)
      Patience.wait { remaining.load(ordering: .acquiring) == 0 }
      job = nil
    }
  }

  /// Lets one worker do the errand and then call `end`, as its last touch of what the holder of the pool owns.
  func start(_ errand: WorkerErrand, end: @escaping () -> Void) {
    job = { _ in errand.run() }
    endOfErrand = end
    call(1)
  }

  private func call(_ count: Int) {
    while workers.count < count { startWorker() }
    remaining.store(count, ordering: .relaxed)
    for worker in workers.prefix(count) { worker.calls.add(1, ordering: .sequentiallyConsistent) }
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  private func startWorker() {
    let worker = Worker(member: workers.count + 1, crew: self)
    workers.append(worker)
    #if canImport(Glibc)
    var thread = pthread_t()
    #else
    var thread: pthread_t?
    #endif
    let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { pointer in
      guard let pointer else { return nil }
      let worker = Unmanaged<Worker>.fromOpaque(pointer).takeRetainedValue()
      worker.crew.serve(worker)
    }
    // The registers of a program's tile take some 200 KiB, more than some systems give a thread.
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 2 << 20)
    defer { pthread_attr_destroy(&attributes) }
    #if canImport(Glibc)
    let status = pthread_create(&thread, &attributes, body, Unmanaged.passRetained(worker).toOpaque())
    #else
    let status = pthread_create(&thread, &attributes, { body($0) }, Unmanaged.passRetained(worker).toOpaque())
    #endif
    precondition(status == 0, "cannot start a worker thread (error \(status))")
  }

  private func serve(_ worker: Worker) -> Never {
    BufferPool.keepMore()
    var answered = 0
    while true {
      awaitCall(of: worker, after: answered)
      answered += 1
      job?(worker.member)
      if let end = endOfErrand {
        (job, endOfErrand) = (nil, nil)
        end()
      } else {
        remaining.subtract(1, ordering: .releasing)
      }
    }
  }

  private func awaitCall(of worker: Worker, after answered: Int) {
    var patience = Patience()
    while worker.calls.load(ordering: .acquiring) == answered {
      guard !patience.wait() else { continue }
      pthread_mutex_lock(mutex)
      sleepers.add(1, ordering: .sequentiallyConsistent)
      while worker.calls.load(ordering: .sequentiallyConsistent) == answered { pthread_cond_wait(condition, mutex) }
      sleepers.subtract(1, ordering: .sequentiallyConsistent)
      pthread_mutex_unlock(mutex)
    }
  }
}

private final class Worker: Sendable {
  let member: Int
  let crew: WorkerCrew
  let calls = Atomic<Int>(0)
  init(member: Int, crew: WorkerCrew) { (self.member, self.crew) = (member, crew) }
}
