import RecurrentKernels
import RecurrentTensor
import Testing

@Suite struct ThreadsTests {
  @Test func countIsThatOfThePool() {
    #expect(Threads.count >= 1)
    WorkerPool.using(threads: 5) { #expect(Threads.count == 5) }
    // Setting what is set changes nothing for tests beside this one.
    let count = Threads.count
    Threads.count = count
    #expect(WorkerPool.threadCount == count)
  }
}
