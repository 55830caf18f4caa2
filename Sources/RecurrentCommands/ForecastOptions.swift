package import CommandLineKit
package import Recurrent

/// Everything that `train forecast` can be told, in the form in which it is also kept in a model folder: the keys are
/// the names of the options, so that `--config MODEL/config.json` repeats a run.
package struct ForecastOptions: RecordedOptions, Sendable, Equatable {
  // The data.
  package var data: [String]
  package var id: String?
  package var seriesInRows: Bool
  package var target: [String]
  package var known: [String]
  package var past: [String]
  package var category: [String]
  package var `static`: [String]
  package var future: String?
  package var time: String?
  package var timeFormat: String?
  package var noHeader: Bool
  package var delimiter: String?
  package var frequency: String?
  package var missing: String
  package var split: String?
  package var validation: String?
  package var test: String?
  // The forecast.
  package var horizon: Int
  package var window: Int?
  package var season: Int?
  /// nil for never.
  package var refit: Int?
  package var levels: [Double]
  // The model.
  package var cell: String
  package var hidden: Int?
  package var layers: Int
  /// nil for none.
  package var connections: String?
  package var decoder: String
  package var dropout: Double
  /// As they are written, in the order of the table; nil for none.
  package var regularizer: [String]?
  package var segment: Int?
  package var noShortcut: Bool
  package var quantileHeads: Bool
  /// nil for one training.
  package var ensemble: Int?
  package var distribution: String?
  package var scaler: String?
  package var difference: String
  // The training.
  package var epochs: Int?
  package var batch: Int?
  /// nil for none.
  package var augment: [String]?
  package var optimizer: String
  package var learningRate: LearningRateRule?
  package var schedule: String?
  package var weightDecay: Double?
  package var average: Averaging?
  package var clipNorm: Double
  package var patience: Int?
  package var timeLimit: Duration?
  package var search: Int?
  package var searchMethod: String?
  package var searchSpace: [String]?
  package var seed: UInt64
  package var threads: Int?
  // The output.
  package var output: String

  /// A length of time as it is written on the command line: `90`, `90s`, `15m` or `2h`.
  package struct Duration: Codable, Sendable, Equatable, CustomStringConvertible {
    /// The length in seconds.
    package let seconds: Double

    /// Reads a duration; `nil` if the text is none, or not above zero.
    package init?(_ text: String) {
      let factors: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
      let factor = text.last.flatMap { factors[$0] }
      guard let number = Double(factor == nil ? text[...] : text.dropLast()), number > 0, number.isFinite else {
        return nil
      }
      seconds = number * (factor ?? 1)
    }

    package init(from decoder: any Decoder) throws {
      seconds = try decoder.singleValueContainer().decode(Double.self)
    }

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(seconds)
    }

    /// The length in seconds, with the unit.
    package var description: String { "\(seconds) s" }
  }

  /// How weights are averaged, as it is written on the command line: `off` or the share that each update keeps.
  package struct Averaging: Codable, Sendable, Equatable, CustomStringConvertible {
    /// The share that is kept, 0 for no averaging.
    package let share: Double

    /// Reads `off` or a share; `nil` if the text is neither.
    package init?(_ text: String) {
      guard let share = text == "off" ? 0 : Double(text), share >= 0, share < 1 else { return nil }
      self.share = share
    }

    package init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      share = (try? container.decode(Double.self)) ?? 0
    }

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      if share > 0 { try container.encode(share) } else { try container.encode(description) }
    }

    /// `off` or the share.
    package var description: String { share > 0 ? "\(share)" : "off" }
  }

  package static var definition: CommandDefinition { ForecastOptionTable.definition }
  package static let resumable: Set<CodingKeys> = [.data, .threads, .output]
  package static let dataUnit = "rows"

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case data, id
    case seriesInRows = "series-in-rows"
    case target, known, past, category
    case `static`
    case future, time
    case timeFormat = "time-format"
    case noHeader = "no-header"
    case delimiter, frequency, missing, split, validation, test, horizon, window, season, refit, levels
    case cell, hidden, layers, connections, decoder, dropout, regularizer, segment
    case noShortcut = "no-shortcut"
    case quantileHeads = "quantile-heads"
    case ensemble, distribution, scaler, difference, epochs, batch, augment, optimizer
    case learningRate = "learning-rate"
    case schedule
    case weightDecay = "weight-decay"
    case average
    case clipNorm = "clip-norm"
    case patience
    case timeLimit = "time-limit"
    case search
    case searchMethod = "search-method"
    case searchSpace = "search-space"
    case seed, threads, output
  }

  /// Takes the values of a command line of `ForecastOptionTable`.
  ///

  /// - Throws: `UsageError` for options that exclude one another.
  package init(_ arguments: ParsedArguments) throws(UsageError) {
    func key(_ key: CodingKeys) -> String { key.rawValue }
    /// The value of an option that has a default in the table or is required.
    func certain<Value>(_ value: Value?, _ name: CodingKeys) -> Value {
      guard let value else { preconditionFailure("the option table gives no value for \(name.rawValue)") }
      return value
    }
    func text(_ name: CodingKeys) -> String { certain(arguments.text(key(name)), name) }
    func integer(_ name: CodingKeys) -> Int { certain(arguments.integer(key(name)), name) }
    func number(_ name: CodingKeys) -> Double { certain(arguments.number(key(name)), name) }

    data = arguments.texts(key(.data))
    id = arguments.text(key(.id))
    seriesInRows = arguments.flag(key(.seriesInRows))
    target = arguments.texts(key(.target))
    known = arguments.texts(key(.known))
    past = arguments.texts(key(.past))
    category = arguments.texts(key(.category))
    `static` = arguments.texts(key(.static))
    future = arguments.text(key(.future))
    time = arguments.text(key(.time))
    timeFormat = arguments.text(key(.timeFormat))
    noHeader = arguments.flag(key(.noHeader))
    delimiter = arguments.text(key(.delimiter))
    frequency = arguments.text(key(.frequency))
    missing = text(.missing)
    split = arguments.text(key(.split))
    validation = arguments.text(key(.validation))
    test = arguments.text(key(.test))
    horizon = integer(.horizon)
    window = arguments.integer(key(.window))
    season = arguments.integer(key(.season))
    refit = RefitPolicy(text(.refit))?.interval
    levels = certain(ForecastOptionTable.levels(text(.levels)), .levels)
    cell = text(.cell)
    hidden = arguments.integer(key(.hidden))
    layers = integer(.layers)
    connections = text(.connections) == LayerConnections.none.rawValue ? nil : text(.connections)
    decoder = text(.decoder)
    dropout = number(.dropout)
    let regularizers = arguments.texts(key(.regularizer))
    regularizer =
      regularizers.isEmpty
      ? nil
      : RegularizerKind.all.flatMap { kind in regularizers.filter { $0.hasPrefix(kind.name + "=") } }
    segment = arguments.integer(key(.segment))
    noShortcut = arguments.flag(key(.noShortcut))
    quantileHeads = arguments.flag(key(.quantileHeads))
    ensemble = integer(.ensemble) > 1 ? integer(.ensemble) : nil
    distribution = arguments.text(key(.distribution))
    scaler = arguments.text(key(.scaler))
    difference = text(.difference)
    epochs = arguments.integer(key(.epochs))
    batch = arguments.integer(key(.batch))
    let augmentations = arguments.texts(key(.augment)).map { certain(ForecastOptionTable.augmentations($0), .augment) }
    augment = augmentations.joined().isEmpty ? nil : Augmentation.named(Array(augmentations.joined()))?.map(\.name)
    optimizer = text(.optimizer)
    learningRate = arguments.text(key(.learningRate)).flatMap { LearningRateRule($0) }
    schedule = arguments.text(key(.schedule))
    weightDecay = arguments.number(key(.weightDecay))
    average = arguments.text(key(.average)).flatMap(Averaging.init)
    clipNorm = number(.clipNorm)
    patience = arguments.integer(key(.patience))
    timeLimit = arguments.text(key(.timeLimit)).flatMap(Duration.init)
    search = arguments.integer(key(.search))
    searchMethod = arguments.text(key(.searchMethod))
    searchSpace =
      arguments.text(key(.searchSpace)).flatMap(ForecastOptionTable.searchSpace)
      ?? search.map { _ in ForecasterSearch.optionNames.filter { !arguments.isGiven($0) } }
    seed = UInt64(integer(.seed))
    threads = arguments.integer(key(.threads))
    output = arguments.text(key(.output)) ?? Self.folder(for: data[0])
    try checkTogether(arguments)
  }

  /// How the files hold many series; nil for one series.
  package var form: SeriesPanel.Form? {
    seriesInRows ? .wide : id.map { .long(id: $0, categories: category, statics: self.static) }
  }

  /// What keeps recurrent layers from learning the training part by heart; nil for nothing.
  var regularization: RecurrentRegularization? {
    regularizer.map { texts in
      texts.compactMap(ForecastOptionTable.regularizer).reduce(into: RecurrentRegularization.none) {
        $0[keyPath: $1.kind.strength] = $1.strength
      }
    }
  }

  /// When the backtest fits anew.
  var refitPolicy: RefitPolicy { refit.map { .every($0) } ?? .never }

  /// The folder a model goes to when none is named: the name of the first file without folders and endings, and the task.
  package static func folder(for file: String, task: String = "forecast") -> String {
    let name = file.split(separator: "/").last.map(String.init) ?? ""
    let stem = name.split(separator: ".").first.map(String.init) ?? ""
    return (stem.isEmpty || name == "-" ? "series" : stem) + "-" + task
  }
}

extension KeyedDecodingContainer<ForecastOptions.CodingKeys> {
  /// Synthesised decoding takes this: files from before there was an option are of runs with its default.
  func decode(_ type: String.Type, forKey key: Key) throws -> String {
    if let text = try decodeIfPresent(type, forKey: key) { return text }
    let option = ForecastOptionTable.definition.options.first { $0.name == key.rawValue }
    guard case .value(let text) = option?.defaultValue else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "no \(key.rawValue)"))
    }
    return text
  }

  /// A flag that folders written before the option do not have is off.
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try decodeIfPresent(type, forKey: key) ?? false }

  /// A list of options that folders written before the option do not have is empty.
  func decode(_ type: [String].Type, forKey key: Key) throws -> [String] {
    try decodeIfPresent(type, forKey: key) ?? []
  }
}
