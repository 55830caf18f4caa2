import Recurrent

/// A classifier of trees read from its folder, with the options that it was trained by.
struct TrainedTrees {
  let folder: ModelFolder
  let classifier: TreeClassifier
  let options: TreeOptions

  /// The digests of the files that the model was trained with.
  private struct Metrics: Decodable {
    struct Data: Decodable {
      let training, validation: Part
    }
    struct Part: Decodable {
      let digest: String
    }
    let data: Data
  }

  /// Reads a model folder; nil if it holds a forecaster.
  ///
  /// - Throws: `ModelFolderError` or `SafetensorsError` that names the file.
  init?(_ path: String) throws {
    folder = ModelFolder(path)
    guard let configuration = try TrainedConfiguration<TreeClassifierRecord, TreeOptions>(in: folder) else {
      return nil
    }
    options = configuration.options
    classifier = try TreeClassifier(from: folder, record: configuration.record)
  }

  /// The trees that the model was trained with and those that ended the training, read again.
  ///
  /// - Throws: `DataError` if a file has changed since.
  func trainingTrees() throws -> (training: Treebank, validation: Treebank) {
    let known = try folder.value(Metrics.self, from: "metrics.json").data
    func read(_ path: String, _ digest: String) throws -> Treebank {
      let bank = try Treebank(contentsOf: path)
      guard bank.digest == digest else {
        throw DataError(
          file: path, expected: "the trees the model was trained with", received: "a file that has changed since",
          hint: "train the model again")
      }
      return bank
    }
    return (try read(options.data, known.training.digest), try read(options.validation, known.validation.digest))
  }
}
