import CommandLineKit
import Recurrent

extension ForecastOptions {
  /// Throws for options that exclude one another.
  func checkTogether(_ arguments: ParsedArguments) throws(UsageError) {
    func conflict(_ message: String, _ hint: String) -> UsageError {
      UsageError(.conflictingOptions, message, hint: hint, commandPath: arguments.commandPath)
    }
    if test != nil, arguments.isGiven("split") {
      throw conflict(
        "--split and --test exclude each other", "with --test FILE the last rows of DATA are kept for validation")
    }
    if validation != nil, arguments.isGiven("split") {
      throw conflict(
        "--split and --validation exclude each other",
        "without --test the second half of the validation file is the test part")
    }
    if future != nil, known.isEmpty {
      throw conflict("--future needs --known as well", "name the columns that are known for the coming rows")
    }
    if past.contains("none"), past.count > 1 {
      throw conflict("--past none excludes other columns", "keep either none or the names")
    }
    for (first, second, names, others) in [
      ("target", "known", target, known), ("target", "past", target, past), ("known", "past", known, past),
      ("target", "category", target, category), ("target", "static", target, self.static),
      ("category", "static", category, self.static), ("id", "static", [id].compactMap(\.self), self.static),
    ] {
      if let name = names.first(where: others.contains) {
        throw conflict("--\(first) \(name) and --\(second) \(name) exclude each other", "keep one of them")
      }
    }
    if arguments.texts(CodingKeys.augment.rawValue).contains("none"), augment != nil {
      throw conflict("--augment none excludes other augmentations", "keep either none or the names")
    }
    try checkStack(conflict)
    try checkManySeries(conflict)
    try checkDistribution(conflict)
    for (name, isGiven) in [("search-method", searchMethod != nil), ("search-space", searchSpace != nil)]
    where isGiven && search == nil {
      throw conflict("--\(name) needs --search as well", "say how many candidates to try with --search N")
    }
    if let searchSpace, searchSpace.isEmpty {
      throw conflict(
        "--search has nothing to choose: every option of its space is given",
        "leave one of \(ForecasterSearch.optionNames.joined(separator: ", ")) out, or name it in --search-space")
    }
    if let segment, let window, window % segment != 0 {
      throw conflict(
        "--segment \(segment) does not divide --window \(window)", "segments of equal length make up the window")
    }
  }

  /// What layers and their regularisers exclude.
  private func checkStack(_ conflict: (String, String) -> UsageError) throws(UsageError) {
    if layers == 1, searchSpace?.contains(CodingKeys.layers.rawValue) != true {
      let growing = SequenceEncoderKind(named: cell).map { $0.stateGrowth > 1 } ?? false
      if let option = connections.map({ "connections \($0)" }) ?? (growing ? "cell \(cell)" : nil) {
        throw conflict("--\(option) needs more than one layer", "give --layers 2 or more")
      }
    }
    do {
      _ = try ForecasterConfiguration(self).namedEncoder()
    } catch {
      throw conflict(
        "--cell \(cell): expected \(error.expected), received \(error.received)", error.hint ?? "choose another cell")
    }
    let names = (regularizer ?? []).map { $0.split(separator: "=")[0] }
    if let (name, _) = zip(names, names.dropFirst()).first(where: { $0 == $1 }) {
      throw conflict("--regularizer names \(name) twice", "keep one of them")
    }
    guard searchSpace?.contains(CodingKeys.cell.rawValue) != true else { return }
    if let regularization, let idle = RecurrentKind(named: cell)?.idle(in: regularization) {
      throw conflict(
        "--regularizer \(idle.name) does nothing in the cell \(cell)",
        idle.hint + "; here act " + idle.acting.joined(separator: ", "))
    }
  }

  /// What a distribution excludes.
  private func checkDistribution(_ conflict: (String, String) -> UsageError) throws(UsageError) {
    guard let distribution else { return }
    if quantileHeads {
      throw conflict(
        "--distribution and --quantile-heads exclude each other", "the intervals are quantiles of the distribution")
    }
    guard distribution == "negative-binomial" else { return }
    let excluded = [
      ("difference", difference != "none"), ("scaler log", scaler == "log"), ("scaler box-cox", scaler == "box-cox"),
      ("augment", augment != nil), ("decoder recursive", decoder == DecoderKind.recursive.name),
    ]
    for (name, isAskedFor) in excluded where isAskedFor {
      throw conflict(
        "--\(name) does not go with --distribution \(distribution)", "it is a distribution of counts as they are")
    }
  }

  /// What the options for many series exclude.
  private func checkManySeries(_ conflict: (String, String) -> UsageError) throws(UsageError) {
    if id != nil, seriesInRows {
      throw conflict(
        "--id and --series-in-rows exclude each other", "a file has a row for every moment or one for every series")
    }
    if !category.isEmpty, seriesInRows {
      throw conflict("--category and --series-in-rows exclude each other", "a file of series in rows has no columns")
    }
    if !self.static.isEmpty, id == nil {
      throw seriesInRows
        ? conflict("--static and --series-in-rows exclude each other", "a file of series in rows has no columns")
        : conflict("--static needs --id as well", "a number that never changes tells something only of many series")
    }
    guard form != nil else { return }
    for (name, columns) in [("known", known), ("past", past)] {
      guard let column = columns.first else { continue }
      throw conflict(
        "--\(name) \(column) does not go with many series",
        "each series is forecast from its own past: leave \(column) out, or give --static or --category where all rows "
          + "of a series share it")
    }
    let excluded = [
      ("split", split != nil), ("validation", validation != nil),
      ("difference", difference != "none"),
      ("quantile-heads", quantileHeads), ("decoder", decoder != DecoderKind.direct.name),
      ("distribution", distribution != nil), ("missing", missing != "mask"), ("augment", augment != nil),
      ("refit", refit != nil),
      ("ensemble", ensemble != nil), ("scaler robust", scaler == "robust"),
      ("scaler box-cox", scaler == "box-cox"),
      ("search", search != nil),
      ("learning-rate find", learningRate == .found),
    ]
    for (name, isAskedFor) in excluded where isAskedFor {
      throw conflict(
        "--\(name) does not go with many series",
        name == "split" || name == "validation"
          ? "the last rows of each series are the test part, or --test FILE, and those before them validate"
          : "leave it out: it is for a model of one series")
    }
  }
}
