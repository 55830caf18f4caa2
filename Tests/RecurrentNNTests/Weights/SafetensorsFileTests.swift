import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct SafetensorsFileTests {
  /// The bytes of a file with this header and as many bytes of content.
  private static func file(_ header: String, content: Int = 0, padded: Bool = true) -> [UInt8] {
    let header = Array(header.utf8) + (padded ? [0x20, 0x20] : [])
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
    return length + header + [UInt8](repeating: 0, count: content)
  }

  private static func tensor(_ name: String, _ type: String, _ shape: String, _ offsets: String) -> String {
    "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  static let hostile: [(bytes: [UInt8], text: String)] = [
    ([], "bad: the file is cut short: expected 8 bytes, received 0"),
    ([1, 0, 0, 0, 0, 0, 0], "bad: the file is cut short: expected 8 bytes, received 7"),
    (
      [UInt8](repeating: 255, count: 20),
      "bad: not a valid safetensors file: a header of 18446744073709551615 bytes; at most 100000000 are allowed"
    ),
    ([100, 0, 0, 0, 0, 0, 0, 0, 0x7B], "bad: the file is cut short: expected 108 bytes, received 9"),
    (file("", padded: false), "bad: not a valid safetensors file: the header does not begin with “{”"),
    (file(" {}"), "bad: not a valid safetensors file: the header does not begin with “{”"),
    (file("[1]"), "bad: not a valid safetensors file: the header does not begin with “{”"),
    (file("{"), "bad: not a valid safetensors file: expected “\"” (header byte 3)"),
    (file("{} {}"), "bad: not a valid safetensors file: unexpected text after the end of the header (header byte 3)"),
    (
      file("{\"a\":1}"),
      "bad: not a valid safetensors file: expected an object, a list of integers or a string (header byte 5)"
    ),
    (file("{\"a\":\"b\"}"), "bad: not a valid safetensors file: tensor “a” is not an object"),
    (file("{\"a\":{}}"), "bad: not a valid safetensors file: tensor “a” needs dtype, shape and data_offsets"),
    (
      file("{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4],\"extra\":[]}}", content: 4),
      "bad: not a valid safetensors file: tensor “a” has an unknown or mistyped member “extra”"
    ),
    (
      file("{\(tensor("a", "F32", "[2]", "[0,8]")),\(tensor("a", "F32", "[2]", "[8,16]"))}", content: 16),
      "bad: not a valid safetensors file: the key “a” stands twice (header byte 57)"
    ),
    (
      file("{\(tensor("a", "F31", "[2]", "[0,8]"))}", content: 8),
      "bad: not a valid safetensors file: tensor “a” has the unknown dtype “F31”"
    ),
    (
      file("{\(tensor("a", "F32", "[2]", "[0,4]"))}", content: 4),
      "bad: not a valid safetensors file: tensor “a” F32 [2] needs 8 bytes, received 4"
    ),
    (
      file("{\(tensor("a", "F32", "[2]", "[8,0]"))}", content: 8),
      "bad: not a valid safetensors file: tensor “a” has data_offsets [8, 0], not a begin and an end"
    ),
    (
      file("{\(tensor("a", "F32", "[2]", "[0,8,8]"))}", content: 8),
      "bad: not a valid safetensors file: tensor “a” has data_offsets [0, 8, 8], not a begin and an end"
    ),
    (
      file("{\(tensor("a", "F32", "[-2]", "[0,8]"))}", content: 8),
      "bad: not a valid safetensors file: expected a whole number that is not negative (header byte 29)"
    ),
    (
      file("{\(tensor("a", "F32", "[2.0]", "[0,8]"))}"),
      "bad: not a valid safetensors file: expected “]” (header byte 30)"
    ),
    (
      file("{\(tensor("a", "F32", "[02]", "[0,8]"))}"),
      "bad: not a valid safetensors file: a number begins with zero (header byte 31)"
    ),
    (
      file("{\(tensor("a", "F32", "[9223372036854775808]", "[0,8]"))}"),
      "bad: not a valid safetensors file: a number is too large (header byte 47)"
    ),
    (
      file("{\(tensor("a", "F32", "[4294967296,4294967296]", "[0,8]"))}", content: 8),
      "bad: not a valid safetensors file: tensor “a” has the impossible shape [4294967296, 4294967296]"
    ),
    (
      file("{\(tensor("a", "F32", "[2]", "[0,8]")),\(tensor("b", "F32", "[2]", "[4,12]"))}", content: 12),
      "bad: not a valid safetensors file: tensor “b” begins at byte 4 and overlaps another tensor"
    ),
    (
      file("{\(tensor("a", "F32", "[2]", "[0,8]")),\(tensor("b", "F32", "[1]", "[12,16]"))}", content: 16),
      "bad: not a valid safetensors file: tensor “b” begins at byte 12 and leaves a gap before it"
    ),
    (
      file("{\(tensor("a", "F32", "[2]", "[0,8]"))}", content: 9),
      "bad: not a valid safetensors file: 1 bytes after the last tensor"
    ),
    (
      file("{\(tensor("a", "F32", "[2]", "[0,8]"))}", content: 7),
      "bad: the file is cut short: expected 72 bytes, received 71"
    ),
    (
      file("{\"__metadata__\":{\"a\":[1]}}"),
      "bad: not a valid safetensors file: “__metadata__” holds more than texts"
    ),
    (file("{\"\\ud800x\":{}}"), "bad: not a valid safetensors file: half a surrogate pair in a string (header byte 8)"),
    (
      file("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}"),
      "bad: not a valid safetensors file: nested too deep (header byte 25)"
    ),
  ]

  @Test(arguments: hostile) func hostileBytesAreRefused(bytes: [UInt8], text: String) {
    let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(bytes: bytes, name: "bad") }
    #expect(error?.description == text)
  }

  @Test func changedBytesNeverStopTheProgram() throws {
    let good = SafetensorsFile.encoded(SmallModel().namedTensors, metadata: ["by": "\u{1} \"test\" \\ é"])
    var data = TestData(seed: 51)
    for _ in 0..<4000 {
      var bytes = good
      for _ in 0...data.integer(below: 3) { bytes[data.integer(below: bytes.count)] = UInt8(data.integer(below: 256)) }
      if data.integer(below: 4) == 0 { bytes.removeLast(data.integer(below: bytes.count)) }
      guard let file = try? SafetensorsFile(bytes: bytes, name: "changed") else { continue }
      for entry in file.entries { _ = try? file.tensor(entry) }
    }
  }

  @Test func whatIsWrittenIsRead() throws {
    var data = TestData(seed: 52)
    let tensors: [(name: String, tensor: Tensor)] = [
      ("b.weight", data.tensor([3, 2])), ("a", Tensor([.infinity], shape: [])), ("empty", Tensor(zeros: [0, 4])),
    ]
    let metadata = ["by": "\u{1} \"test\" \\ é", "": "x"]
    let bytes = SafetensorsFile.encoded(tensors, metadata: metadata)
    #expect(bytes == SafetensorsFile.encoded(tensors, metadata: metadata))
    let file = try SafetensorsFile(bytes: bytes, name: "memory")
    #expect(file.metadata == metadata)
    #expect(Set(file.entries.map(\.name)) == ["b.weight", "a", "empty"])
    for (name, tensor) in tensors { #expect(try file.tensor(name) == tensor) }
    #expect(throws: SafetensorsError.missing(file: "memory", tensor: "c")) { try file.tensor("c") }
  }

  @Test func otherScalarTypesAreConverted() throws {
    let header =
      "{\(Self.tensor("half", "F16", "[6]", "[0,12]")),\(Self.tensor("brain", "BF16", "[2]", "[12,16]")),"
      + "\(Self.tensor("double", "F64", "[1]", "[16,24]")),\(Self.tensor("whole", "I64", "[1]", "[24,32]")),"
      + "\(Self.tensor("deep", "F32", "[1,1,1,1,1,1,1]", "[32,36]"))}"
    var bytes = Self.file(header)
    for half: UInt16 in [0x3C00, 0xC000, 0x0001, 0x7C00, 0x3555, 0x83FF] { withUnsafeBytes(of: half) { bytes += $0 } }
    for brain: UInt16 in [0x3FC0, 0xC2F7] { withUnsafeBytes(of: brain) { bytes += $0 } }
    withUnsafeBytes(of: Double(-0.15625).bitPattern) { bytes += $0 }
    bytes += [UInt8](repeating: 0, count: 12)
    let file = try SafetensorsFile(bytes: bytes, name: "mixed")
    #expect(
      try file.tensor("half")
        == Tensor([1, -2, 0x1p-24, .infinity, 0.333251953125, -1023 * 0x1p-24], shape: [6]))
    #expect(try file.tensor("brain") == Tensor([1.5, -123.5], shape: [2]))
    #expect(try file.tensor("double") == Tensor([-0.15625], shape: [1]))
    let error = #expect(throws: SafetensorsError.self) { try file.tensor("whole") }
    #expect(
      error?.description == "mixed: tensor “whole” holds I64; weights are F64, F32, F16 or BF16 with at most 6 axes")
    #expect(throws: SafetensorsError.self) { try file.tensor("deep") }
  }
}
