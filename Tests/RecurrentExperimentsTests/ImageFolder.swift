import Foundation
import Recurrent

/// A folder of small images whose class is the place of a bright spot.
struct ImageFolder {
  let path: String

  /// Images of `side` times `side` pixels in 4 classes: which quarter is bright.
  init(side: Int = 8, training: Int = 120, test: Int = 40) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "images-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (part, count) in [("train", training), ("t10k", test)] {
      let random = RandomSource(seed: 7).stream(part)
      var pixels: [UInt8] = []
      for image in 0..<count {
        let noise = random.stream(image)
        for row in 0..<side {
          for column in 0..<side {
            let isBright = (row * 2 / side) * 2 + column * 2 / side == image % 4
            pixels.append(UInt8((isBright ? 180 : 20) + noise.integer(below: 60, at: row * side + column)))
          }
        }
      }
      let files: [(String, [UInt8])] = [
        ("images-idx3", Self.header([count, side, side]) + pixels),
        ("labels-idx1", Self.header([count]) + (0..<count).map { UInt8($0 % 4) }),
      ]
      for (kind, bytes) in files { try Data(bytes).write(to: folder.appending(path: "\(part)-\(kind)-ubyte")) }
    }
    path = folder.path()
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  private static func header(_ sizes: [Int]) -> [UInt8] {
    [0, 0, 8, UInt8(sizes.count)] + sizes.flatMap { [0, 0, UInt8($0 >> 8), UInt8($0 & 255)] }
  }
}
