import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// Numbers computed elsewhere in float64: `layers_and_losses.py`, `likelihoods.py`, `cells.py` and others of
/// `Tests/Reference` say how.
enum ReferenceNumbers {
  static let file = fixture("layers-and-losses"), likelihoods = fixture("likelihoods"), cells = fixture("cells")
  static let trees = fixture("trees")
  static let projectedLSTM = fixture("projected-lstm"), spectralRadii = fixture("spectral-radii")
  static let convLSTM = fixture("conv-lstm"), compositions = fixture("compositions")
  static let attention = fixture("attention"), temporalConvolution = fixture("temporal-convolution")

  private static func fixture(_ name: String) -> SafetensorsFile {
    let here = URL(filePath: #filePath).deletingLastPathComponent()
    let path = here.appending(path: "../Fixtures/\(name).safetensors").standardizedFileURL.path
    return try! SafetensorsFile(contentsOf: path)
  }

  /// The lengths that the script uses for three rows of four steps.
  static let lengths = [4, 0, 2]

  static func tensor(_ name: String) -> Tensor { try! file.tensor(name) }

  /// The module with its tensors replaced by those of the file below a name.
  static func replacing<M: Module>(_ module: M, _ name: String, in file: SafetensorsFile) -> M {
    let tensors = module.namedTensors.map { ($0.name, try! file.tensor("\(name).\($0.name)")) }
    return ModuleTensors.replacing(module, Dictionary(uniqueKeysWithValues: tensors))
  }

  /// How far numbers may be apart: relative to the largest, by the scalar of the build.
  static var tolerance: Double { MemoryLayout<Scalar>.size == 8 ? 1e-12 : 1e-5 }

  static func expectEqual(
    _ received: Tensor, _ name: String, in file: SafetensorsFile = file,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = Comparison.relativeError(received, try! file.tensor(name))
    #expect(error <= tolerance, "\(name) differs by \(error)", sourceLocation: sourceLocation)
  }
}
