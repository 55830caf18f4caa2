public import RecurrentTensor

/// The value of a loss and its gradients with respect to all trained tensors of a model.
///
/// ```swift
/// let (loss, gradients) = valueAndGradients(of: model) { model in
///   MeanSquaredError()(model(x), y)
/// }
/// ```
///
/// - Parameters:
///   - model: The model; it is not changed.
///   - layout: The model's layout, where it is at hand; else it is built.
///   - loss: Computes the loss, a single scalar, with the model it is given. Tensors that it lets out must be detached.
/// - Returns: The loss, and the gradients in visit order; those of tensors that the loss does not depend on are zero.
/// - Throws: What `loss` throws.
public func valueAndGradients<M: Module, Failure: Error>(
  of model: M, layout: ParameterLayout? = nil, _ loss: (M) throws(Failure) -> Tensor
) throws(Failure) -> (value: Scalar, gradients: Gradients) {
  let run = try gradientRun(of: model, layout: layout, inputs: []) { (model, _) throws(Failure) in
    (try loss(model), ())
  }
  return (run.value.scalar, run.gradients)
}

/// The value of a loss, its gradients, and whatever else the computation gives: metrics, detached final states.
///
/// - Parameters:
///   - model: The model; it is not changed.
///   - layout: The model's layout, where it is at hand; else it is built.
///   - loss: Computes the loss, a single scalar, and a result. Tensors in the result must be detached.
/// - Returns: The loss, the gradients in visit order, and the result.
/// - Throws: What `loss` throws.
public func valueAndGradients<M: Module, Result, Failure: Error>(
  of model: M, layout: ParameterLayout? = nil, _ loss: (M) throws(Failure) -> (loss: Tensor, result: Result)
) throws(Failure) -> (value: Scalar, gradients: Gradients, result: Result) {
  let run = try gradientRun(of: model, layout: layout, inputs: []) { (model, _) throws(Failure) in try loss(model) }
  return (run.value.scalar, run.gradients, run.result)
}

/// The value of a loss, and its gradients with respect to all trained tensors of a model and to given input tensors.
///
/// - Parameters:
///   - model: The model; it is not changed.
///   - inputs: Tensors whose gradients are wanted too.
///   - loss: Computes the loss, a single scalar, with the model and the inputs it is given.
/// - Returns: The loss, the model's gradients in visit order, and one gradient for each input.
/// - Throws: What `loss` throws.
public func valueAndGradients<M: Module, Failure: Error>(
  of model: M, inputs: [Tensor], _ loss: (M, [Tensor]) throws(Failure) -> Tensor
) throws(Failure) -> (value: Scalar, gradients: Gradients, inputGradients: [Tensor]) {
  let run = try gradientRun(of: model, layout: nil, inputs: inputs) { (model, inputs) throws(Failure) in
    (try loss(model, inputs), ())
  }
  return (run.value.scalar, run.gradients, run.inputGradients)
}

/// The gradients that belong to given gradients of a model's outputs: a vector-Jacobian product.
///
///     gradient of w = Σ upstream · ∂outputs/∂w
///
/// ```swift
/// let run = gradients(of: lstm, inputs: [x], upstream: g) { lstm, inputs in lstm(inputs[0]).outputs }
/// ```
///
/// - Parameters:
///   - model: The model; it is not changed.
///   - inputs: Tensors whose gradients are wanted too.
///   - upstream: The gradient of the outputs, of their shape.
///   - outputs: Computes the outputs with the model and the inputs it is given.
/// - Returns: The outputs, the model's gradients in visit order, and one gradient for each input.
/// - Throws: What `outputs` throws.
public func gradients<M: Module, Failure: Error>(
  of model: M, inputs: [Tensor], upstream: Tensor, _ outputs: (M, [Tensor]) throws(Failure) -> Tensor
) throws(Failure) -> (outputs: Tensor, gradients: Gradients, inputGradients: [Tensor]) {
  let run = try gradientRun(of: model, layout: nil, inputs: inputs, upstream: upstream) {
    (model, inputs) throws(Failure) in
    (try outputs(model, inputs), ())
  }
  return (run.value, run.gradients, run.inputGradients)
}

private struct GradientRun<Result> {
  let value: Tensor
  let gradients: Gradients
  let inputGradients: [Tensor]
  let result: Result
}

private func gradientRun<M: Module, Result, Failure: Error>(
  of model: M, layout: ParameterLayout?, inputs: [Tensor], upstream: Tensor? = nil,
  _ loss: (M, [Tensor]) throws(Failure) -> (loss: Tensor, result: Result)
) throws(Failure) -> GradientRun<Result> {
  let layout = layout ?? ParameterLayout(of: model)
  let tape = Tape()
  defer { tape.finish() }
  let inputs = inputs.map { tape.watch($0.detached()) }
  // Not initialised: walking back writes the gradient of every watched tensor, zero where nothing depends on it.
  var arena = Tensor(shape: [layout.trainableCount]) { _ in }
  typealias Outcome = (value: Tensor, result: Result, rows: [(range: Range<Int>, rows: SparseRows)])
  let outcome = try arena.withUnsafeMutablePointer { (arena) throws(Failure) -> Outcome in
    var watcher = Watcher(tape: tape, layout: layout, arena: arena)
    var watched = model
    watched.visitParameters(&watcher)
    require(watcher.next == layout.entries.count, LayerMessages.shortModel)
    let (value, result) = try loss(watched, inputs)
    if let upstream {
      require(
        upstream.shape == value.shape,
        LayerMessages.shape("gradients(of:)", "upstream", expected: "\(value.shape)", received: upstream.shape))
    }
    tape.backward(from: value, upstream: upstream)
    let rows = watcher.tables.compactMap { table in tape.rows(of: table.slot).map { (table.range, $0) } }
    return (value.detached(), result, rows)
  }
  return GradientRun(
    value: outcome.value, gradients: Gradients(layout: layout, arena: arena, rows: outcome.rows),
    inputGradients: inputs.map { tape.gradient(of: $0) }, result: outcome.result)
}

/// Puts the trained tensors of a model on a tape, their gradients in the arena.
private struct Watcher: ParameterVisitor {
  let tape: Tape
  let layout: ParameterLayout
  let arena: UnsafeMutablePointer<Scalar>
  var next = 0
  /// The tensors whose gradients may be held by rows.
  var tables: [(range: Range<Int>, slot: TapeSlot)] = []

  mutating func visit(_ tensor: inout Tensor, _ name: String, _ kind: ParameterKind) {
    let entry = next < layout.entries.count ? layout.entries[next] : nil
    require(
      entry?.shape == tensor.shape && entry?.kind == kind,
      LayerMessages.foreignLayout(entry, shape: tensor.shape, kind: kind))
    next += 1
    if let entry, kind == .parameter {
      let isTable = entry.shape.rank >= 2 && entry.range.count >= SparseRows.leastCount
      tensor = tape.watch(
        tensor.detached(), gradient: arena + entry.range.lowerBound, gathersRows: isTable)
      if isTable, let slot = tensor.slot { tables.append((entry.range, slot)) }
    }
  }
}
