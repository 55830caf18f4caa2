import CRecurrentKernels

/// Elementwise functions and fixed-order sums over buffers. `output` may be `input`.
package enum VectorMath {
  package static func exp(
    _ input: UnsafePointer<KernelScalar>, into output: UnsafeMutablePointer<KernelScalar>, count: Int
  ) {
    InstructionSet.kernels.pointee.exp(input, output, Int64(count))
  }

  package static func tanh(
    _ input: UnsafePointer<KernelScalar>, into output: UnsafeMutablePointer<KernelScalar>, count: Int
  ) {
    InstructionSet.kernels.pointee.tanh(input, output, Int64(count))
  }

  /// `1 / (1 + exp(-x))`.
  package static func sigmoid(
    _ input: UnsafePointer<KernelScalar>, into output: UnsafeMutablePointer<KernelScalar>, count: Int
  ) {
    InstructionSet.kernels.pointee.sigmoid(input, output, Int64(count))
  }

  /// Writes exp(x - largest x) divided by its sum over `count` scalars, at least one; gives log Σ exp(x) in its two parts.
  package static func softmax(
    _ input: UnsafePointer<KernelScalar>, into output: UnsafeMutablePointer<KernelScalar>, count: Int
  ) -> (largest: KernelScalar, sum: KernelScalar) {
    var largest: KernelScalar = 0
    let sum = InstructionSet.kernels.pointee.softmax(input, output, Int64(count), &largest)
    return (largest, sum)
  }

  /// The sum in blocks of 1024 and 16 lanes joined pairwise: the same bits for every thread count and set.
  package static func sum(_ input: UnsafePointer<KernelScalar>, count: Int) -> KernelScalar {
    sum(input, count, InstructionSet.kernels.pointee.sum)
  }

  /// The sum of squares in the order of `sum`.
  package static func sumOfSquares(_ input: UnsafePointer<KernelScalar>, count: Int) -> KernelScalar {
    sum(input, count, InstructionSet.kernels.pointee.sumOfSquares)
  }

  /// Threads take parts of so many blocks that each is a whole branch of the tree of the sum.
  private static let partLength = 64 * BlockSum.blockLength

  private static func sum(
    _ input: UnsafePointer<KernelScalar>, _ count: Int,
    _ kernel: @convention(c) (UnsafePointer<KernelScalar>?, Int64) -> KernelScalar
  ) -> KernelScalar {
    let parts = (count + partLength - 1) / partLength
    guard parts >= 8, WorkerPool.threadCount > 1 else { return kernel(input, Int64(count)) }
    let partial = Workspace(count: parts)
    WorkerPool.run(parts: parts) { part in
      let first = part * partLength
      partial.pointer[part] = kernel(input + first, Int64(min(partLength, count - first)))
    }
    return BlockSum.joining(parts) { partial.pointer[$0] }
  }
}
