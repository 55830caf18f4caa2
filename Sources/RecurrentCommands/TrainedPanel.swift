import Recurrent

/// A forecaster of many series read from its folder, with what its folder knows about the data.
struct TrainedPanel {
  let folder: ModelFolder
  let forecaster: PanelForecaster
  let tail: PanelTail
  let options: ForecastOptions

  /// Reads a model folder; nil if it holds a model of one series.
  ///
  /// - Throws: `ModelFolderError` or `SafetensorsError` that names the file.
  init?(_ path: String) throws {
    folder = ModelFolder(path)
    guard let configuration = try TrainedConfiguration<PanelForecasterRecord, ForecastOptions>(in: folder) else {
      return nil
    }
    options = configuration.options
    guard !options.data.isEmpty, options.form != nil else {
      throw ModelFolderError.damaged(file: folder.configurationFile, reason: "it names no data")
    }
    forecaster = try PanelForecaster(from: folder, record: configuration.record)
    tail = try folder.value(PanelTail.self, from: Forecaster.FileName.data)
    guard tail.form == options.form, tail.categories == forecaster.categories, tail.form.categories == tail.categories,
      tail.statics ?? [] == forecaster.statics, tail.form.statics == forecaster.statics
    else {
      throw ModelFolderError.damaged(
        file: "\(path)/\(Forecaster.FileName.data)", reason: "it does not fit to \(Forecaster.FileName.configuration)")
    }
  }

  /// The last rows of the training data.
  func lastRows() throws -> SeriesPanel {
    try tail.panel(file: "\(folder.path)/\(Forecaster.FileName.data)")
  }

  /// The series the model was trained with, read again.
  ///
  /// - Throws: `DataError` if a file has changed since.
  func trainingInput() throws -> PanelInput {
    let input = try PanelInput(options, form: tail.form)
    guard input.whole.sources.map(\.digest) == tail.sources.map(\.digest) else {
      throw DataError(
        file: input.whole.sources.first?.file, expected: "the data the model was trained with",
        received: "a file that has changed since", hint: "name the rows before those of DATA with --history FILE")
    }
    return input
  }

  /// Other series of the kind of the training data.
  ///
  /// - Parameters:
  ///   - paths: The files, or `-` for standard input.
  ///   - isTruth: Whether they hold what followed only, and need not have the categories and static columns.
  /// - Returns: The series.
  /// - Throws: `DataError` with the place of what is wrong.
  func panel(contentsOf paths: [String], isTruth: Bool = false) throws -> SeriesPanel {
    var reading = ReadingOptions(options)
    reading.targets = tail.target.map { [$0] }
    reading.timeColumn = tail.timeColumn.map { .named($0) } ?? .none
    if tail.grid != .rows { reading.grid = tail.grid }
    return try SeriesPanel(
      contentsOf: paths, form: isTruth ? tail.form.namesAlone : tail.form, options: reading)
  }
}
