public import RecurrentTensor

/// A module that maps one tensor to one tensor.
public protocol Layer: Module {
  /// The output for an input; `context` says whether this is training and where randomness comes from.
  func callAsFunction(_ input: Tensor, context: inout ForwardContext) -> Tensor
}

extension Layer {
  /// The output in inference.
  public func callAsFunction(_ input: Tensor) -> Tensor {
    var context = ForwardContext.inference
    return self(input, context: &context)
  }
}

extension Activation: Layer {
  /// The function of every element.
  public func callAsFunction(_ input: Tensor, context: inout ForwardContext) -> Tensor { self(input) }

  /// There are no parameters.
  public func visitParameters(_ visitor: inout some ParameterVisitor) {}
}
