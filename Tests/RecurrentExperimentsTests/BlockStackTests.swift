import Recurrent
import RecurrentExperiments
import RecurrentTestSupport
import Testing

@Suite struct BlockStackTests {
  private static func stack(_ name: String, layers: Int = 2) throws -> BlockStack {
    let kind = try #require(RecurrentKind(named: name))
    return BlockStack(kind, .init(inputSize: 3, hiddenSize: 7, layers: layers, random: RandomSource(seed: 4)))
  }

  private static func encoded(_ stack: BlockStack, _ x: Tensor, lengths: [Int]? = nil) -> EncodedSequence {
    var context = ForwardContext.inference
    return stack.encode(x, lengths: lengths, context: &context)
  }

  @Test(arguments: ["lru", "gru"]) func aRowAloneIsTheRowInItsBatch(name: String) throws {
    let stack = try Self.stack(name)
    var data = TestData(seed: 5)
    var x = data.tensor([3, 6, 3])
    let lengths = [6, 2, 4]
    x[1, 3, 2] = .nan
    let together = Self.encoded(stack, x, lengths: lengths)
    for (row, length) in lengths.enumerated() {
      let alone = Self.encoded(stack, x[row..<row + 1, axis: 0][0..<length, axis: 1])
      #expect(together.outputs[row..<row + 1, axis: 0][0..<length, axis: 1] == alone.outputs)
      #expect(together.outputs[at: row, axis: 0][length..<6, axis: 0] == Tensor(zeros: [6 - length, 7]))
      #expect(together.lastOutputs[row..<row + 1, axis: 0] == alone.lastOutputs)
    }
  }

  /// A block adds to what goes around it: with a mixture of zeros the stack is its affine map.
  @Test func aBlockHasAWayAroundIt() throws {
    var stack = try Self.stack("lru")
    var data = TestData(seed: 6)
    let x = data.tensor([2, 5, 3])
    let full = Self.encoded(stack, x).outputs
    struct Silencer: ParameterVisitor {
      var path: [String] = []
      mutating func enter(_ name: String) { path.append(name) }
      mutating func leave() { path.removeLast() }
      mutating func visit(_ tensor: inout Tensor, _ name: String, _ kind: ParameterKind) {
        if path.contains("mixture") { tensor = Tensor(zeros: tensor.shape) }
      }
    }
    var silencer = Silencer()
    stack.visitParameters(&silencer)
    let silent = Self.encoded(stack, x).outputs
    let random = RandomSource(seed: 4).stream("input")
    var context = ForwardContext.inference
    #expect(silent == Linear(inputSize: 3, outputSize: 7, random: random)(x, context: &context))
    #expect(silent != full)
  }

  @Test func multiplyAddsAreThoseOfAllParts() throws {
    // An affine map, and for each block an LRU of 7 units upon 7 with a map to 14.
    #expect(try Self.stack("lru", layers: 3).multiplyAdds(steps: 9) == 21 + 3 * (3 * 49 + 2 * 49 + 7 * 14))
  }
}
