import RecurrentKernels

/// What a phase computes, in three parts: what needs no step before it, what steps hand on from one to the next, and what no
/// step waits for. The first and the last can take many steps at once.
struct PointwiseParts {
  /// The first, second and last part behind each other.
  let items: [PointwiseEmission.Item]
  /// The second part.
  let carried: Range<Int>
  /// Whether there are parts: else everything is in the second one.
  let areApart: Bool
  private let carriedTargets: Set<PointwisePlace>

  /// - Parameters:
  ///   - items: What is computed, operands first.
  ///   - targets: Where results belong.
  ///   - recurrence: Where a step finds what the step taken before it has left, and where it leaves that itself; empty if units
  ///     wait for each other.
  ///   - place: Where a node lies without an instruction; nil for what an item computes and for constants.
  ///   - isConstant: Whether a node is a constant.
  init(
    _ items: [PointwiseEmission.Item], _ targets: [PointwiseEmission.Target],
    _ recurrence: [PointwisePlace: PointwisePlace], place: (Int) -> PointwisePlace?, isConstant: (Int) -> Bool
  ) {
    areApart = !recurrence.isEmpty
    guard areApart else {
      (self.items, carried, carriedTargets) = (items, 0..<items.count, [])
      return
    }
    let read = Set((items.flatMap(\.operands) + targets.map(\.node)).compactMap(place))
    let sources = Set(recurrence.keys).intersection(read)
    func isSource(_ node: Int) -> Bool { place(node).map(sources.contains) ?? false }
    let results = Set(sources.map { recurrence[$0]! })
    // What is left is lost once the next step has left its own, so that all who read it are in the second part.
    carriedTargets = results.union(targets.filter { isSource($0.node) }.map(\.place))
    var isTainted: Set<Int> = []
    for item in items where item.operands.contains(where: { isSource($0) || isTainted.contains($0) }) {
      isTainted.insert(item.node)
    }
    var isNeeded = Set(targets.filter { results.contains($0.place) }.map(\.node))
    for item in items.reversed() where isNeeded.contains(item.node) || item.operands.contains(where: isSource) {
      isNeeded.insert(item.node)
      isNeeded.formUnion(item.operands)
    }
    var part = items.map { !isNeeded.contains($0.node) ? 2 : isTainted.contains($0.node) ? 1 : 0 }
    // What costs no more than a slot to wait in is computed where it is needed.
    let kept = Set(targets.map(\.node))
    var usedFirst: Set<Int> = []
    for (index, item) in items.enumerated().reversed() where part[index] == 0 {
      if !item.operation.isCostly, !kept.contains(item.node), !usedFirst.contains(item.node),
        item.operands.allSatisfy({ place($0) != nil || isConstant($0) })
      {
        part[index] = 1
      } else {
        usedFirst.formUnion(item.operands)
      }
    }
    func chosen(_ wanted: Int) -> [PointwiseEmission.Item] { zip(items, part).filter { $1 == wanted }.map(\.0) }
    let (first, second) = (chosen(0), chosen(1))
    self.items = first + second + chosen(2)
    carried = first.count..<first.count + second.count
  }

  /// Whether a target is written in the second part, wherever its value comes from.
  func isCarried(_ target: PointwiseEmission.Target) -> Bool { !areApart || carriedTargets.contains(target.place) }

  /// The part, from 0, of an item or of what comes behind all items.
  func part(of index: Int) -> Int {
    !areApart ? 1 : index < carried.lowerBound ? 0 : index < carried.upperBound ? 1 : 2
  }
}

extension PointwiseOperation {
  /// Whether it takes many instructions of the processor.
  var isCostly: Bool { [.exp, .tanh, .sigmoid, .divide, .softplus].contains(self) }
}
