import Foundation
import RecurrentCommands
import Testing

@Suite struct InterruptionTests {
  @Test func theFirstSignalSetsTheFlagAndTheNextHasItsUsualEffect() throws {
    Interruption.install()
    #expect(!Interruption.isRequested)
    try Interruption.check()
    // Worker threads of the test runner block signals, so it is the process that gets this one.
    kill(getpid(), SIGINT)
    for _ in 0..<500 where !Interruption.isRequested { usleep(10_000) }
    #expect(Interruption.isRequested)
    let failure = try #require(throws: CommandFailure.self) { try Interruption.check() }
    #expect(failure.exitCode == .interrupted)
    var action = sigaction()
    sigaction(SIGINT, nil, &action)
    #expect(action.__sigaction_handler.sa_handler == nil)
    Interruption.install()
    #expect(!Interruption.isRequested)
    signal(SIGINT, SIG_DFL)
    signal(SIGTERM, SIG_DFL)
  }
}
