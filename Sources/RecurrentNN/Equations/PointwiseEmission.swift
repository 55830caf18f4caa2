import RecurrentKernels
import RecurrentTensor

/// The instructions that compute some nodes of a graph from those that are known, and write them where they belong.
struct PointwiseEmission {
  struct Target {
    let node: Int
    let place: PointwisePlace
    let settles: Bool

    init(_ node: Int, _ place: PointwisePlace, settles: Bool = false) {
      (self.node, self.place, self.settles) = (node, place, settles)
    }
  }

  /// What one instruction computes: a node from others.
  struct Item {
    let node: Int
    var operation: PointwiseOperation
    var operands: [Int]
  }

  private let graph: EquationGraph
  private let targets: [Target]
  private let known: [Int: PointwisePlace]
  private let parts: PointwiseParts
  private var items: [Item] { parts.items }

  /// Emits `targets` of a graph in which some nodes are known; a `recurrence` is what `PointwiseParts` takes.
  init(
    _ graph: EquationGraph, _ targets: [Target], _ known: [Int: PointwisePlace],
    recurrence: [PointwisePlace: PointwisePlace]
  ) {
    (self.graph, self.targets, self.known) = (graph, targets, known)
    let needed = graph.needed(for: targets.map(\.node)) { known[$0] != nil }
    parts = PointwiseParts(
      Self.fused(graph, targets, known, needed: needed.sorted()), targets, recurrence,
      place: { Self.place($0, graph, known) }, isConstant: { Self.isConstant($0, graph) })
  }

  private static func isConstant(_ node: Int, _ graph: EquationGraph) -> Bool {
    if case .constant = graph.nodes[node].source { true } else { false }
  }

  /// Where a node lies without an instruction.
  private static func place(_ node: Int, _ graph: EquationGraph, _ known: [Int: PointwisePlace]) -> PointwisePlace? {
    if let place = known[node] { return place }
    switch graph.nodes[node].source {
    case .slot(let slot): return .slot(slot)
    case .rows(let place): return place
    case .constant, .operation: return nil
    }
  }

  private func place(_ node: Int) -> PointwisePlace? { Self.place(node, graph, known) }

  /// One item for every node that an instruction computes, products that only one sum uses made a part of it.
  private static func fused(
    _ graph: EquationGraph, _ targets: [Target], _ known: [Int: PointwisePlace], needed: [Int]
  ) -> [Item] {
    var uses: [Int: Int] = [:]
    for target in targets { uses[target.node, default: 0] += 1 }
    for node in needed where known[node] == nil {
      for operand in graph.nodes[node].operands { uses[operand, default: 0] += 1 }
    }
    var absorbed: Set<Int> = []
    func product(_ node: Int) -> [Int]? {
      guard known[node] == nil, uses[node] == 1, graph.nodes[node].source == .operation(.multiply) else { return nil }
      absorbed.insert(node)
      return graph.nodes[node].operands
    }
    var items: [Item] = []
    for node in needed.reversed()
    where place(node, graph, known) == nil && !isConstant(node, graph) && !absorbed.contains(node) {
      guard case .operation(let operation) = graph.nodes[node].source else { continue }
      var item = Item(node: node, operation: operation, operands: graph.nodes[node].operands)
      if operation == .add {
        if let factors = product(item.operands[1]) {
          (item.operation, item.operands) = (.multiplyAdd, factors + [item.operands[0]])
        } else if let factors = product(item.operands[0]) {
          (item.operation, item.operands) = (.multiplyAdd, factors + [item.operands[1]])
        }
      } else if operation == .subtract, let factors = product(item.operands[1]) {
        (item.operation, item.operands) = (.negatedMultiplyAdd, factors + [item.operands[0]])
      }
      items.append(item)
    }
    return items.reversed()
  }

  /// The code; new constants are added to `constants`. Nil if more values would wait for another part than can.
  func code(constants: inout [Scalar]) -> PointwiseCode? {
    let placement = PointwisePlacement(parts, targets, place: place)
    guard placement.waiting <= PointwiseProgram.waiting else { return nil }
    var copies = placement.copies
    var registers = Registers()
    var places: [Int: PointwisePlace] = [:]
    var code: [PointwiseInstruction] = []
    func source(_ node: Int) -> PointwisePlace {
      if let place = places[node] ?? place(node) { return place }
      guard case .constant(let value) = graph.nodes[node].source else { preconditionFailure("node \(node) is lost") }
      if let index = constants.firstIndex(of: value) { return .constant(index) }
      constants.append(value)
      return .constant(constants.count - 1)
    }
    func freeAll(lastUsedAt index: Int, among nodes: some Sequence<Int>) {
      for node in nodes where placement.lastUse[node] == index { registers.free(places[node]) }
    }
    /// The copies of these targets, which are done then.
    func copied(_ isNow: (Target) -> Bool) -> [PointwiseInstruction] {
      let now = copies.filter(isNow)
      copies.removeAll(where: isNow)
      return now.compactMap { target in
        let from = source(target.node)
        return from == target.place
          ? nil : PointwiseInstruction(.copy, [from], into: target.place, settles: target.settles)
      }
    }
    var first = 0, end = 0
    for index in 0...items.count {
      if index == parts.carried.lowerBound { first = code.count }
      if index == parts.carried.upperBound {
        // What is handed on without an item.
        code += copied { parts.isCarried($0) && placement.ready($0) >= index }.readersFirst(&registers)
        end = code.count
      }
      guard index < items.count else { break }
      let item = items[index], home = placement.homes[item.node]
      let operands = item.operands.map(source)
      freeAll(lastUsedAt: index, among: Set(item.operands))
      let result = home?.place ?? registers.take()
      places[item.node] = result
      code.append(PointwiseInstruction(item.operation, operands, into: result, settles: home?.settles ?? false))
      let now = copies.filter { placement.ready($0) == index }.map(\.node)
      code += copied { placement.ready($0) == index }
      freeAll(lastUsedAt: index, among: now)
    }
    code += copied { _ in true }.readersFirst(&registers)
    return PointwiseCode(code, carried: first..<end)
  }
}

extension [PointwiseInstruction] {
  /// Copies in an order in which each comes before those that overwrite what it reads; of copies in a circle, as of states that
  /// change places, one source is put aside.
  fileprivate func readersFirst(_ registers: inout Registers) -> [PointwiseInstruction] {
    var (open, ordered, asides) = (self, [PointwiseInstruction](), [PointwisePlace]())
    defer { for aside in asides { registers.free(aside) } }
    func lost(by copy: PointwiseInstruction) -> PointwisePlace? {
      copy.result.overwrites.first { place in open.contains { $0 != copy && $0.operands.contains(place) } }
    }
    while !open.isEmpty {
      if let next = open.firstIndex(where: { lost(by: $0) == nil }) {
        ordered.append(open.remove(at: next))
        continue
      }
      let (place, aside) = (lost(by: open[0])!, registers.take())
      ordered.append(PointwiseInstruction(.copy, [place], into: aside))
      asides.append(aside)
      for index in open.indices where open[index].operands == [place] { open[index].operands = [aside] }
    }
    return ordered
  }
}

/// Registers in use.
private struct Registers {
  private var isTaken = [Bool](repeating: false, count: PointwiseProgram.registers)

  mutating func take() -> PointwisePlace {
    let index = isTaken.firstIndex(of: false)
    require(
      index != nil,
      LayerMessages.option(
        "CellEquations", "the values alive at a time", expected: "at most \(isTaken.count)", received: "more"))
    isTaken[index!] = true
    return .register(index!)
  }

  mutating func free(_ place: PointwisePlace?) {
    if case .register(let index) = place { isTaken[index] = false }
  }
}
