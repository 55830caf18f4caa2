package import CommandLineKit
import Recurrent

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `recurrent demo`: the main job on the monthly sunspot numbers, which the package ships.
package struct DemoCommand: Command {
  package static let definition = CommandDefinition(
    "demo", summary: "Forecast the monthly sunspot numbers, 24 months ahead",
    discussion: """
      Trains on the series Data/monthly-sunspots.csv of the package, judges the model on the last fifth beside simple \
      baselines, and writes the model folder with its report.
      """,
    groups: [
      OptionGroup(
        "Options",
        [
          OptionDefinition(
            "data", .text, valueName: "FILE", default: .described("Data/monthly-sunspots.csv of the package"),
            help: "The series, where the package lies elsewhere.", example: "--data sunspots.csv"),
          OptionDefinition(
            "output", letter: "o", .text, valueName: "MODEL", default: .value("demo-model"),
            help: "The model folder to write; an earlier one of this name is replaced.", example: "-o demo-model"),
          OptionDefinition(
            "seed", .integer(0...Int.max), valueName: "N", default: .value("1"),
            help: "The seed of all randomness.", example: "--seed 7"),
          CommonOptions.json("metrics"),
          CommonOptions.quiet,
        ])
    ],
    examples: [CommandExample("demo", "Train, judge, forecast and report:")])

  private let data: String?
  private let forwarded: [String]

  package init(_ arguments: ParsedArguments) {
    data = arguments.text("data")
    var forwarded = [
      "--output", arguments.text("output") ?? "demo-model", "--seed", "\(arguments.integer("seed") ?? 1)",
    ]
    for flag in ["json", "quiet"] where arguments.flag(flag) { forwarded.append("--\(flag)") }
    self.forwarded = forwarded
  }

  package func run(in context: CommandContext) throws -> ExitCode {
    guard let file = data ?? Self.shippedSeries else {
      throw CommandFailure(
        .noInput, code: "no-input", "the sunspot numbers are not beside the program",
        hint: "run the demo in the folder of the package, or name the file with --data")
    }
    let arguments = ["train", "forecast", file, "--horizon", "24", "--plot", "--overwrite"] + forwarded
    context.console.message("recurrent " + arguments.map(ShellQuoting.quoted).joined(separator: " "))
    let program = CommandTable.program(commands: [], tasks: [TrainForecastCommand.definition])
    guard case .run(let parsed) = try CommandLineParser(program, readFile: { _ in [] }).parse(arguments) else {
      preconditionFailure("the demo's command line trains")
    }
    return try TrainForecastCommand(parsed).run(in: CommandContext(console: context.console, arguments: arguments))
  }

  /// The series beside the working folder or the program: in a checkout, or where `make install` put it.
  private static var shippedSeries: String? {
    let name = "Data/monthly-sunspots.csv"
    let program = CommandLine.arguments.first.map { URL(filePath: $0).resolvingSymlinksInPath().path } ?? ""
    let parts = program.split(separator: "/", omittingEmptySubsequences: true)
    var places = [name]
    for depth in stride(from: parts.count - 1, to: 0, by: -1) {
      let folder = "/" + parts[..<depth].joined(separator: "/")
      places += ["\(folder)/\(name)", "\(folder)/share/recurrent/\(name)"]
    }
    return places.first { FileManager.default.fileExists(atPath: $0) }
  }
}
