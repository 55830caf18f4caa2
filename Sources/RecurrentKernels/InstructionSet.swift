import CRecurrentKernels
import Synchronization

/// The kernels in use. The fastest set of the machine unless another is named by the environment variable
/// `RECURRENT_INSTRUCTION_SET`, or by a `using` scope; all sets with fused multiply-add give the same bits.
package enum InstructionSet: String, CaseIterable, Sendable {
  case portable, portableFMA = "portable-fma", avx2, avx512, neon

  private var index: rk_set {
    switch self {
    case .portable: RK_PORTABLE
    case .portableFMA: RK_PORTABLE_FMA
    case .avx2: RK_AVX2
    case .avx512: RK_AVX512
    case .neon: RK_NEON
    }
  }

  /// Whether this machine and this build have the set.
  package var isAvailable: Bool { rk_kernels_of(index) != nil }

  /// The sets with fused multiply-add that this machine has.
  package static var fused: [InstructionSet] { allCases.filter { $0 != .portable && $0.isAvailable } }

  private static let chosen = Atomic<Int>(initial)

  private static var initial: Int {
    Int((KernelEnvironment.instructionSet?.index ?? rk_best_set()).rawValue)
  }

  /// The set of a `using` scope that this task is in.
  @TaskLocal private static var scoped: InstructionSet?
  private static let scopes = Atomic<Int>(0)

  /// The set in use.
  package static var current: InstructionSet {
    if scopes.load(ordering: .relaxed) > 0, let scoped { return scoped }
    let index = rk_set(UInt32(chosen.load(ordering: .relaxed)))
    return allCases.first { $0.index == index } ?? .portable
  }

  /// Computes with `set` inside `body`, on this task only, so that tests of several sets can run side by side.
  package static func using<Result>(_ set: InstructionSet, _ body: () throws -> Result) rethrows -> Result {
    precondition(set.isAvailable, "this machine has no instruction set \(set.rawValue)")
    scopes.add(1, ordering: .relaxed)
    defer { scopes.subtract(1, ordering: .relaxed) }
    return try $scoped.withValue(set, operation: body)
  }

  /// The set of the scope that this thread is in, if there is one; other threads know nothing of it.
  static var scope: InstructionSet? { scopes.load(ordering: .relaxed) > 0 ? scoped : nil }

  /// The functions of the set in use.
  static var kernels: UnsafePointer<rk_kernels> {
    if scopes.load(ordering: .relaxed) > 0, let scoped { return rk_kernels_of(scoped.index) }
    return rk_kernels_of(rk_set(UInt32(chosen.load(ordering: .relaxed))))
  }
}
