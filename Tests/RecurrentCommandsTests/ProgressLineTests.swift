import RecurrentCommands
import Synchronization
import Testing

private final class Clock: Sendable {
  private let time = Mutex(0.0)
  func advance(_ seconds: Double) { time.withLock { $0 += seconds } }
  func now() -> Double { time.withLock { $0 } }
}

private func status(_ completed: Int, of total: Int = 40) -> ProgressStatus {
  ProgressStatus(
    unit: "epoch", completed: completed, total: total, details: ["loss 0.25", "validation 0.5"],
    remainingSeconds: Double(total - completed))
}

@Suite struct ProgressLineTests {
  @Test func terminalIsRedrawnTenTimesASecond() {
    let (recorder, clock) = (Recorder(), Clock())
    var line = ProgressLine(recorder.console(isTerminal: true), now: clock.now)
    for completed in 1...40 {
      line.update(status(completed))
      clock.advance(0.04)
    }
    let draws = recorder.error.split(separator: "\r")
    #expect(draws.count == 14)
    #expect(draws.last?.hasPrefix("epoch 40/40  ████████████████████  0:00 left  loss 0.25") == true)
    #expect(!recorder.error.contains("\n"))
    line.finish()
    #expect(recorder.error.hasSuffix("\r\u{1B}[K"))
    #expect(recorder.output == "")
  }

  @Test func narrowTerminalsDropDetails() {
    for width in [20, 50, 60, 79] {
      #expect(ProgressLine.terminalText(status(20), width: width).count <= width)
    }
    #expect(
      ProgressLine.terminalText(status(20), width: 60)
        == "epoch 20/40  ██████████░░░░░░░░░░  0:20 left  loss 0.25")
  }

  @Test func logsGetALineEveryTenSeconds() {
    let (recorder, clock) = (Recorder(), Clock())
    var line = ProgressLine(recorder.console(), now: clock.now)
    for completed in 1...40 {
      line.update(status(completed))
      clock.advance(1.5)
    }
    line.finish()
    let lines = recorder.error.split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines.first == "epoch 8/40  0:32 left  loss 0.25  validation 0.5")
    #expect(!recorder.error.contains("\r"))
    let (quick, watch) = (Recorder(), Clock())
    var short = ProgressLine(quick.console(), now: watch.now)
    for completed in 1...40 {
      short.update(status(completed))
      watch.advance(0.1)
    }
    #expect(quick.error == "")
  }

  @Test func quietSaysNothing() {
    let recorder = Recorder()
    var console = recorder.console(isTerminal: true)
    console.isQuiet = true
    var line = ProgressLine(console)
    line.update(status(40))
    line.finish()
    #expect(recorder.error == "")
  }

  @Test(arguments: [(7.4, "0:07"), (760, "12:40"), (3723, "1:02:03"), (59.6, "1:00")])
  func durations(seconds: Double, text: String) {
    #expect(ProgressLine.duration(seconds) == text)
  }
}
