import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTraining

/// An Elman network with a linear head in Double, for one batch, written from its equations:
///
///     h(t) = tanh(W x(t) + b + U h(t-1) + c),   y(t) = V h(t) + d,   loss = mean (y - target)²
struct ElmanReference {
  private let hidden = 3
  private var parameters: [Double]
  private let inputs: [[[Double]]]
  private let targets: [[Double]]

  /// The network of a model with 2 inputs and 3 hidden units.
  init(_ model: Follower<ElmanCell>, _ pairs: SequencePairs) {
    let names = model.namedTensors.map(\.name)
    precondition(
      names == [
        "layer.weight_ih_l0", "layer.weight_hh_l0", "layer.bias_ih_l0", "layer.bias_hh_l0", "head.weight", "head.bias",
      ], "\(names)")
    parameters = model.namedTensors.flatMap { $0.tensor.scalars.map { Double($0) } }
    inputs = (0..<pairs.rowCount).map { row in
      (0..<pairs.stepCount).map { step in (0..<2).map { Double(pairs.inputs[row, step, $0]) } }
    }
    targets = (0..<pairs.rowCount).map { row in (0..<pairs.stepCount).map { Double(pairs.targets[row, $0, 0]) } }
  }

  private func step(_ state: [Double], _ input: [Double]) -> [Double] {
    let (recurrent, bias) = (2 * hidden, 2 * hidden + hidden * hidden)
    return (0..<hidden).map { unit in
      var sum = parameters[bias + unit] + parameters[bias + hidden + unit]
      for feature in 0..<2 { sum += parameters[unit * 2 + feature] * input[feature] }
      for other in 0..<hidden { sum += parameters[recurrent + unit * hidden + other] * state[other] }
      return tanh(sum)
    }
  }

  private func states(before step: Int) -> [[Double]] {
    inputs.map { row in row[..<step].reduce([Double](repeating: 0, count: hidden)) { self.step($0, $1) } }
  }

  /// The mean loss of some steps, with the states before step `from` given.
  private func loss(of range: Range<Int>, from: Int, states: [[Double]]) -> Double {
    let head = parameters.count - hidden - 1
    var sum = 0.0
    for (row, start) in states.enumerated() {
      var state = start
      for index in from..<range.upperBound {
        state = step(state, inputs[row][index])
        guard range.contains(index) else { continue }
        let output = (0..<hidden).reduce(parameters[head + hidden]) { $0 + parameters[head + $1] * state[$1] }
        sum += (output - targets[row][index]) * (output - targets[row][index])
      }
    }
    return sum / Double(states.count * range.count)
  }

  /// The mean loss of some steps.
  func loss(of range: Range<Int>, from: Int) -> Double { loss(of: range, from: from, states: states(before: from)) }

  /// Its gradients if the states before step `from` do not depend on the parameters.
  mutating func gradients(of range: Range<Int>, from: Int) -> [Double] {
    let states = states(before: from)
    return parameters.indices.map { index in
      let (kept, width) = (parameters[index], 1e-5)
      defer { parameters[index] = kept }
      parameters[index] = kept + width
      let above = loss(of: range, from: from, states: states)
      parameters[index] = kept - width
      return (above - loss(of: range, from: from, states: states)) / (2 * width)
    }
  }
}
