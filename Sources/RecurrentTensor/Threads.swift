import RecurrentKernels

/// The worker threads of this process.
public enum Threads {
  /// Threads that share one computation, the caller among them; at least 1. No number changes the bits of a result.
  /// Default: one for each processor, or the environment variable `RECURRENT_THREADS`.
  public static var count: Int {
    get { WorkerPool.threadCount }
    set { WorkerPool.threadCount = newValue }
  }
}
