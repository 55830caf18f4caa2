import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import RecurrentTraining
import Testing

/// A hundred updates of every optimizer against PyTorch in float64: `Tests/Reference/optimizers.py` says how.
@Suite struct OptimizerParityTests {
  @Test(arguments: OptimizerCases.all.indices)
  func hundredUpdatesAreThoseOfPyTorch(_ index: Int) throws {
    let (name, make) = OptimizerCases.all[index]
    var (optimizer, model) = (make(), FourTensors())
    // Rprop knows no decay in PyTorch.
    let groups =
      FourTensors.groups.map { group in
        var group = group
        if optimizer is Rprop { group.weightDecay = nil }
        return group
      }
    if name.hasSuffix(".grouped") { try optimizer.setGroups(groups, of: model) }
    var (received, averages): ([[Double]], [[Double]]) = ([], [])
    for update in 1...100 {
      optimizer.update(&model, with: model.evaluation(update: update, still: optimizer is LBFGS).gradients)
      if FourTensors.keptUpdates.contains(update) {
        received.append(model.weights)
        if let optimizer = optimizer as? AveragedSGD { averages.append(optimizer.averaged(model).weights) }
      }
    }
    expect(received, name)
    if optimizer is AveragedSGD { expect(averages, "\(name).average") }
    #expect(optimizer.state.updates == 100)
  }

  private func expect(_ received: [[Double]], _ name: String) {
    let expected = FourTensors.reference(name)
    #expect(received.count == expected.count)
    let error = zip(received, expected).map { Comparison.relativeError($0, $1) }.max()!
    // PyTorch keeps the two factors of ASGD in float32, whatever the weights are.
    let tolerance = max(FourTensors.tolerance, name.hasPrefix("asgd") ? 1e-7 : 0)
    #expect(error < tolerance, "\(name): \(error)")
    if ProcessInfo.processInfo.environment["RECURRENT_SHOW_DIFFERENCES"] != nil { print("difference", name, error) }
  }

  @Test func everyOptimizerOfTheTableHasACase() {
    let cases = Set(OptimizerCases.all.map { String(describing: type(of: $0.make())) })
    for kind in OptimizerKind.all {
      let optimizer = kind.make(0.25)
      #expect(cases.contains(String(describing: type(of: optimizer))), "\(kind.name)")
      #expect(optimizer.learningRate == 0.25)
      #expect(kind.make().learningRate == kind.learningRate)
      #expect(OptimizerKind(named: kind.name)?.name == kind.name)
    }
    #expect(Set(OptimizerKind.all.map(\.name)).count == OptimizerKind.all.count)
  }
}
