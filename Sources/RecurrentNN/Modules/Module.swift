public import RecurrentTensor

/// What a module's tensor is for.
public enum ParameterKind: String, Hashable, Sendable, Codable, CaseIterable {
  /// Trained: it has a place in the gradients, and the optimizer changes it.
  case parameter
  /// Held fixed during training, but saved and loaded: the weights of a reservoir, a frozen embedding.
  case frozen
  /// Saved and loaded, changed by other means than gradients: running statistics, scalers.
  case buffer
}

/// Something with parameters: a cell, a layer, a whole model.
///
/// A module is a value. It names its tensors in one method, one line a tensor, in a fixed order; everything else
/// (gradients, optimizers, files, summaries) goes through that method. Tied weights have one owner: only the owner visits
/// them.
///
/// ```swift
/// struct Tagger: Module {
///   var encoder: LSTM
///   var head: Linear
///
///   mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
///     visitor.visit(&encoder, "encoder")
///     visitor.visit(&head, "head")
///   }
/// }
/// ```
public protocol Module: Sendable {
  /// Shows every tensor to the visitor, always in the same order.
  mutating func visitParameters(_ visitor: inout some ParameterVisitor)
}

/// Somebody who walks over the tensors of a module.
///
/// A conforming type writes `visit(_:_:_:)`. The scopes are for those who want names: a visitor that counts positions
/// leaves them out. `ParameterPath` turns them into dotted paths.
public protocol ParameterVisitor {
  /// A tensor of the module, with its name in the present scope. The visitor may replace it.
  mutating func visit(_ tensor: inout Tensor, _ name: String, _ kind: ParameterKind)

  /// The tensors that follow belong to the part of this name.
  mutating func enter(_ name: String)

  /// The part that was entered last is done.
  mutating func leave()

  /// The names of the tensors that follow end with this suffix: `weight_ih` becomes `weight_ih_l0_reverse`.
  mutating func beginSuffix(_ suffix: String)

  /// The suffix that was begun last is over.
  mutating func endSuffix()
}

extension ParameterVisitor {
  /// Does nothing: this visitor needs no names.
  public mutating func enter(_ name: String) {}
  /// Does nothing: this visitor needs no names.
  public mutating func leave() {}
  /// Does nothing: this visitor needs no names.
  public mutating func beginSuffix(_ suffix: String) {}
  /// Does nothing: this visitor needs no names.
  public mutating func endSuffix() {}

  /// A trained tensor.
  public mutating func visit(_ tensor: inout Tensor, _ name: String) {
    visit(&tensor, name, .parameter)
  }

  /// A tensor that may be absent, as the bias of a layer without one.
  public mutating func visit(_ tensor: inout Tensor?, _ name: String, _ kind: ParameterKind = .parameter) {
    if tensor != nil { visit(&tensor!, name, kind) }
  }

  /// A part with tensors of its own: `name.weight`.
  public mutating func visit(_ module: inout some Module, _ name: String) {
    enter(name)
    module.visitParameters(&self)
    leave()
  }

  /// A part that may be absent.
  public mutating func visit(_ module: inout (some Module)?, _ name: String) {
    if module != nil { visit(&module!, name) }
  }

  /// A list of parts: `name.0.weight`, `name.1.weight`.
  public mutating func visit(_ modules: inout [some Module], _ name: String) {
    enter(name)
    for index in modules.indices { visit(&modules[index], String(index)) }
    leave()
  }
}
