package import Recurrent

/// An encoder that can take a live sequence step by step, at a cost that does not grow with the sequence.
package protocol StreamingEncoder {
  /// Takes an input and gives the output; each stepper begins a sequence of its own.
  func stepper() -> (_ input: [Scalar], _ output: inout [Scalar]) -> Void
}

extension RecurrentLayer: StreamingEncoder {
  package func stepper() -> (_ input: [Scalar], _ output: inout [Scalar]) -> Void { stream().step(_:into:) }
}

extension OutputFeedback: StreamingEncoder {
  package func stepper() -> (_ input: [Scalar], _ output: inout [Scalar]) -> Void {
    let stream = layer.stream()
    var (told, hidden) = ([Scalar](repeating: 0, count: outputSize), [Scalar]())
    return { input, output in
      stream.step(input + told, into: &hidden)
      output = head(Tensor(hidden, shape: [1, hidden.count])).scalars
      told = output
    }
  }
}

extension TemporalConvolutionNetwork: StreamingEncoder {
  package func stepper() -> (_ input: [Scalar], _ output: inout [Scalar]) -> Void { stream().step(_:into:) }
}
