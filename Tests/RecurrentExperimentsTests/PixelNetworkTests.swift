import Recurrent
import RecurrentExperiments
import Testing

@Suite struct PixelNetworkTests {
  private func plan(_ cell: String, _ change: (inout PixelNetwork.Plan) -> Void) throws -> PixelNetwork.Plan {
    var plan = PixelNetwork.Plan(try #require(RecurrentKind(named: cell)), hiddenSize: 5)
    change(&plan)
    return plan
  }

  private func logits(_ network: PixelNetwork, _ inputs: Tensor) -> Tensor {
    var context = ForwardContext.inference
    return network(inputs, context: &context)
  }

  static let shapes: [@Sendable (inout PixelNetwork.Plan) -> Void] = [
    { $0.layers = 1 }, { ($0.layers, $0.stride) = (2, 3) }, { ($0.layers, $0.isOfBlocks) = (3, true) },
    { ($0.layers, $0.isOfBlocks, $0.stride, $0.pooling) = (3, true, 4, .mean) },
  ]

  @Test(arguments: shapes.indices, ["gru", "mingru", "lru"])
  func everyPixelCountsAndEveryWeightLearns(_ shape: Int, _ cell: String) throws {
    let network = PixelNetwork(try plan(cell, Self.shapes[shape]), classes: 3, random: RandomSource(seed: 4))
    let inputs = RandomSource(seed: 1).normal([2, 12, 1])
    let seen = logits(network, inputs)
    #expect(seen.shape == [2, 3])
    for step in 0..<12 {
      var changed = inputs
      changed[1, step, 0] += 1
      let other = logits(network, changed)
      #expect(other[at: 0, axis: 0] == seen[at: 0, axis: 0] && other[at: 1, axis: 0] != seen[at: 1, axis: 0])
    }
    let (_, gradients) = valueAndGradients(of: network) { network in
      var context = ForwardContext.inference
      return network.loss(on: PixelBatch(inputs: inputs, classes: [2, 0]), context: &context)
    }
    for entry in ParameterLayout(of: network).entries where entry.kind == .parameter {
      #expect(gradients[entry.path]?.scalars.contains { $0 != 0 } ?? false, "\(entry.path)")
    }
  }

  @Test func wrongClassesAreCounted() throws {
    let folder = try ImageFolder(training: 30)
    defer { folder.remove() }
    let sequences = try PixelSequences(LabeledImages.part("train", of: folder.path), learned: 0..<30)
    let network = PixelNetwork(try plan("lstm") { _ in }, classes: 4, random: RandomSource(seed: 4))
    let batches = PixelBatches(sequences, 0..<30, size: 7, isShuffled: false)
    let said = batches.batches(epoch: 1, random: RandomSource(seed: 0)).flatMap { logits(network, $0.inputs).argmax() }
    let wrong = said.enumerated().count { $0 % 4 != $1 }
    #expect(network.error(on: batches) == Double(wrong) / 30)
  }
}
