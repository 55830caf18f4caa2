package import CommandLineKit
import Recurrent

/// `recurrent cells`: which cells there are, where they come from and what they compute.
package struct CellsCommand: Command {
  package static let definition = CommandDefinition(
    "cells", summary: "Show the cells that a model can have, and what they are compared with",
    positionals: [PositionalDefinition("name", .optional, help: "one of them; default: all")],
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

  private let kinds: [NamedStructure]
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
      guard let kind = NamedStructure.all.first(where: { $0.about.name == name }) else {
        throw UsageError(
          .badValue, "there is no cell of this name",
          expected: NamedStructure.all.map(\.about.name).joined(separator: ", "), received: name,
          hint: "recurrent cells shows all of them", commandPath: arguments.commandPath)
      }
      kinds = [kind]
    } else {
      kinds = NamedStructure.all
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

  private static func document(of kind: NamedStructure) -> Document {
    Document(
      name: kind.about.name, title: kind.about.title, source: kind.about.source, equations: kind.about.equations,
      parameters: kind.parameters)
  }

  private static func table(of kinds: [NamedStructure]) -> String {
    let width = kinds.map(\.about.name.count).max() ?? 0
    return kinds.map { kind in
      kind.about.name + String(repeating: " ", count: width - kind.about.name.count + 2)
        + "\(kind.about.title): \(kind.about.source)\n"
    }.joined()
  }

  private static func page(of kind: NamedStructure) -> String {
    let lines = kind.about.equations.split(separator: "\n").map { "  \($0)\n" }.joined()
    return """
      \(kind.about.title): \(kind.about.source)

      \(lines)
      \(kind.parameters) parameters with \(NamedStructure.sampleSize) features and \(NamedStructure.sampleSize) units

      """
  }

  /// The page of the documentation that has tables of all cells, and the equations of each.
  private static func markdown(of kinds: [NamedStructure]) -> String {
    let size = NamedStructure.sampleSize
    var text = """
      # Table of the Cells

      Every cell that has a name, for `--cell`, `RecurrentKind(named:)` and, over trees, `TreeKind(named:)`, and what cells are
      compared with, for `SequenceEncoderKind(named:)` alone. Made by `recurrent cells --markdown`.

      Parameters are those of \(size) units with \(size) features. Notation: <doc:Cells>. Each has a test file, numbers of its equations computed
      elsewhere in float64, gradient checks, and rows in `recurrent bench --suite cells`, `trees` or `comparisons`. What cells
      are compared with: <doc:AttentionAndConvolutions>.

      """
    let groups = [
      ("Over sequences", NamedStructure.sequences), ("Over trees", NamedStructure.trees),
      ("To compare with", NamedStructure.comparisons),
    ]
    for (title, group) in groups {
      text += "\n\(title):\n\n| name | cell | source | parameters |\n| --- | --- | --- | ---: |\n"
      for kind in group {
        text += "| `\(kind.about.name)` | \(kind.about.title) | \(kind.about.source) | \(kind.parameters) |\n"
      }
    }
    for kind in kinds {
      text += "\n## \(kind.about.name)\n\n``\(kind.type)``, \(kind.about.source):\n\n"
      text += "```text\n\(kind.about.equations)\n```\n"
    }
    return text
  }
}

/// A cell of any table of named ones, as far as it is shown.
private struct NamedStructure: Sendable {
  static let sampleSize = 100

  let about: CellDescription
  /// The name of the type.
  let type: String
  private let module: @Sendable () -> any Module

  /// The trained numbers of `sampleSize` units with as many features.
  var parameters: Int { module().parameterCount }

  static let sequences = RecurrentKind.all.map { kind in
    NamedStructure(about: kind.about, type: "\(kind.cell)") {
      kind.make(.init(inputSize: sampleSize, hiddenSize: sampleSize, random: RandomSource(seed: 1)))
    }
  }

  static let trees = TreeKind.all.map { kind in
    NamedStructure(about: kind.about, type: "\(kind.cell)") {
      kind.make(inputSize: sampleSize, hiddenSize: sampleSize, random: RandomSource(seed: 1))
    }
  }

  static let comparisons = SequenceEncoderKind.comparisons.map { kind in
    let make: @Sendable () -> any SequenceEncoder = {
      kind.make(.init(inputSize: sampleSize, hiddenSize: sampleSize, random: RandomSource(seed: 1)))
    }
    // A score in angle brackets is no part of a page's name.
    let name = String("\(Swift.type(of: make()))".prefix { $0 != "<" })
    return NamedStructure(about: kind.about, type: name) { make() }
  }

  static let all = sequences + trees + comparisons
}
