import RecurrentKernels

/// The worker threads of this process.
public enum Threads {
  /// Threads that share one computation, the caller among them; at least 1. No number changes the bits of a result.
  /// Default: one for each processor, or the environment variable `RECURRENT_THREADS`.
  public static var count: Int {
    get { WorkerPool.threadCount }
    set { WorkerPool.threadCount = newValue }
  }

  /// What is wrong with the environment variables `RECURRENT_THREADS` and `RECURRENT_INSTRUCTION_SET`, if anything is;
  /// the library takes no notice of a value that it cannot follow.
  package static var environmentProblem: (variable: String, expected: String, received: String)? {
    KernelEnvironment.problem.map { ($0.variable, $0.expected, $0.received) }
  }
}
