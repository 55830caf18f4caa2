package import CommandLineKit
import Recurrent

/// `recurrent train trees`: from files of labelled trees to a judged classifier in a folder.
package struct TrainTreesCommand: Command {
  package static let definition = TreeOptions.definition

  private let options: TreeOptions
  private let conduct: TrainingConduct

  package init(_ arguments: ParsedArguments) {
    options = TreeOptions(arguments)
    conduct = TrainingConduct(arguments)
  }

  package func run(in context: CommandContext) throws -> ExitCode {
    let start = ContinuousClock.now
    if let threads = options.threads { Threads.count = threads }
    let folder = ModelFolder(options.output)
    let record = try conduct.record(of: options, in: folder, context)
    let training = try Treebank(contentsOf: options.data)
    let validation = try Treebank(contentsOf: options.validation)
    let test = try options.test.map { try Treebank(contentsOf: $0) }
    for bank in [training, validation] + (test.map { [$0] } ?? []) {
      context.console.message("\(bank.file): \(bank.trees.count) trees, \(bank.nodeCount) nodes")
    }
    let run = try TrainingFolder(
      of: folder, record: record, data: Self.dataRecord(training, validation, test), resuming: conduct.resumes)
    var log = TreeLog(context.console, file: run.logFile)
    let classifier: TreeClassifier
    do {
      classifier = try TreeClassifier(
        fittedTo: training, validation: validation, others: test.map { [$0] } ?? [],
        configuration: options.configuration,
        checkpoints: FittingCheckpoints(run.path, every: .seconds(conduct.checkpointInterval)),
        isCancelled: { Interruption.isRequested },
        onEvent: { log.add($0) })
    } catch {
      log.finish()
      throw run.failure(error)
    }
    log.finish()
    try run.checkInterruption()
    let judged = test ?? validation
    let document = TreeDocument(
      command: record.commandLine, classifier: classifier, training: log.result,
      data: .init(training: training, validation: validation, test: test),
      scores: (
        try classifier.evaluate(on: validation), try test.map { try classifier.evaluate(on: $0) }
      ),
      baselines: try classifier.baselines(training: training, validation: validation, on: judged),
      seconds: (ContinuousClock.now - start).inSeconds)
    try run.checkInterruption()
    try run.finish(try files(classifier, document, log, record))
    context.console.message("model in \(folder.path)")
    if conduct.printsJSON {
      try context.console.result(json: document)
    } else {
      try context.console.result(document.text)
    }
    return .done
  }

  /// The digest counts every file in its place.
  private static func dataRecord(
    _ training: Treebank, _ validation: Treebank, _ test: Treebank?
  ) -> TrainingFolder.DataRecord {
    let banks = [training, validation, test]
    let digests = banks.map { $0?.digest ?? "none" }.joined(separator: "\n")
    return TrainingFolder.DataRecord(
      digest: SHA256.hexDigest(of: Array(digests.utf8)), rows: banks.reduce(0) { $0 + ($1?.trees.count ?? 0) })
  }

  /// What `config.json` holds.
  private struct Configuration: Encodable {
    let format = ModelFolder.format
    let program = "\(CommandTable.programName) \(CommandTable.version)"
    let command: [String]
    let commandLine: String
    let options: TreeOptions
    let seed: UInt64
    let trees: TreeClassifierRecord
  }

  private func files(
    _ classifier: TreeClassifier, _ document: TreeDocument, _ log: TreeLog,
    _ record: TrainingFolder.Record<TreeOptions>
  ) throws -> [(name: String, bytes: [UInt8])] {
    let configuration = Configuration(
      command: record.command, commandLine: record.commandLine, options: options, seed: options.seed,
      trees: classifier.record)
    var files = try classifier.files()
    files.append((Forecaster.FileName.configuration, try ModelFolder.json(configuration)))
    files.append(("metrics.json", try ModelFolder.json(document)))
    files.append(("log.jsonl", Array((log.lines.joined(separator: "\n") + "\n").utf8)))
    return files
  }
}
