import Recurrent

/// A forecaster read from its folder, with what its folder knows about the data.
struct TrainedForecaster {
  let folder: ModelFolder
  let forecaster: Forecaster
  let tail: SeriesTail
  let options: ForecastOptions

  private struct Configuration: Decodable {
    let options: ForecastOptions
    let forecaster: ForecasterRecord
  }

  /// Reads a model folder.
  ///
  /// - Throws: `ModelFolderError` or `SafetensorsError` that names the file.
  init(_ path: String) throws {
    folder = ModelFolder(path)
    let configuration = try folder.value(Configuration.self, from: Forecaster.FileName.configuration)
    options = configuration.options
    forecaster = try Forecaster(from: folder, record: configuration.forecaster)
    tail = try folder.value(SeriesTail.self, from: Forecaster.FileName.data)
  }

  /// The last rows of the training data.
  func lastRows() throws -> TimeSeries {
    try tail.series(file: "\(folder.path)/\(Forecaster.FileName.data)")
  }

  /// The series the model was trained with, read again.
  ///
  /// - Throws: `DataError` if a file has changed since.
  func trainingSeries() throws -> TimeSeries {
    let series = try ForecastInput(options).series
    guard series.digest == tail.summary.digest else {
      throw DataError(
        file: series.sources.first?.file, expected: "the data the model was trained with",
        received: "a file that has changed since", hint: "name the file as DATA to judge the model on all its rows")
    }
    return series
  }

  /// Other data with the columns of the training data.
  func series(contentsOf path: String) throws -> TimeSeries {
    var reading = ReadingOptions()
    let summary = tail.summary
    reading.requiredColumns = summary.columns.map(\.name)
    reading.targets = summary.columns.filter { $0.role == .target }.map(\.name)
    reading.timeColumn = summary.timeColumn.map { .named($0) } ?? .none
    reading.grid = summary.grid
    reading.timeFormat = options.timeFormat
    if options.noHeader { reading.hasHeader = false }
    let series = try TimeSeries(contentsOf: [path], options: reading)
    let needed = forecaster.window + 1
    guard series.rowCount >= needed else {
      throw DataError(
        file: path, line: 1, column: 1, expected: "at least \(needed) rows, the window of the model and one more",
        received: "\(series.rowCount)")
    }
    return series
  }
}
