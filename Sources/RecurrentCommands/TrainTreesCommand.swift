package import CommandLineKit
import Recurrent

/// `recurrent train trees`: from files of labelled trees to a judged classifier in a folder.
package struct TrainTreesCommand: Command {
  package static let definition = TreeOptions.definition

  private let options: TreeOptions
  private let overwrites, printsJSON: Bool

  package init(_ arguments: ParsedArguments) {
    options = TreeOptions(arguments)
    (overwrites, printsJSON) = (arguments.flag("overwrite"), arguments.flag("json"))
  }

  package func run(in context: CommandContext) throws -> ExitCode {
    let start = ContinuousClock.now
    if let threads = options.threads { Threads.count = threads }
    let folder = ModelFolder(options.output)
    try folder.checkPlace(overwriting: overwrites)
    let training = try Treebank(contentsOf: options.data)
    let validation = try Treebank(contentsOf: options.validation)
    let test = try options.test.map { try Treebank(contentsOf: $0) }
    for bank in [training, validation] + (test.map { [$0] } ?? []) {
      context.console.message("\(bank.file): \(bank.trees.count) trees, \(bank.nodeCount) nodes")
    }
    var log = TreeLog(context.console)
    let classifier: TreeClassifier
    do {
      classifier = try TreeClassifier(
        fittedTo: training, validation: validation, others: test.map { [$0] } ?? [],
        configuration: options.configuration,
        isCancelled: { Interruption.isRequested }, onEvent: { log.add($0) })
    } catch {
      log.finish()
      throw error
    }
    log.finish()
    try Interruption.check()
    let judged = test ?? validation
    let document = TreeDocument(
      command: context.commandLine, classifier: classifier, training: log.result,
      data: .init(training: training, validation: validation, test: test),
      scores: (
        try classifier.evaluate(on: validation), try test.map { try classifier.evaluate(on: $0) }
      ),
      baselines: try classifier.baselines(training: training, validation: validation, on: judged),
      seconds: (ContinuousClock.now - start).inSeconds)
    try folder.write(try files(classifier, document, log, context), overwriting: overwrites)
    context.console.message("model in \(folder.path)")
    if printsJSON {
      try context.console.result(json: document)
    } else {
      try context.console.result(document.text)
    }
    return .done
  }

  /// What `config.json` holds.
  private struct Configuration: Encodable {
    let format = ModelFolder.format
    let program = "\(CommandTable.programName) \(CommandTable.version)"
    let command = ["train", TreeOptions.definition.name]
    let commandLine: String
    let options: TreeOptions
    let seed: UInt64
    let trees: TreeClassifierRecord
  }

  private func files(
    _ classifier: TreeClassifier, _ document: TreeDocument, _ log: TreeLog, _ context: CommandContext
  ) throws -> [(name: String, bytes: [UInt8])] {
    let configuration = Configuration(
      commandLine: context.commandLine, options: options, seed: options.seed, trees: classifier.record)
    var files = try classifier.files()
    files.append((Forecaster.FileName.configuration, try ModelFolder.json(configuration)))
    files.append(("metrics.json", try ModelFolder.json(document)))
    files.append(("log.jsonl", Array((log.lines.joined(separator: "\n") + "\n").utf8)))
    return files
  }
}
