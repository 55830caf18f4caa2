import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTraining

/// The model, slopes and numbers of `Tests/Reference/optimizers.py`.
struct FourTensors: Module {
  var first, second, third, fourth: Tensor

  init() {
    var next = 0
    func tensor(_ shape: Shape) -> Tensor {
      defer { next += shape.count }
      return Tensor((0..<shape.count).map { Scalar(1.5 * sin(1.3 * Double(next + $0) + 0.4)) }, shape: shape)
    }
    first = tensor([3, 5])
    second = tensor([7])
    third = tensor([1])
    fourth = tensor([2, 2, 3])
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&first, "first")
    visitor.enter("second")
    visitor.visit(&second, "weight")
    visitor.visit(&third, "bias")
    visitor.leave()
    visitor.visit(&fourth, "third")
  }

  var weights: [Double] { [first, second, third, fourth].flatMap { $0.scalars.map { Double($0) } } }

  /// The loss and its gradients at an update; where it is `still` the loss is the same in all of them.
  func evaluation(update: Int, still: Bool = false) -> (value: Scalar, gradients: Gradients) {
    let (w, count) = (weights, weights.count)
    var (value, slopes) = (0.0, [Double](repeating: 0, count: count))
    for i in 0..<count {
      let next = (i + 1) % count
      let curvature = 0.2 + 0.05 * Double(7 * i % 11) + (still ? 0.1 * Double(i) : 0)
      let push = cos(0.1 * Double(still ? 0 : update) * Double(1 + i % 5) + Double(i))
      value += curvature * w[i] * w[i] / 2 + 0.3 * (1 - cos(w[i] - w[next])) + w[i] * push
      slopes[i] += curvature * w[i] + push + 0.3 * sin(w[i] - w[next])
      slopes[next] -= 0.3 * sin(w[i] - w[next])
    }
    let arena = Tensor(slopes.map { Scalar($0) }, shape: [count])
    return (Scalar(value), Gradients(layout: ParameterLayout(of: self), arena: arena))
  }

  /// The updates after which the script keeps the weights.
  static let keptUpdates = [1, 2, 3, 10, 37, 100]

  /// The groups of the script's cases that end in `.grouped`.
  static let groups = [
    ParameterGroup("second", learningRateFactor: 0.3, weightDecay: 0.2), ParameterGroup("third", isFrozen: true),
  ]

  static let references: SafetensorsFile = {
    let here = URL(filePath: #filePath).deletingLastPathComponent()
    let path = here.appending(path: "../../Fixtures/optimizers.safetensors").standardizedFileURL.path
    return try! SafetensorsFile(contentsOf: path)
  }()

  /// The rows of one of the script's tensors.
  static func reference(_ name: String) -> [[Double]] {
    let tensor = try! references.tensor(name)
    let numbers = tensor.scalars.map { Double($0) }
    let width = tensor.shape.rank == 1 ? 1 : tensor.shape[1]
    return stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<$0 + width]) }
  }

  /// How far numbers may be apart, relative to the largest, by the scalar of the build.
  static var tolerance: Double { MemoryLayout<Scalar>.size == 8 ? 1e-9 : 1e-5 }
}

/// Every optimizer with the options of the case of this name in `Tests/Reference/optimizers.py`.
enum OptimizerCases {
  static let all: [(name: String, make: @Sendable () -> any Optimizer)] = [
    ("sgd", { SGD(learningRate: 0.05) }),
    ("sgd.decayed", { SGD(learningRate: 0.05, weightDecay: 0.1) }),
    ("sgd.momentum", { SGD(learningRate: 0.02, momentum: 0.9, weightDecay: 0.05) }),
    ("sgd.nesterov", { SGD(learningRate: 0.02, momentum: 0.8, nesterov: true, weightDecay: 0.05) }),
    ("adam", { Adam(learningRate: 0.03) }),
    ("adam.decayed", { Adam(learningRate: 0.03, beta1: 0.8, beta2: 0.95, epsilon: 1e-4, weightDecay: 0.1) }),
    ("adam.amsgrad", { Adam(learningRate: 0.03, beta1: 0.8, beta2: 0.9, amsgrad: true) }),
    ("adamw", { AdamW(learningRate: 0.03) }),
    ("adamw.strong", { AdamW(learningRate: 0.03, beta1: 0.85, beta2: 0.97, epsilon: 1e-6, weightDecay: 0.3) }),
    ("adamw.amsgrad", { AdamW(learningRate: 0.03, beta1: 0.8, beta2: 0.9, weightDecay: 0.2, amsgrad: true) }),
    ("adagrad", { Adagrad(learningRate: 0.1) }),
    (
      "adagrad.decayed",
      {
        Adagrad(learningRate: 0.1, learningRateDecay: 0.01, weightDecay: 0.1, initialSum: 0.3, epsilon: 1e-4)
      }
    ),
    ("adadelta", { Adadelta() }),
    ("adadelta.decayed", { Adadelta(learningRate: 0.7, rho: 0.8, epsilon: 1e-3, weightDecay: 0.1) }),
    ("rmsprop", { RMSProp() }),
    ("rmsprop.momentum", { RMSProp(alpha: 0.9, weightDecay: 0.1, momentum: 0.7) }),
    ("rmsprop.centered", { RMSProp(alpha: 0.95, epsilon: 1e-3, centered: true) }),
    ("rmsprop.both", { RMSProp(alpha: 0.95, epsilon: 1e-3, momentum: 0.5, centered: true) }),
    ("nadam", { Nadam(learningRate: 0.02) }),
    (
      "nadam.decayed",
      { Nadam(learningRate: 0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-5, weightDecay: 0.1, momentumDecay: 0.05) }
    ),
    ("rprop", { Rprop() }),
    (
      "rprop.bounded", { Rprop(learningRate: 0.02, decrease: 0.4, increase: 1.3, smallestStep: 5e-3, largestStep: 0.2) }
    ),
    ("asgd", { AveragedSGD(learningRate: 0.05) }),
    (
      "asgd.averaged",
      { AveragedSGD(learningRate: 0.05, decay: 0.01, exponent: 0.6, averagingStart: 20, weightDecay: 0.05) }
    ),
    ("lbfgs", { LBFGS(learningRate: 0.3, historySize: 5) }),
    ("lbfgs.long", { LBFGS(learningRate: 0.5, historySize: 12) }),
    ("sgd.grouped", { SGD(learningRate: 0.02, momentum: 0.8, nesterov: true, weightDecay: 0.05) }),
    ("adam.grouped", { Adam(learningRate: 0.03) }),
    ("adamw.grouped", { AdamW(learningRate: 0.03) }),
    ("adagrad.grouped", { Adagrad(learningRate: 0.1) }),
    ("adadelta.grouped", { Adadelta() }),
    ("rmsprop.grouped", { RMSProp(epsilon: 1e-3, momentum: 0.5, centered: true) }),
    ("nadam.grouped", { Nadam(learningRate: 0.02) }),
    ("rprop.grouped", { Rprop() }),
    ("asgd.grouped", { AveragedSGD(learningRate: 0.05, decay: 0.01, averagingStart: 20) }),
  ]
}
