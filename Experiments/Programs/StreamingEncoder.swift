package import Recurrent

/// An encoder that can take a live sequence step by step, at a cost that does not grow with the sequence.
package protocol StreamingEncoder {
  /// Takes an input and gives the output; each stepper begins a sequence of its own.
  func stepper() -> (_ input: [Scalar], _ output: inout [Scalar]) -> Void
}

extension RecurrentLayer: StreamingEncoder {
  package func stepper() -> (_ input: [Scalar], _ output: inout [Scalar]) -> Void { stream().step(_:into:) }
}

extension TemporalConvolutionNetwork: StreamingEncoder {
  package func stepper() -> (_ input: [Scalar], _ output: inout [Scalar]) -> Void { stream().step(_:into:) }
}
