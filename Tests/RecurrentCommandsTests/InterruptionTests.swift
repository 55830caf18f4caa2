import Foundation
import RecurrentCommands
import Testing

/// In a process of its own: the flag is one for the process, and other suites run commands that ask for it.
@Suite struct InterruptionTests {
  @Test func theFirstSignalSetsTheFlagAndTheNextHasItsUsualEffect() async {
    await #expect(processExitsWith: .success) {
      Interruption.install()
      precondition(!Interruption.isRequested)
      try Interruption.check()
      kill(getpid(), SIGINT)
      for _ in 0..<500 where !Interruption.isRequested { usleep(10_000) }
      precondition(Interruption.isRequested)
      do {
        try Interruption.check()
        exit(2)
      } catch let failure as CommandFailure {
        precondition(failure.exitCode == .interrupted)
      }
      var action = sigaction()
      sigaction(SIGINT, nil, &action)
      precondition(action.__sigaction_handler.sa_handler == nil)
      Interruption.install()
      precondition(!Interruption.isRequested)
    }
  }

  @Test func theNextSignalEndsTheProcess() async {
    await #expect(processExitsWith: .signal(SIGINT)) {
      Interruption.install()
      kill(getpid(), SIGINT)
      for _ in 0..<500 where !Interruption.isRequested { usleep(10_000) }
      kill(getpid(), SIGINT)
      usleep(2_000_000)
    }
  }
}
