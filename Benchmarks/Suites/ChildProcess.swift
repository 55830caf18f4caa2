#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A process that is started and waited for; what it writes to standard output is thrown away.
package enum ChildProcess {
  /// Runs a program to its end.
  ///
  /// - Parameters:
  ///   - program: Its path, or a name that is looked for as a shell does.
  ///   - arguments: What stands after the name.
  /// - Returns: The most memory that the process held, in bytes; never less than what this one held when it started it.
  /// - Throws: `ChildProcessError` if it cannot be started or does not end well.
  package static func run(_ program: String, _ arguments: [String]) throws(ChildProcessError) -> Int {
    #if canImport(Darwin)
    var actions: posix_spawn_file_actions_t?
    #else
    var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    var process = pid_t()
    let refusal = posix_spawnp(&process, program, &actions, nil, words, environ)
    guard refusal == 0 else { throw .notStarted(program: program, reason: String(cString: strerror(refusal))) }
    var (status, usage) = (Int32(0), rusage())
    while wait4(process, &status, 0, &usage) < 0 {
      guard errno == EINTR else { throw .notStarted(program: program, reason: String(cString: strerror(errno))) }
    }
    guard status == 0 else { throw .failed(program: program, status: status) }
    #if canImport(Darwin)
    return usage.ru_maxrss
    #else
    return usage.ru_maxrss * 1024
    #endif
  }
}

/// Why a process did not do its work.
package enum ChildProcessError: Error, Equatable, CustomStringConvertible {
  /// The system did not start it.
  case notStarted(program: String, reason: String)
  /// It ended otherwise than with 0; the status is that of `wait`.
  case failed(program: String, status: Int32)

  /// The error in words.
  package var description: String {
    switch self {
    case .notStarted(let program, let reason): "\(program) cannot be started: \(reason)"
    case .failed(let program, let status):
      status & 0x7f == 0
        ? "\(program) ended with exit code \(status >> 8 & 0xff)" : "\(program) was ended by signal \(status & 0x7f)"
    }
  }
}
