import RecurrentTensor

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The short run in which a learning rate was looked for.
extension ForecastReport {
  var learningRateFigure: ReportFigure? {
    guard let found = content.learningRate, found.rates.count > 1 else { return nil }
    let summary =
      "Losses of a short run in which the learning rate grows. \(Self.sentence(found.explanation)) The training "
      + "used \(NumberText.short(found.used))."
    var chart = LineChart(
      title: "The search for a learning rate", summary: summary,
      xAxis: ChartAxis("power of ten of the learning rate (-3 is 0.001)"), yAxis: ChartAxis("loss"))
    let powers = found.rates.map { log10($0) }
    chart.series = [
      .init("of each batch", x: powers, y: found.losses, role: .muted),
      .init("smoothed", x: powers, y: found.smoothedLosses, role: .model),
    ]
    chart.markers = [.init(x: log10(found.used), label: "used: \(NumberText.short(found.used))")]
    chart.aspect = 0.3
    let table = ReportTable(
      header: ["learning rate", "loss", "smoothed"],
      rows: found.rates.indices.map { index in
        [found.rates[index], found.losses[index], found.smoothedLosses[index]].map { NumberText.significant($0, 3) }
      })
    return ReportFigure(chart, caption: summary, table: table.sampled(40))
  }
}
