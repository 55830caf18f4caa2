import CAllocationCounter

/// Counts what a piece of code asks of the system's allocator.
package enum AllocationCounter {
  /// Whether this system lets allocations be counted.
  package static var works: Bool { allocation_counter_works() != 0 }

  /// The allocations that `body` makes on the calling thread: those of less than 4 KiB, and the others.
  package static func count(_ body: () -> Void) -> (small: Int, large: Int) {
    allocation_counter_begin()
    body()
    let counts = allocation_counter_end()
    return (Int(counts.small), Int(counts.large))
  }
}
