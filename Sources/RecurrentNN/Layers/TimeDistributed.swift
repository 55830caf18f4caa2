public import RecurrentTensor

/// A layer applied to every step of sequences on its own.
///
/// Steps become rows, so that the layer sees `[batch * time, ...]`. Its parameters keep their names.
public struct TimeDistributed<Inner: Layer>: Layer {
  /// The layer.
  public var layer: Inner

  /// The layer over all steps.
  public init(_ layer: Inner) { self.layer = layer }

  /// Maps `[batch, time, ...]` step by step.
  public func callAsFunction(_ input: Tensor, context: inout ForwardContext) -> Tensor {
    require(
      input.shape.rank >= 2,
      LayerMessages.shape("TimeDistributed", "input", expected: "[batch, time, ...]", received: input.shape))
    let sizes = input.shape.sizes
    let rows = layer(input.reshaped(to: Shape([sizes[0] * sizes[1]] + sizes[2...])), context: &context)
    return rows.reshaped(to: Shape(sizes[..<2] + rows.shape.sizes[1...]))
  }

  /// Shows the layer's parameters.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) { layer.visitParameters(&visitor) }
}
