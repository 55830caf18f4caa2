/// The package's own worker threads. Their number never changes the bits of a result.
package enum WorkerPool {
  /// Runs `body(part)` for each part in `0..<parts`, and returns when all are done.
  package static func run(parts: Int, _ body: (Int) -> Void) {
    for part in 0..<parts { body(part) }
  }
}
