import Foundation
import RecurrentNN
import RecurrentTensor
import Testing

/// Outputs and all gradients of the structures that recurrent networks are compared with, against PyTorch in float64:
/// `scripts/parity/comparison_cases.py`.
@Suite struct ComparisonParityTests {
  private static let file: SafetensorsFile = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try! SafetensorsFile(contentsOf: folder.appending(path: "Fixtures/comparison-parity.safetensors").path)
  }()

  private struct WeightReader: PathVisitor {
    var path = ParameterPath()
    let name: String

    mutating func visit(_ tensor: inout Tensor, at path: String, _ kind: ParameterKind) {
      let weight = try! ComparisonParityTests.file.tensor("\(name).weights.\(path)")
      precondition(weight.shape == tensor.shape, "\(path): \(weight.shape) for \(tensor.shape)")
      tensor = weight
    }
  }

  private func check<M: Module>(_ module: M, _ name: String, _ run: (M, Tensor, [Int]) -> Tensor) throws {
    var module = module
    var reader = WeightReader(name: name)
    module.visitParameters(&reader)
    let lengths = try Self.file.tensor("lengths").scalars.map { Int($0) }
    let upstream = try Self.file.tensor("\(name).upstream")
    var outputs: Tensor?
    let (_, gradients, inputGradients) = valueAndGradients(of: module, inputs: [try Self.file.tensor("\(name).input")])
    {
      let result = run($0, $1[0], lengths)
      outputs = result.detached()
      return (result * upstream).sum()
    }
    func compare(_ received: Tensor?, _ what: String) throws {
      let difference = Difference(
        of: received, from: try Self.file.tensor("\(name).\(what)"), place: "\(name): \(what)")
      #expect(difference.relative <= Difference.allowed, "\(difference)")
    }
    try compare(outputs, "outputs")
    try compare(inputGradients[0], "gradient.input")
    for (path, _) in module.namedTensors { try compare(gradients[path], "gradient.\(path)") }
  }

  @Test(arguments: [false, true]) func selfAttentionAgrees(isCausal: Bool) throws {
    try check(MultiHeadSelfAttention(size: 12, heads: 3, isCausal: isCausal), "heads\(isCausal ? ".causal" : "")") {
      $0($1, lengths: $2)
    }
  }

  @Test(arguments: TransformerLayer.NormPlace.allCases, [false, true])
  func transformerLayersAgree(place: TransformerLayer.NormPlace, isCausal: Bool) throws {
    let layer = TransformerLayer(size: 12, heads: 3, feedForwardSize: 17, normPlace: place, isCausal: isCausal)
    try check(layer, "layer.\(place)\(isCausal ? ".causal" : "")") {
      var context = ForwardContext.inference
      return $0($1, lengths: $2, context: &context)
    }
  }

  @Test func causalConvolutionsAgree() throws {
    try check(TemporalConvolutionNetwork(inputSize: 5, hiddenSize: 7, blocks: 3), "network") {
      var context = ForwardContext.inference
      return $0.encode($1, lengths: $2, context: &context).outputs
    }
  }
}
