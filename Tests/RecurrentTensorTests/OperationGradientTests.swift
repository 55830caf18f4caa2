import RecurrentTensor
import RecurrentTestSupport
import Testing

/// Every operation against central differences.
@Suite struct OperationGradientTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let inputs: [Tensor]
    let function: @Sendable ([Tensor]) -> Tensor

    init(_ name: String, _ inputs: [Tensor], _ function: @escaping @Sendable ([Tensor]) -> Tensor) {
      (testDescription, self.inputs, self.function) = (name, inputs, function)
    }
  }

  @Test(arguments: arithmetic() + functions() + vectors() + products() + reductions() + layouts())
  func gradientAgrees(_ check: Case) {
    #expect(GradientCheck.disagreements(at: check.inputs, of: check.function) == [])
  }

  static func arithmetic() -> [Case] {
    var data = TestData(seed: 1)
    let (a, b) = (data.signedTensor([3, 5]), data.signedTensor([3, 5]))
    return [
      Case("a + b", [a, b]) { $0[0] + $0[1] },
      Case("a - b", [a, b]) { $0[0] - $0[1] },
      Case("a * b", [a, b]) { $0[0] * $0[1] },
      Case("a / b", [a, b]) { $0[0] / $0[1] },
      Case("a * a, one input used twice", [a]) { $0[0] * $0[0] + $0[0] },
      Case("-a", [a]) { -$0[0] },
      Case("a + 2", [a]) { $0[0] + 2 },
      Case("3 - a", [a]) { 3 - $0[0] },
      Case("a * 3", [a]) { $0[0] * 3 },
      Case("a / 3", [a]) { $0[0] / 3 },
      Case("2 / a", [a]) { 2 / $0[0] },
      Case("a * constant", [a]) { $0[0] * b },
      Case("select elements", [a, b]) { Tensor.select(where: a.mask(above: 0), $0[0], otherwise: $0[1]) },
      Case("select rows", [a, b]) { Tensor.select(where: Tensor([1, 0, 1], shape: [3]), $0[0], otherwise: $0[1]) },
    ]
  }

  static func functions() -> [Case] {
    var data = TestData(seed: 2)
    let (signed, positive) = (data.signedTensor([4, 5]), data.tensor([4, 5], in: 0.5...2))
    return [
      Case("exp", [signed]) { $0[0].exp() },
      Case("log", [positive]) { $0[0].log() },
      Case("tanh", [signed]) { $0[0].tanh() },
      Case("sigmoid", [signed]) { $0[0].sigmoid() },
      Case("softplus", [signed]) { $0[0].softplus() },
      Case("logGamma", [positive]) { $0[0].logGamma() },
      Case("relu", [signed]) { $0[0].relu() },
      Case("squared", [signed]) { $0[0].squared() },
      Case("squareRoot", [positive]) { $0[0].squareRoot() },
      Case("absolute", [signed]) { $0[0].absolute() },
      Case("clamped", [data.signedTensor([40], magnitudes: 0.1...0.4)]) { $0[0].clamped(to: -0.5...0.02) },
      Case("softmax", [signed]) { $0[0].softmax() },
      Case("logSoftmax", [signed]) { $0[0].logSoftmax() },
      Case("a function on a used tensor", [signed]) { $0[0].squared() + $0[0].logSoftmax() + $0[0].softmax() },
    ]
  }

  static func vectors() -> [Case] {
    var data = TestData(seed: 3)
    let (a, row, perRow) = (data.tensor([2, 3, 5]), data.tensor([5]), data.tensor([2, 3]))
    return [
      Case("adding row vector", [a, row]) { $0[0].adding(rowVector: $0[1]) },
      Case("multiplying row vector", [a, row]) { $0[0].multiplying(rowVector: $0[1]) },
      Case("adding per row", [a, perRow]) { $0[0].adding(perRow: $0[1]) },
      Case("multiplying per row", [a, perRow]) { $0[0].multiplying(perRow: $0[1]) },
    ]
  }

  static func products() -> [Case] {
    var data = TestData(seed: 4)
    var cases: [Case] = []
    for (first, second) in [(false, false), (false, true), (true, false), (true, true)] {
      let left = data.tensor(first ? [5, 3] : [3, 5])
      let right = data.tensor(second ? [4, 5] : [5, 4])
      cases.append(
        Case("matrix product, transposed \(first) \(second)", [left, right]) {
          $0[0].matrixProduct($0[1], transposed: first, otherTransposed: second)
        })
    }
    let (x, weight, bias) = (data.tensor([2, 3, 5]), data.tensor([4, 5]), data.tensor([4]))
    return cases + [
      Case("linear", [x, weight, bias]) { $0[0].linear(weight: $0[1], bias: $0[2]) },
      Case("linear without bias", [x, weight]) { $0[0].linear(weight: $0[1]) },
      Case("linear, weight used twice", [x, weight, bias]) {
        $0[0].linear(weight: $0[1], bias: $0[2]) + ($0[0] * 2).linear(weight: $0[1], bias: $0[2])
      },
    ]
  }

  static func reductions() -> [Case] {
    var data = TestData(seed: 5)
    let a = data.tensor([3, 4, 5])
    // Distinct values at least 0.3 apart, in a mixed order.
    let spread = Tensor((0..<60).map { Scalar($0 * 37 % 60) * 0.3 }, shape: [3, 4, 5])
    var cases = [Case("sum", [a]) { $0[0].sum() }, Case("mean", [a]) { $0[0].mean() }]
    for axis in 0..<3 {
      cases.append(Case("sum over axis \(axis)", [a]) { $0[0].sum(axis: axis) })
      cases.append(Case("mean over axis \(axis)", [a]) { $0[0].mean(axis: axis) })
      cases.append(Case("max over axis \(axis)", [spread]) { $0[0].max(axis: axis) })
    }
    return cases
  }

  static func layouts() -> [Case] {
    var data = TestData(seed: 6)
    let (a, b) = (data.tensor([3, 4, 5]), data.tensor([3, 2, 5]))
    let c = data.tensor([3, 4, 5])
    var cases = [
      Case("reshaped", [a]) { $0[0].reshaped(to: [5, 12]).squared() },
      Case("transposed matrix", [data.tensor([3, 4])]) { $0[0].transposed() },
      Case("concatenate", [a, b]) { Tensor.concatenate([$0[0], $0[1], $0[0]], axis: 1) },
      Case("rows", [a]) { $0[0].rows(at: [2, 0, 2, 1, 2]) },
    ]
    for axis in 0..<3 {
      cases.append(Case("slice of axis \(axis)", [a]) { $0[0][1..<3, axis: axis] })
      cases.append(Case("index on axis \(axis)", [a]) { $0[0][at: 1, axis: axis] + $0[0][at: 2, axis: axis] * 3 })
      cases.append(Case("exchange of axes \(axis)", [a]) { $0[0].transposed(axis, (axis + 1) % 3) })
    }
    for axis in 0..<4 {
      cases.append(Case("stack along axis \(axis)", [a, c]) { Tensor.stack([$0[0], $0[1]], axis: axis) })
    }
    return cases
  }
}
