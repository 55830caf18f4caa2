import Recurrent

/// A forecaster read from its folder, with what its folder knows about the data.
struct TrainedForecaster {
  let folder: ModelFolder
  let forecaster: Forecaster
  let tail: SeriesTail
  let options: ForecastOptions

  /// Reads a model folder.
  ///
  /// - Throws: `ModelFolderError` or `SafetensorsError` that names the file.
  init(_ path: String) throws {
    folder = ModelFolder(path)
    guard let configuration = try TrainedConfiguration<ForecasterRecord, ForecastOptions>(in: folder) else {
      throw ModelFolderError.damaged(file: folder.configurationFile, reason: "it holds no forecaster")
    }
    guard !configuration.options.data.isEmpty else {
      throw ModelFolderError.damaged(file: folder.configurationFile, reason: "it names no data")
    }
    options = configuration.options
    forecaster = try Forecaster(from: folder, record: configuration.record)
    tail = try folder.value(SeriesTail.self, from: Forecaster.FileName.data)
  }

  /// The last rows of the training data.
  func lastRows() throws -> TimeSeries {
    let file = "\(folder.path)/\(Forecaster.FileName.data)"
    let series = try tail.series(file: file)
    guard forecaster.canContinue(series) else {
      throw ModelFolderError.damaged(file: file, reason: "the model cannot continue its rows")
    }
    return series
  }

  /// The series the model was trained with, read again.
  ///
  /// - Throws: `DataError` if a file has changed since.
  func trainingSeries() throws -> TimeSeries {
    let series = try ForecastInput(options).series
    guard series.digest == tail.summary.digest, forecaster.split.test.upperBound <= series.rowCount,
      forecaster.canContinue(series)
    else {
      throw DataError(
        file: series.sources.first?.file, expected: "the data the model was trained with",
        received: "a file that has changed since", hint: "name the file as DATA to judge the model on all its rows")
    }
    return series
  }

  /// Other data with the columns of the training data.
  ///
  /// - Parameters:
  ///   - path: The file, or `-` for standard input.
  ///   - count: Rows that must follow the first window.
  /// - Returns: The series, its columns in the order of the model.
  /// - Throws: `DataError` with the place of what is wrong.
  func series(contentsOf path: String, rowsAfterWindow count: Int = 0) throws -> TimeSeries {
    var reading = ForecastInput.reading(tail.summary, options)
    reading.requiredColumns = tail.summary.columns.map(\.name)
    let series = try TimeSeries(contentsOf: [path], options: reading)
    let needed = count == 0 ? forecaster.fewestRows : forecaster.rowsSeen + count
    guard series.rowCount >= needed else {
      throw DataError(
        file: path, line: 1, column: 1,
        expected: "at least \(needed) rows: what the model sees" + (count == 0 ? "" : " and a horizon"),
        received: "\(series.rowCount)")
    }
    return series
  }

  /// The known columns of rows to be forecast.
  ///
  /// - Parameter path: The file, or `-` for standard input.
  /// - Returns: The known columns, which may begin before the rows to be forecast and end after them.
  /// - Throws: `DataError` with the place of what is wrong.
  func future(contentsOf path: String) throws -> TimeSeries {
    guard !forecaster.knownNames.isEmpty else {
      throw CommandFailure(
        .usage, code: "conflicting-options", "--future is given, but the model has no known columns",
        file: folder.path, hint: "leave --future out, or train with --known COLUMN")
    }
    return try ForecastInput.future(path, after: tail.summary, options)
  }
}
