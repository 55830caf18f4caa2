import Recurrent

/// What a kind of model keeps of itself in `config.json`.
protocol FolderRecord: Decodable {
  /// The key it stands under.
  static var key: String { get }
}

extension ForecasterRecord: FolderRecord {
  static var key: String { "forecaster" }
}

extension PanelForecasterRecord: FolderRecord {
  static var key: String { "panel" }
}

extension TreeClassifierRecord: FolderRecord {
  static var key: String { "trees" }
}

extension ModelFolder {
  /// The form of the folders that this program writes and reads.
  static var format: Int { 1 }

  /// The path of `config.json`.
  var configurationFile: String { "\(path)/\(Forecaster.FileName.configuration)" }
}

/// The `config.json` of a model folder: a model of one kind, and the options that it was trained by.
struct TrainedConfiguration<Record: FolderRecord, Options: Decodable> {
  let record: Record
  let options: Options

  /// Reads the configuration of a folder; nil if it holds a model of another kind.
  ///
  /// - Throws: `ModelFolderError` that names the file.
  init?(in folder: ModelFolder) throws {
    let content = try folder.value(Content.self, from: Forecaster.FileName.configuration)
    guard content.format == ModelFolder.format else {
      throw ModelFolderError.damaged(file: folder.configurationFile, reason: "its format is \(content.format)")
    }
    guard let (record, options) = content.model else { return nil }
    (self.record, self.options) = (record, options)
  }

  private struct Content: Decodable {
    let format: Int
    let model: (Record, Options)?

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: TextKey.self)
      format = try values.decode(Int.self, forKey: TextKey("format"))
      // What another format says is not read.
      guard format == ModelFolder.format else {
        model = nil
        return
      }
      model = try values.decodeIfPresent(Record.self, forKey: TextKey(Record.key)).map { record in
        (record, try values.decode(Options.self, forKey: TextKey("options")))
      }
    }
  }
}
