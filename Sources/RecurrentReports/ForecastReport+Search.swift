import RecurrentModels

/// What a search tried, and what its choice is worth.
extension ForecastReport {
  func addSearch(to report: inout HTMLReport) {
    guard let search = content.search else { return }
    report.beginSection("Search")
    for remark in search.remarks { report.add(paragraph: remark) }
    report.add(
      ReportTable(
        header: search.header, rows: search.ranked.map { search.cells(of: $0) },
        emphasizedRows: search.chosen == nil ? [] : [0]))
  }
}
