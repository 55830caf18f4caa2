import RecurrentReports
import Testing

/// Charts with everything that can go wrong in them.
private func charts() -> [any Chart] {
  var line = LineChart(
    title: "A <b> & \"c\"", summary: "x < y", xAxis: ChartAxis("row", kind: .wholeNumbers), yAxis: ChartAxis("y & z"))
  line.series = [
    .init("model <1>", x: [1, 2, 3, 4], y: [1, .nan, 3, .infinity], role: .model, showsPoints: true),
    .init("", x: [1, 4], y: [2, 2], role: .truth, isDashed: true),
  ]
  line.bands = [.init("band", x: [1, 2, 3], lower: [0, 0, .nan], upper: [1, 2, 3], role: .model)]
  line.markers = [.init(x: 2, label: "here & now"), .init(x: 4, label: "at the very right end")]
  line.regions = [.init(1...2, label: "a"), .init(2...4, label: "<test>", isShaded: false)]
  let empty = LineChart(title: "empty", summary: "")
  var flat = LineChart(title: "flat", summary: "", xAxis: ChartAxis(kind: .times))
  flat.series = [.init("zero", x: [0, 86_400], y: [0, 0], role: .truth)]
  let axis = ChartAxis("truth")
  return [
    line, empty, flat,
    ScatterChart(title: "s", summary: "", xAxis: axis, yAxis: axis, x: [1, 2, .nan, 4], y: [1, 3, 2, .infinity]),
    ScatterChart(title: "none", summary: "", xAxis: axis, yAxis: axis, x: [], y: []),
    BarChart(
      title: "b", summary: "",
      groups: [
        .init(
          "g <1>", [.init("m", value: 3, text: "3", role: .model), .init("n", value: .nan, text: "–", role: .muted)]),
        .init("zero", [.init("m", value: 0, text: "0", role: .model)]),
      ]),
    BarChart(title: "none", summary: "", groups: []),
    HistogramChart(title: "h", summary: "", xAxis: axis, values: [1, 2, 2, .nan, 9.7]),
    HistogramChart(title: "one", summary: "", xAxis: axis, values: [3]),
    HistogramChart(title: "none", summary: "", xAxis: axis, values: []),
  ]
}

@Suite struct ChartTests {
  @Test(arguments: [400.0, 900]) func everyChartIsWellFormed(width: Double) {
    for chart in charts() {
      let svg = chart.svg(width: width)
      #expect(nestingProblem(in: svg) == nil, "\(chart.title)")
      #expect(svg.hasPrefix("<svg viewBox=\"0 0 \(Int(width)) "))
      #expect(svg.contains("<title>") && svg.contains("<desc>") && svg.contains("role=\"img\""))
      for word in ["nan", "inf", "<b>", "<1>", "<test>"] {
        #expect(!svg.contains(word), "\(word) in \(chart.title)")
      }
    }
  }

  /// The numbers of all `attribute="..."` of a picture.
  private func numbers(_ attribute: String, in svg: String) -> [Double] {
    svg.split(separator: " \(attribute)=\"").dropFirst().compactMap { Double($0.prefix { $0 != "\"" }) }
  }

  @Test(arguments: [400.0, 900]) func nothingStandsOutsideThePicture(width: Double) {
    for chart in charts() {
      let svg = chart.svg(width: width)
      #expect(numbers("x", in: svg).allSatisfy { $0 >= -1 && $0 <= width + 1 }, "\(chart.title)")
      #expect(numbers("x2", in: svg).allSatisfy { $0 >= 0 && $0 <= width }, "\(chart.title)")
    }
  }

  @Test func gapsInterruptTheLine() {
    var chart = LineChart(title: "t", summary: "")
    chart.series = [.init("s", x: [0, 1, 2, 3, 4], y: [0, 1, .nan, 3, 4], role: .truth)]
    let svg = chart.svg(width: 900)
    #expect(svg.split(separator: "<path class=\"l c-truth\"").count == 3)
  }

  @Test func valuesStandWhereTheyShould() {
    var chart = LineChart(
      title: "t", summary: "", xAxis: ChartAxis(range: 0...10), yAxis: ChartAxis(range: 0...10))
    chart.series = [.init("s", x: [0, 5, 10], y: [0, 5, 10], role: .truth, showsPoints: true)]
    let svg = chart.svg(width: 900)
    let (x, y) = (numbers("cx", in: svg), numbers("cy", in: svg))
    #expect(x.count == 3 && x[0] < x[1] && x[1] < x[2])
    #expect(abs(x[1] - (x[0] + x[2]) / 2) < 0.2)
    #expect(y[0] > y[1] && abs(y[1] - (y[0] + y[2]) / 2) < 0.2)
    #expect(x[2] == 890)
  }

  @Test func longSeriesStaySmall() {
    var chart = LineChart(title: "t", summary: "")
    let x = (0..<200_000).map(Double.init)
    chart.series = [.init("s", x: x, y: x.map { ($0 * 7919).truncatingRemainder(dividingBy: 1000) }, role: .truth)]
    #expect(chart.svg(width: 900).utf8.count < 60_000)
    let scatter = ScatterChart(
      title: "t", summary: "", xAxis: ChartAxis(), yAxis: ChartAxis(),
      x: x.map { ($0 * 31).truncatingRemainder(dividingBy: 977) },
      y: x.map { ($0 * 17).truncatingRemainder(dividingBy: 983) })
    #expect(scatter.svg(width: 470).utf8.count < 900_000)
  }

  @Test func barsHaveLengthsInProportion() {
    let chart = BarChart(
      title: "b", summary: "",
      groups: [
        .init("g", [.init("a", value: 2, text: "2", role: .model), .init("b", value: 4, text: "4", role: .muted)])
      ])
    let widths = numbers("width", in: chart.svg(width: 400))
    #expect(widths.count == 2)
    #expect(abs(widths[1] / widths[0] - 2) < 0.01)
  }

  @Test func histogramsCountEveryValue() {
    let values = (0..<1000).map { Double($0 % 97) - 20 }
    let chart = HistogramChart(title: "h", summary: "", xAxis: ChartAxis(), values: values + [.nan])
    #expect(chart.counts.reduce(0, +) == 1000)
    #expect(chart.edges.count == chart.counts.count + 1)
    for (index, count) in chart.counts.enumerated() {
      let isLast = index == chart.counts.count - 1
      let inside = values.count {
        $0 >= chart.edges[index] && ($0 < chart.edges[index + 1] || isLast && $0 == chart.edges[index + 1])
      }
      #expect(count == inside)
    }
  }
}
