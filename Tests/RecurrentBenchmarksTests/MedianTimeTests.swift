import RecurrentBenchmarks
import Testing

@Suite struct MedianTimeTests {
  @Test func warmUpsDoNotCount() {
    var timer = MedianTime(seconds: 0)
    for milliseconds in [900, 800, 3, 1, 7] {
      #expect(!timer.isDone)
      timer.add(.milliseconds(milliseconds))
    }
    #expect(timer.isDone)
    let time = timer.result(units: 1)
    #expect(time.milliseconds == 3 && time.range == 1...7 && time.runs == 3)
  }

  @Test func theMedianOfAnEvenNumberLiesBetween() {
    var timer = MedianTime(seconds: 0)
    for milliseconds in [0, 0, 8, 2, 4, 6] { timer.add(.milliseconds(milliseconds)) }
    #expect(timer.result(units: 1).milliseconds == 5)
    #expect(timer.result(units: 10).milliseconds == 0.5)
    #expect(timer.result(units: 10).range == 0.2...0.8)
  }

  @Test func runsEndWithTheSecondsOrAt500() {
    var long = MedianTime(seconds: 1000)
    for _ in 0..<MedianTime.warmUps + 499 { long.add(.zero) }
    #expect(!long.isDone)
    long.add(.zero)
    #expect(long.isDone)
    var count = 0
    let time = MedianTime.of(seconds: 0) { count += 1 }
    #expect(count == 5 && time.runs == 3)
  }
}
