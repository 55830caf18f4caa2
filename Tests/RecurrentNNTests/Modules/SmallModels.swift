import RecurrentNN
import RecurrentTensor

/// tanh(x · weight + bias), scaled by a frozen factor and shifted by a buffer: every kind of tensor once.
struct SmallPart: Module {
  var weight: Tensor
  var bias: Tensor?
  var factor = Tensor([2, 3, 5], shape: [3])
  var shift = Tensor([0.5, 0.25, 0.125], shape: [3])

  func callAsFunction(_ x: Tensor) -> Tensor {
    let hidden = x.linear(weight: weight, bias: bias).tanh()
    return hidden.multiplying(rowVector: factor).adding(rowVector: shift)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&weight, "weight")
    visitor.visit(&bias, "bias")
    visitor.visit(&factor, "factor", .frozen)
    visitor.visit(&shift, "shift", .buffer)
  }
}

/// A list of parts, one part behind a suffix.
struct SmallModel: Module {
  var parts: [SmallPart]
  var last: SmallPart

  init() {
    parts = [
      SmallPart(
        weight: Tensor([0.1, -0.2, 0.3, 0.4, -0.5, 0.6], shape: [3, 2]), bias: Tensor([0.1, 0.2, 0.3], shape: [3])),
      SmallPart(weight: Tensor([0.2, 0.1, -0.1, 0.3, 0.2, -0.4, 0.1, 0.3, 0.2], shape: [3, 3])),
    ]
    last = SmallPart(weight: Tensor([0.7, -0.3, 0.2], shape: [1, 3]), bias: Tensor([0.05], shape: [1]))
    last.factor = Tensor([1], shape: [1])
    last.shift = Tensor([0], shape: [1])
  }

  func callAsFunction(_ x: Tensor) -> Tensor { last(parts[1](parts[0](x) * 0.2) * 0.2) }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&parts, "parts")
    visitor.beginSuffix("_l0")
    visitor.beginSuffix("_reverse")
    visitor.visit(&last, "last")
    visitor.endSuffix()
    visitor.endSuffix()
  }
}
