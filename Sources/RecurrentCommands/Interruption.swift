import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Ctrl-C as a flag that long work asks for between two steps. A second Ctrl-C ends the program at once.
package enum Interruption {
  private static let flag = Atomic<Bool>(false)

  /// Whether the user has pressed Ctrl-C since `install()`.
  package static var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// Makes the first SIGINT or SIGTERM set the flag; the next one has its usual effect.
  package static func install() {
    // Stores once before the handler exists, so that the handler meets an initialised flag and does nothing but store.
    flag.store(false, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      var action = sigaction()
      #if canImport(Darwin)
      action.__sigaction_u.__sa_handler = { _ in Interruption.flag.store(true, ordering: .relaxed) }
      #elseif canImport(Musl)
      action.__sa_handler.sa_handler = { _ in Interruption.flag.store(true, ordering: .relaxed) }
      #else
      action.__sigaction_handler.sa_handler = { _ in Interruption.flag.store(true, ordering: .relaxed) }
      #endif
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_RESTART
      sigaction(number, &action, nil)
    }
  }

  /// Ends work that was interrupted.
  ///
  /// - Throws: `CommandFailure` with exit code 130 if the flag is set.
  package static func check() throws {
    if isRequested {
      throw CommandFailure(.interrupted, code: "interrupted", "interrupted")
    }
  }
}
