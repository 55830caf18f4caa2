package import CommandLineKit
package import Recurrent

/// What `evaluate` can be told.
package struct EvaluateOptions: Sendable, Equatable {
  /// The model folder.
  package let model: String
  /// Data to judge the model on; `nil` for the test part it was trained with.
  package let data: String?
  /// Of many series, the rows that `data` continues; `nil` for those the model was trained with.
  package let history: String?
  /// When the backtest on the test part fits anew.
  package let refit: RefitPolicy
  /// What the metrics must satisfy.
  package let requirements: [Requirement]
  /// Print the metrics as JSON.
  package let printsJSON: Bool
  /// Worker threads; `nil` for one for each core.
  package let threads: Int?

  package static let definition = CommandDefinition(
    "evaluate", summary: "Judge a model beside simple baselines",
    discussion: """
      Without DATA the model is judged on the test part of the data it was trained with. For a model of many series DATA \
      is the truth: what followed the last row of each series of the history. For a classifier of trees DATA is a file of \
      labelled trees.
      """,
    positionals: [
      PositionalDefinition("model", help: "a model folder"),
      PositionalDefinition("data", .optional, help: "a CSV file with the columns of the training data, or trees"),
    ],
    groups: [
      OptionGroup(
        "Options",
        [
          OptionDefinition(
            "history", .text, valueName: "FILE", default: .described("the files the model was trained with"),
            help: "For a model of many series: the rows before those of DATA.", example: "--history shops.csv"),
          CommonOptions.refit,
          OptionDefinition(
            "require", .pattern(expected: Requirement.expectation) { Requirement($0) != nil },
            valueName: "METRIC<=X", help: "End with exit code 1 if the metric is not so.",
            example: "--require 'mae<=22.5'", isRepeatable: true),
          OptionDefinition(
            "threads", .integer(1...1024), valueName: "N", default: .described("one for each core"),
            help: "Worker threads.", example: "--threads 2"),
          CommonOptions.json("metrics"),
          CommonOptions.quiet,
        ])
    ],
    examples: [
      CommandExample("evaluate sales-model --require 'skill>=0'", "Fail unless the model beats every baseline:")
    ])

  package init(_ arguments: ParsedArguments) {
    model = arguments.texts("model")[0]
    data = arguments.text("data")
    history = arguments.text("history")
    refit = arguments.text("refit").flatMap { RefitPolicy($0) } ?? .never
    requirements = arguments.texts("require").compactMap(Requirement.init)
    printsJSON = arguments.flag("json")
    threads = arguments.integer("threads")
  }
}

/// A bound on a metric, such as `mae<=22.5`.
package struct Requirement: Sendable, Equatable, CustomStringConvertible {
  /// The comparisons, those of two characters first.
  package enum Comparison: String, Sendable, CaseIterable {
    case atMost = "<="
    case atLeast = ">="
    case below = "<"
    case above = ">"
  }

  /// The metrics that can be required, by the names they have in `metrics.json`.
  package static let metrics = [
    "mae", "rmse", "mse", "smape", "mase", "scaledMAE", "scaledMSE", "coverage", "intervalScore", "skill",
    "accuracy", "binaryAccuracy", "nodeAccuracy",
  ]

  static let expectation = "METRIC<=X or METRIC>=X with one of " + metrics.joined(separator: ", ")

  /// The name of the metric.
  package let metric: String
  /// How it is compared.
  package let comparison: Comparison
  /// What it is compared with.
  package let bound: Double

  /// Reads a requirement; `nil` if the text is none. Upper and lower case of the metric do not matter.
  package init?(_ text: String) {
    for comparison in Comparison.allCases {
      guard let range = text.firstRange(of: comparison.rawValue) else { continue }
      let name = text[..<range.lowerBound].filter { !$0.isWhitespace }.lowercased()
      let number = text[range.upperBound...].filter { !$0.isWhitespace }
      guard let metric = Self.metrics.first(where: { $0.lowercased() == name }), let bound = Double(number),
        bound.isFinite
      else { return nil }
      self.metric = metric
      self.comparison = comparison
      self.bound = bound
      return
    }
    return nil
  }

  /// Whether `value` satisfies the bound; a value that is not a number satisfies none.
  package func isMet(by value: Double) -> Bool {
    switch comparison {
    case .atMost: value <= bound
    case .atLeast: value >= bound
    case .below: value < bound
    case .above: value > bound
    }
  }

  package var description: String { "\(metric)\(comparison.rawValue)\(bound)" }
}
