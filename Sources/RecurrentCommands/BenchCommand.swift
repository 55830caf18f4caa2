package import CommandLineKit
import Recurrent
import RecurrentBenchmarks

/// `recurrent bench`: how long recurrent layers and models take on this machine.
package struct BenchCommand: Command {
  package static let definition = CommandDefinition(
    "bench", summary: "Measure the speed of layers and models on this machine",
    discussion: """
      Times the rows of a suite one after the other: two runs that do not count, then at least 3, at most 500, for as long \
      as --seconds says. A row's time is the median.
      """ + BenchmarkSuite.all.map { "\n\nSuite \($0.name): \($0.summary)." }.joined(),
    groups: [
      OptionGroup(
        "Options",
        [
          OptionDefinition(
            "suite", .choice(BenchmarkSuite.all.map(\.name)), valueName: "SUITE",
            default: .value(BenchmarkSuite.all[0].name), help: "The rows to time.", example: "--suite stream"),
          OptionDefinition(
            "only", .text, valueName: "TEXT", default: .described("all rows"),
            help: "Only rows whose names contain the text, or one of several with commas between them.",
            example: "--only lstm,gru"),
          OptionDefinition(
            "seconds", .number(.atLeast(0, below: 86_401)), valueName: "S", default: .value("0.6"),
            help: "How long each row is timed.", example: "--seconds 2"),
          OptionDefinition(
            "threads", .integer(1...1024), valueName: "N", default: .described("one for each core"),
            help: "Worker threads.", example: "--threads 2"),
          OptionDefinition(
            "verify", .flag,
            help: """
              Time nothing: print what the rows compute on closed-form numbers, to be compared with what another program \
              computes on them.
              """, example: "--verify"),
          OptionDefinition(
            "classify", .text, valueName: "FOLDER",
            help: """
              Time nothing: load the classifier of this folder and print the class of one sequence, which is what suite \
              cold starts afresh and times.
              """, example: "--classify classifier"),
          OptionDefinition(
            "json", .flag, help: "Print one JSON object a line, or an error as JSON.", example: "--json"),
          CommonOptions.quiet,
        ])
    ],
    examples: [
      CommandExample("bench --suite stream", "One time step of a live signal:"),
      CommandExample("bench --only lstm/B1T,lstm/B32T --threads 1 --json", "Some rows on one thread, as JSON:"),
    ])

  private let suite: BenchmarkSuite
  private let rows: [BenchmarkRow]
  private let seconds: Double
  private let threads: Int?
  private let verifies: Bool
  private let classifier: String?
  private let printsJSON: Bool

  package init(_ arguments: ParsedArguments) throws {
    let texts = (arguments.text("only") ?? "").split(separator: ",").map(String.init)
    suite = arguments.text("suite").flatMap(BenchmarkSuite.named) ?? BenchmarkSuite.all[0]
    let named = suite.rows(containing: texts)
    guard !named.isEmpty else {
      throw UsageError(
        .badValue, "no row of suite \(suite.name) contains what --only says",
        expected: "a part of a name such as \(suite.rows[0].name)", received: arguments.text("only"),
        hint: "recurrent bench --suite \(suite.name) --seconds 0 shows all names", commandPath: arguments.commandPath)
    }
    verifies = arguments.flag("verify")
    classifier = arguments.text("classify")
    let idle = [("classify", ["suite", "only", "seconds", "verify", "json"]), ("verify", ["seconds"])]
    for (chosen, others) in idle where arguments.isGiven(chosen) {
      for name in others where arguments.isGiven(name) {
        throw UsageError(
          .conflictingOptions, "--\(chosen) times nothing, and --\(name) has no place beside it", hint: "leave one out",
          commandPath: arguments.commandPath)
      }
    }
    rows = verifies ? named.filter { $0.figures != nil } : named
    guard !rows.isEmpty else {
      throw UsageError(
        .conflictingOptions, "--verify has no figures for these rows",
        expected: "rows of one of " + Self.verifiableSuites.joined(separator: ", ") + " that train",
        received: "suite \(suite.name)", commandPath: arguments.commandPath)
    }
    seconds = arguments.number("seconds") ?? 0.6
    threads = arguments.integer("threads")
    printsJSON = arguments.flag("json")
  }

  private static var verifiableSuites: [String] {
    BenchmarkSuite.all.filter { suite in suite.rows.contains { $0.figures != nil } }.map(\.name)
  }

  package func run(in context: CommandContext) throws -> ExitCode {
    if let threads { Threads.count = threads }
    if let classifier {
      try context.console.result("\(ColdModel.classify(folder: classifier))\n")
      return .done
    }
    let table = BenchmarkTable(rows)
    var progress = ProgressLine(context.console)
    defer { progress.finish() }
    for (index, row) in rows.enumerated() {
      progress.update(ProgressStatus(unit: "row", completed: index, total: rows.count, details: [row.name]))
      let (header, line) = try verifies ? figures(of: row, table) : time(of: row, table)
      progress.finish()
      if index == 0, !printsJSON { try context.console.result(header) }
      try context.console.result(line)
      try Interruption.check()
    }
    return .done
  }

  /// The line of a row, and what stands over it in a table.
  private func time(of row: BenchmarkRow, _ table: BenchmarkTable) throws -> (header: String, line: String) {
    let time = try row.time(seconds)
    let json = BenchmarkLine.time(time, suite: suite.name, row: row.name) + "\n"
    return (table.timeHeader, printsJSON ? json : table.line(time, row: row.name))
  }

  /// The line of a row's figures, and what stands over it in a table.
  private func figures(of row: BenchmarkRow, _ table: BenchmarkTable) throws -> (header: String, line: String) {
    let figures = try row.figures?() ?? []
    let json = BenchmarkLine.figures(figures, row: row.name) + "\n"
    return (table.header(of: figures), printsJSON ? json : table.line(figures, row: row.name))
  }
}
