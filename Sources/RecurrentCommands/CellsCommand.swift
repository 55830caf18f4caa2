package import CommandLineKit
import Recurrent

/// `recurrent cells`: which cells there are, where they come from and what they compute.
package struct CellsCommand: Command {
  package static let definition = CommandDefinition(
    "cells", summary: "Show the cells that a model can have, their sources and equations",
    positionals: [PositionalDefinition("name", .optional, help: "one cell; default: all of them")],
    groups: [
      OptionGroup(
        "Options",
        [
          OptionDefinition(
            "markdown", .flag, help: "Print a page of the documentation.", example: "--markdown"),
          CommonOptions.json("cells"),
        ])
    ],
    examples: [
      CommandExample("cells", "All cells:"), CommandExample("cells lstm-peephole", "The equations of one:"),
    ])

  private let kinds: [RecurrentKind]
  private let isOne: Bool
  private let form: Form

  private enum Form {
    case text, json, markdown
  }

  /// A cell in JSON.
  private struct Document: Encodable {
    let name, title, source, equations: String
    /// Trained numbers of `sampleSize` units with as many features.
    let parameters: Int
  }

  package init(_ arguments: ParsedArguments) throws {
    if let name = arguments.text("name") {
      guard let kind = RecurrentKind(named: name) else {
        throw UsageError(
          .badValue, "there is no cell of this name", expected: RecurrentKind.all.map(\.name).joined(separator: ", "),
          received: name, hint: "recurrent cells shows all of them", commandPath: arguments.commandPath)
      }
      kinds = [kind]
    } else {
      kinds = RecurrentKind.all
    }
    if arguments.flag("json"), arguments.flag("markdown") {
      throw UsageError(
        .conflictingOptions, "--json and --markdown are two forms of one result", hint: "leave one out",
        commandPath: arguments.commandPath)
    }
    isOne = arguments.text("name") != nil
    if isOne, arguments.flag("markdown") {
      throw UsageError(
        .conflictingOptions, "--markdown is a page of all cells", hint: "leave the name out",
        commandPath: arguments.commandPath)
    }
    form = arguments.flag("json") ? .json : arguments.flag("markdown") ? .markdown : .text
  }

  package func run(in context: CommandContext) throws -> ExitCode {
    switch form {
    case .json: try context.console.result(json: kinds.map(Self.document))
    case .markdown: try context.console.result(Self.markdown(of: kinds))
    case .text: try context.console.result(isOne ? Self.page(of: kinds[0]) : Self.table(of: kinds))
    }
    return .done
  }

  private static let sampleSize = 100

  private static func parameters(of kind: RecurrentKind) -> Int {
    let layer = kind.make(
      .init(inputSize: sampleSize, hiddenSize: sampleSize, random: RandomSource(seed: 1)))
    return layer.parameterCount
  }

  private static func document(of kind: RecurrentKind) -> Document {
    Document(
      name: kind.name, title: kind.about.title, source: kind.about.source, equations: kind.about.equations,
      parameters: parameters(of: kind))
  }

  private static func table(of kinds: [RecurrentKind]) -> String {
    let width = kinds.map(\.name.count).max() ?? 0
    return kinds.map { kind in
      kind.name + String(repeating: " ", count: width - kind.name.count + 2)
        + "\(kind.about.title): \(kind.about.source)\n"
    }.joined()
  }

  private static func page(of kind: RecurrentKind) -> String {
    let lines = kind.about.equations.split(separator: "\n").map { "  \($0)\n" }.joined()
    return """
      \(kind.about.title): \(kind.about.source)

      \(lines)
      \(parameters(of: kind)) parameters with \(sampleSize) features and \(sampleSize) units

      """
  }

  /// The page of the documentation that has a table of all cells, and the equations of each.
  private static func markdown(of kinds: [RecurrentKind]) -> String {
    var text = """
      # Table of the Cells

      Every cell that has a name, for `--cell` and `RecurrentKind(named:)`. Made by `recurrent cells --markdown`.

      Parameters are those of \(sampleSize) units with \(sampleSize) features. Notation: <doc:Cells>. Each cell has a test file,
      numbers of its equations computed elsewhere in float64, gradient checks, and rows in `recurrent bench --suite cells`.

      | name | cell | source | parameters |
      | --- | --- | --- | ---: |

      """
    for kind in kinds {
      text += "| `\(kind.name)` | \(kind.about.title) | \(kind.about.source) | \(parameters(of: kind)) |\n"
    }
    for kind in kinds {
      text += "\n## \(kind.name)\n\n``\(kind.cell)``, \(kind.about.source):\n\n```text\n\(kind.about.equations)\n```\n"
    }
    return text
  }
}
