import RecurrentNN
import RecurrentTensor
import Testing

@Suite struct ModuleTests {
  @Test func pathsComeInVisitOrderWithScopesAndSuffixes() {
    #expect(
      ParameterLayout(of: SmallModel()).entries.map(\.path) == [
        "parts.0.weight", "parts.0.bias", "parts.0.factor", "parts.0.shift", "parts.1.weight", "parts.1.factor",
        "parts.1.shift", "last.weight_l0_reverse", "last.bias_l0_reverse", "last.factor_l0_reverse",
        "last.shift_l0_reverse",
      ])
  }

  @Test func onlyTrainedTensorsHaveAPlaceInTheArena() {
    let layout = ParameterLayout(of: SmallModel())
    #expect(layout.trainableCount == 6 + 3 + 9 + 3 + 1)
    #expect(layout.scalarCount == layout.trainableCount + 3 * 4 + 2)
    #expect(layout["parts.0.bias"]?.range == 6..<9)
    #expect(layout["parts.0.factor"]?.kind == .frozen)
    #expect(layout["parts.0.shift"]?.range.isEmpty == true)
    #expect(layout["parts.1.weight"]?.range == 9..<18)
    #expect(layout["parts.1.weight"]?.shape == [3, 3])
    #expect(layout["parts.1.bias"] == nil)
  }

  @Test func layoutsAreEqualWhereTheirEntriesAre() {
    var other = SmallModel()
    #expect(ParameterLayout(of: other) == ParameterLayout(of: SmallModel()))
    other.parts[0].bias = nil
    #expect(ParameterLayout(of: other) != ParameterLayout(of: SmallModel()))
  }

  @Test func aVisitorMayReplaceTensorsInPlace() {
    struct Doubler: ParameterVisitor {
      mutating func visit(_ tensor: inout Tensor, _ name: String, _ kind: ParameterKind) {
        if kind == .parameter { tensor = tensor * 2 }
      }
    }
    var model = SmallModel()
    var doubler = Doubler()
    model.visitParameters(&doubler)
    #expect(model.parts[1].weight == SmallModel().parts[1].weight * 2)
    #expect(model.last.bias == SmallModel().last.bias! * 2)
    #expect(model.last.factor == SmallModel().last.factor)
  }
}
