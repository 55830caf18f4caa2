import RecurrentReports
import Testing

@Suite struct HTMLReportTests {
  private func sample() -> HTMLReport {
    var report = HTMLReport(title: "a <title> & more", subtitle: "sub 'x'")
    report.addStatement("Word", "A sentence with <marks>.", tone: .warning)
    report.add([.init("Fact", "3 < 4", note: "note")])
    report.beginSection("First")
    report.add(paragraph: "text")
    report.add(list: ["one & two"])
    var chart = LineChart(title: "chart", summary: "what it shows")
    chart.series = [.init("s", x: [0, 1], y: [0, 1], role: .truth)]
    let table = ReportTable(
      header: ["a", "b"], rows: (0..<100).map { ["\($0)", "\($0 * 2)"] }, emphasizedRows: [0, 99])
    report.add([
      ReportFigure(chart, caption: "caption", table: table.sampled(10)),
      ReportFigure(chart, caption: "", size: .third),
    ])
    report.beginSection("Second")
    report.addDetails("folded") { $0.add(ReportTable(header: ["x"], rows: [["</td>"]])) }
    report.add(code: "recurrent train 'x y' > out")
    return report
  }

  @Test func fileIsWellFormedAndSelfContained() {
    let html = sample().html
    #expect(nestingProblem(in: html) == nil)
    #expect(html.hasPrefix("<!DOCTYPE html>"))
    for word in ["<script", "src=", "href=", "@import", "url(", "<title>a <title>", "<marks>"] {
      #expect(!html.contains(word), "\(word)")
    }
    #expect(html.split(separator: "http").count - 1 == html.split(separator: "http://www.w3.org/2000/svg").count - 1)
    #expect(html.contains("prefers-color-scheme: dark"))
    #expect(html.contains("a &lt;title&gt; &amp; more"))
    #expect(html.contains("&lt;/td&gt;"))
  }

  @Test func everyPictureHasWords() {
    let html = sample().html
    #expect(html.split(separator: "<svg ").count - 1 == 3)
    #expect(html.split(separator: "<desc>what it shows</desc>").count - 1 == 3)
    #expect(html.contains("<figcaption>caption</figcaption>"))
    #expect(html.contains("The numbers of this picture"))
  }

  @Test func sampledTablesKeepBothEnds() {
    let table = ReportTable(header: ["a"], rows: (0..<100).map { ["\($0)"] }, emphasizedRows: [0, 1, 99]).sampled(10)
    #expect(table.rows.count <= 10)
    #expect(table.rows.first == ["0"] && table.rows.last == ["99"])
    #expect(table.emphasizedRows == [0, table.rows.count - 1])
    #expect(ReportTable(header: ["a"], rows: [["1"]]).sampled(10).rows.count == 1)
  }

  @Test func forbiddenCharactersAreLeftOut() {
    #expect(Markup.escaped("a\u{0}b\u{1B}[1m<c>\"d\"'e'\n") == "ab[1m&lt;c&gt;&quot;d&quot;&#39;e&#39;\n")
  }
}
