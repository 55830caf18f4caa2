import Foundation
import RecurrentData
import RecurrentModels
import Testing

private struct Configuration: Codable {
  let forecaster: ForecasterRecord
}

@Suite struct ForecasterFolderTests {
  private func write(_ forecaster: Forecaster, _ series: TimeSeries, to folder: ModelFolder) throws {
    let configuration = try ModelFolder.json(Configuration(forecaster: forecaster.record))
    try folder.write(
      [(name: Forecaster.FileName.configuration, bytes: configuration)] + forecaster.files(continuing: series),
      overwriting: true)
  }

  private func read(_ folder: ModelFolder) throws -> Forecaster {
    try Forecaster(
      from: folder, record: folder.value(Configuration.self, from: Forecaster.FileName.configuration).forecaster)
  }

  private static let ways: [(name: String, configuration: ForecasterConfiguration)] = [
    ("automatic", quick()),
    ("lstm of two layers", quick { ($0.cell, $0.layers, $0.scaler) = ("lstm", 2, .log) }),
    ("seasonal", quick { ($0.difference, $0.missing) = (.both, .seasonal) }),
    ("recursive", quick(horizon: 5) { ($0.decoder, $0.segment, $0.cell, $0.layers) = (.recursive, 2, "lstm", 2) }),
    ("encoder-decoder", quick(horizon: 5) { ($0.decoder, $0.cell, $0.layers) = (.encoderDecoder, "lstm", 2) }),
    ("transformer", quick { ($0.cell, $0.layers, $0.hiddenSize) = ("transformer", 2, 8) }),
    ("dilated", quick(horizon: 5) { ($0.cell, $0.layers, $0.segment) = ("dilated", 3, 2) }),
    ("heads", quick { ($0.hasQuantileHeads, $0.levels, $0.missing) = (true, [0.5, 0.95], .linear) }),
    ("powers", quick { $0.scaler = .boxCox }),
    ("ensemble", quick { ($0.ensembleSize, $0.augmentations) = (3, ["scaling"]) }),
    ("gaussian", quick { ($0.distribution, $0.difference, $0.levels) = ("gaussian", .first, [0.5, 0.95]) }),
    ("counts", quick { ($0.distribution, $0.scaler) = ("negative-binomial", .minMax) }),
  ]

  @Test(arguments: ways.indices) func comesBackBitForBit(way: Int) throws {
    // The window begins and ends in a gap, so that what stands before it matters.
    let gaps = [(200..<211, 0), (218..<220, 1), (190..<220, 2)].map { (rows: $0.0, column: $0.1) }
    var series = try SampleSeries(gaps: gaps).series()
    if Self.ways[way].name == "counts" {
      for column in series.columns.indices {
        series.columns[column].values = series.columns[column].values.map { $0.rounded() }
      }
    }
    let forecaster = try Forecaster(fittedTo: series, configuration: Self.ways[way].configuration)
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let folder = ModelFolder("\(scratch.path)/model")
    try write(forecaster, series, to: folder)
    let copy = try read(folder)
    #expect(copy.weightsDigest == forecaster.weightsDigest)
    #expect(copy.configuration == forecaster.configuration)
    let expected = try forecaster.forecast(after: series)
    #expect(try copy.forecast(after: series) == expected)
    #expect(try copy.backtest(on: series).evaluation == forecaster.backtest(on: series).evaluation)
    let paths = try forecaster.samplePaths(after: series, count: 9)
    #expect(try copy.samplePaths(after: series, count: 9) == paths)
    // The last rows in the folder are enough.
    let tail = try folder.value(SeriesTail.self, from: Forecaster.FileName.data).series(file: "data.json")
    #expect(copy.canContinue(tail))
    #expect(tail.rowCount < series.rowCount)
    #expect(try copy.forecast(after: tail) == expected)
    #expect(try copy.samplePaths(after: tail, count: 9) == paths)
    // A folder of before there were paths has everything else.
    try FileManager.default.removeItem(atPath: "\(folder.path)/\(Forecaster.FileName.paths)")
    let old = try read(folder)
    #expect(try old.forecast(after: series) == expected)
    #expect { try old.samplePaths(after: series, count: 9) } throws: { "\($0)".contains("train it again") }
  }

  /// What cannot go on from segment to segment never meets a decoder that asks it to; nor do weights that are too many to make.
  @Test func encodersThatCannotBeAreDamage() throws {
    let series = try SampleSeries(rows: 120).series()
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let folder = ModelFolder("\(scratch.path)/model")
    let recursive = quick(horizon: 5) { ($0.epochs, $0.decoder, $0.segment, $0.cell) = (1, .recursive, 2, "lstm") }
    let tall = quick { ($0.epochs, $0.cell, $0.layers, $0.hiddenSize) = (1, "dilated", 11, 2) }
    for (configuration, from, to, reason) in [
      (recursive, "\"lstm\"", "\"transformer\"", "a recurrent cell for the decoder recursive"),
      (quick { $0.epochs = 1 }, "\"gru\"", "\"conv-lstm\"", "a cell: elman"),
      (tall, "\"layers\" : 11", "\"layers\" : 60", "from 1 to 24 for layers"),
      (tall, "\"layers\" : 11", "\"layers\" : 18", "a state of at most"),
      (tall, "\"dilated\"", "\"dilatd\"", "a cell: elman"),
    ] {
      try write(try Forecaster(fittedTo: series, configuration: configuration), series, to: folder)
      let path = "\(folder.path)/config.json"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      #expect(text.contains(from), "\(text)")
      try text.replacing(from, with: to).write(toFile: path, atomically: true, encoding: .utf8)
      #expect { try read(folder) } throws: { "\($0)".contains(path) && "\($0)".contains(reason) }
    }
  }

  @Test func damagedFilesAreNamed() throws {
    let series = try SampleSeries(rows: 120).series()
    let forecaster = try Forecaster(fittedTo: series, configuration: quick { $0.epochs = 1 })
    let larger = try Forecaster(fittedTo: series, configuration: quick { ($0.epochs, $0.hiddenSize) = (1, 7) })
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let folder = ModelFolder("\(scratch.path)/model")
    for file in ["config.json", "encoders.json", "model.safetensors"] {
      try? FileManager.default.removeItem(atPath: folder.path)
      try write(forecaster, series, to: folder)
      let path = "\(folder.path)/\(file)"
      let bytes = try Data(contentsOf: URL(filePath: path))
      for damage in [Data(), bytes.prefix(bytes.count / 2), bytes.dropLast(3)] {
        try damage.write(to: URL(filePath: path))
        #expect { try read(folder) } throws: { "\($0)".contains(path) }
      }
      try FileManager.default.removeItem(atPath: path)
      #expect { try read(folder) } throws: { "\($0)".contains(path) }
    }
    // Weights of another model.
    try FileManager.default.removeItem(atPath: folder.path)
    try write(forecaster, series, to: folder)
    let other = ModelFolder("\(scratch.path)/other")
    try write(larger, series, to: other)
    try Data(other.bytes(of: "model.safetensors")).write(to: URL(filePath: "\(folder.path)/model.safetensors"))
    #expect { try read(folder) } throws: { "\($0)".contains("model.safetensors") || "\($0)".contains("config.json") }
    #expect(throws: ModelFolderError.missing(path: "/nowhere/model")) { try read(ModelFolder("/nowhere/model")) }
  }
}
