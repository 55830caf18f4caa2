package import CommandLineKit
import Recurrent

/// `recurrent summary`: what a model consists of and what it costs, from its description or its folder.
package struct SummaryCommand: Command {
  package static let definition = CommandDefinition(
    "summary", summary: "Show the layers of a model, their shapes, weights, memory and multiply-adds",
    discussion: """
      Reads the description of a model, a JSON file that names its layers in order, or a model folder. A described model is \
      shown layer by layer; of the folder of another model, the parts of its weights are.

      Multiply-adds are those of products with matrices, for one step of one sequence. What training keeps are the results of \
      all operations and what fused layers keep of gates and memories, for one batch; the gradients of the weights take as \
      much as the weights.
      """,
    positionals: [PositionalDefinition("model", help: "a JSON file that describes a model, or a model folder")],
    groups: [
      OptionGroup(
        "Options",
        [
          OptionDefinition(
            "length", .integer(1...1_000_000), valueName: "STEPS", default: .value("100"),
            help: "The steps of a sequence.", example: "--length 500"),
          OptionDefinition(
            "batch", .integer(1...65_536), valueName: "N", default: .value("32"), help: "The sequences of a batch.",
            example: "--batch 64"),
          CommonOptions.json("summary"),
        ])
    ],
    examples: [
      CommandExample("summary model.json --length 200", "The cost of a model with sequences of 200 steps:")
    ])

  private let model: String
  private let length, batch: Int
  private let printsJSON: Bool

  package init(_ arguments: ParsedArguments) {
    model = arguments.texts("model")[0]
    (length, batch) = (arguments.integer("length") ?? 1, arguments.integer("batch") ?? 1)
    printsJSON = arguments.flag("json")
  }

  package func run(in context: CommandContext) throws -> ExitCode {
    let folder = ModelFolder(model)
    guard folder.isFolder else {
      try show(SequenceModelDescription(contentsOf: model).makeModel(random: RandomSource(seed: 0)), in: context)
      return .done
    }
    if try folder.value(Kind.self, from: Forecaster.FileName.configuration).model != nil {
      try show(DescribedModel(from: folder), in: context)
      return .done
    }
    let file = "\(folder.path)/\(Forecaster.FileName.weights)"
    let weights = try SafetensorsFile(bytes: folder.bytes(of: Forecaster.FileName.weights), name: file)
    let summary = WeightsSummary(of: weights)
    if printsJSON {
      try context.console.result(json: summary)
    } else {
      try context.console.result(SummaryText.table(of: summary))
    }
    return .done
  }

  /// Whether a folder is that of a described model.
  private struct Kind: Decodable {
    struct Described: Decodable {}
    let model: Described?
  }

  private func show(_ described: DescribedModel, in context: CommandContext) throws {
    let summary = try ModelSummary(of: described, length: length, batch: batch)
    if printsJSON {
      try context.console.result(json: summary)
    } else {
      try context.console.result(SummaryText.table(of: summary))
    }
  }
}

/// Summaries for a person.
enum SummaryText {
  static func table(of summary: ModelSummary) -> String {
    var rows = [["", "layer", "output", "parameters", "weights", "kept", "multiply-adds"]]
    for (index, row) in summary.rows.enumerated() {
      rows.append([
        "\(index)", row.name, row.output, NumberText.grouped(row.parameters), NumberText.bytes(row.weightBytes),
        NumberText.bytes(row.keptBytes), NumberText.grouped(row.multiplyAdds) + (row.isEveryStep ? "" : " *"),
      ])
    }
    rows.append([
      "", "all", "", NumberText.grouped(summary.parameters), NumberText.bytes(summary.weightBytes),
      NumberText.bytes(summary.keptBytes), NumberText.grouped(summary.multiplyAddsPerStep),
    ])
    var text = laid(rows, leading: 3) + "\n"
    var notes = [
      "Kept: for the way back of a batch of \(NumberText.grouped(summary.batch)) with "
        + "\(NumberText.grouped(summary.length)) steps. Multiply-adds: of one step of one sequence; of a whole sequence "
        + "\(NumberText.grouped(summary.multiplyAddsPerSequence))."
    ]
    if summary.rows.contains(where: { !$0.isEveryStep && $0.multiplyAdds > 0 }) { notes.append("* once a sequence.") }
    if summary.frozen > 0 { notes.append("\(NumberText.grouped(summary.frozen)) numbers are not trained.") }
    for note in notes { text += TextLayout.fitted(note) + "\n" }
    return text
  }

  static func table(of summary: WeightsSummary) -> String {
    var rows = [["part", "tensors", "numbers"]]
    rows += summary.rows.map { [shown($0.part), NumberText.grouped($0.tensors), NumberText.grouped($0.numbers)] }
    let tensors = summary.rows.reduce(0) { $0 + $1.tensors }
    rows.append(["all", NumberText.grouped(tensors), NumberText.grouped(summary.numbers)])
    return laid(rows, leading: 1) + "\n" + "The weights take \(NumberText.bytes(summary.weightBytes)).\n"
  }

  /// A name from a file: short, and nothing that a terminal would obey.
  private static func shown(_ name: String) -> String {
    let plain = String(
      name.unicodeScalars.prefix(60).map { $0.properties.generalCategory == .control ? "?" : Character($0) })
    return plain.unicodeScalars.count < name.unicodeScalars.count ? plain + "..." : plain
  }

  /// Columns as wide as their widest text, the leading ones to the left, the others to the right.
  private static func laid(_ rows: [[String]], leading: Int) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return column < leading ? row[column] + space : space + row[column]
      }
      return cells.joined(separator: "  ") + "\n"
    }.joined()
  }
}
