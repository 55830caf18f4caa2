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
            "markdown", .choice(StructureGroup.all.map(\.name)), valueName: "GROUP",
            help: "Print the page of the documentation on one group of cells.", example: "--markdown trees"),
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
    case text, json
    case markdown(StructureGroup)
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
    let group = arguments.text("markdown").flatMap { name in StructureGroup.all.first { $0.name == name } }
    if arguments.flag("json"), group != nil {
      throw UsageError(
        .conflictingOptions, "--json and --markdown are two forms of one result", hint: "leave one out",
        commandPath: arguments.commandPath)
    }
    isOne = arguments.text("name") != nil
    if isOne, group != nil {
      throw UsageError(
        .conflictingOptions, "--markdown is a page of a whole group", hint: "leave the name out",
        commandPath: arguments.commandPath)
    }
    form = group.map { .markdown($0) } ?? (arguments.flag("json") ? .json : .text)
  }

  package func run(in context: CommandContext) throws -> ExitCode {
    switch form {
    case .json: try context.console.result(json: kinds.map(Self.document))
    case .markdown(let group): try context.console.result(group.page)
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
}

/// Cells that share a page of the documentation.
private struct StructureGroup: Sendable {
  let name: String
  private let title, introduction: String
  private let kinds: [NamedStructure]

  static let all = [
    StructureGroup(
      name: "sequences", title: "Table of the Cells",
      introduction:
        "Every cell over sequences that has a name, for `--cell` and `RecurrentKind(named:)`. Notation: <doc:Cells>.",
      kinds: NamedStructure.sequences),
    StructureGroup(
      name: "compositions", title: "Table of What Is Made of Cells",
      introduction: """
        Cells at every place of a frame, at a distance in time, and told the output of their network: for \
        `SequenceEncoderKind(named:)`, as a `structure` in <doc:DescribingModels>, and but for the first for \
        `train forecast --cell`. Without a frame features and units are \
        channels of the longest line that fits both, here of 100 places.
        """,
      kinds: NamedStructure.compositions),
    StructureGroup(
      name: "trees", title: "Table of the Cells over Trees",
      introduction: "Every cell over trees that has a name, for `train trees --cell` and `TreeKind(named:)`.",
      kinds: NamedStructure.trees),
    StructureGroup(
      name: "comparisons", title: "Table of What Cells Are Compared With",
      introduction: """
        What has a name for `SequenceEncoderKind(named:)`, for `train forecast --cell`, and as a `structure` in \
        <doc:DescribingModels>: see <doc:AttentionAndConvolutions>.
        """,
      kinds: NamedStructure.comparisons),
  ]

  /// The page with a table of the group, and the equations of each.
  var page: String {
    let size = NamedStructure.sampleSize
    var text = """
      # \(title)

      \(introduction) Made by `recurrent cells --markdown \(name)`.

      Parameters are those of \(size) units with \(size) features. Each has a test file, numbers of its equations computed
      elsewhere in float64, gradient checks, and rows in `recurrent bench --suite cells`, `compositions`, `trees` or
      `comparisons`.

      | name | cell | source | parameters |
      | --- | --- | --- | ---: |

      """
    for kind in kinds {
      text += "| `\(kind.about.name)` | \(kind.about.title) | \(kind.about.source) | \(kind.parameters) |\n"
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
  private let typeName: @Sendable () -> String
  private let module: @Sendable () -> any Module

  /// The name of the type.
  var type: String { typeName() }

  /// The trained numbers of `sampleSize` units with as many features.
  var parameters: Int { module().parameterCount }

  static let sequences = RecurrentKind.all.map { kind in
    NamedStructure(about: kind.about, typeName: { "\(kind.cell)" }) {
      kind.make(.init(inputSize: sampleSize, hiddenSize: sampleSize, random: RandomSource(seed: 1)))
    }
  }

  static let trees = TreeKind.all.map { kind in
    NamedStructure(about: kind.about, typeName: { "\(kind.cell)" }) {
      kind.make(inputSize: sampleSize, hiddenSize: sampleSize, random: RandomSource(seed: 1))
    }
  }

  static let compositions = SequenceEncoderKind.compositions.map(encoder)
  static let comparisons = SequenceEncoderKind.comparisons.map(encoder)

  private static func encoder(_ kind: SequenceEncoderKind) -> NamedStructure {
    NamedStructure(about: kind.about, typeName: { kind.typeName }) {
      kind.make(.init(inputSize: sampleSize, hiddenSize: sampleSize, random: RandomSource(seed: 1)))
    }
  }

  static let all = sequences + compositions + trees + comparisons
}
