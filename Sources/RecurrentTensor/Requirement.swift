/// Stops the program with `message` unless `condition` holds, in every build configuration
/// (`precondition` drops its text in release builds).
@inline(__always)
package func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { stop(message()) }
}

@inline(never)
package func stop(_ message: String) -> Never {
  fatalError(message)
}
