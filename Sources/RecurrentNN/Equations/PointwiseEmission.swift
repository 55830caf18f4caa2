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
  private struct Item {
    let node: Int
    var operation: PointwiseOperation
    var operands: [Int]
  }

  private let graph: EquationGraph
  private let targets: [Target]
  private let known: [Int: PointwisePlace]
  private var items: [Item] = []

  init(_ graph: EquationGraph, _ targets: [Target], _ known: [Int: PointwisePlace]) {
    (self.graph, self.targets, self.known) = (graph, targets, known)
    items = fused(needed: graph.needed(for: targets.map(\.node)) { known[$0] != nil }.sorted())
  }

  private func isConstant(_ node: Int) -> Bool {
    if case .constant = graph.nodes[node].source { true } else { false }
  }

  /// Where a node lies without an instruction.
  private func place(_ node: Int) -> PointwisePlace? {
    if let place = known[node] { return place }
    switch graph.nodes[node].source {
    case .slot(let slot): return .slot(slot)
    case .rows(let place): return place
    case .constant, .operation: return nil
    }
  }

  /// One item for every node that an instruction computes, products that only one sum uses made a part of it.
  private func fused(needed: [Int]) -> [Item] {
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
    for node in needed.reversed() where place(node) == nil && !isConstant(node) && !absorbed.contains(node) {
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

  /// The instructions; new constants are added to `constants`.
  func instructions(constants: inout [Scalar]) -> [PointwiseInstruction] {
    let end = items.count
    var position: [Int: Int] = [:], lastUse: [Int: Int] = [:], lastRead: [PointwisePlace: Int] = [:]
    var uses: [Int: Int] = [:]
    for target in targets { uses[target.node, default: 0] += 1 }
    for (index, item) in items.enumerated() {
      position[item.node] = index
      for operand in item.operands {
        lastUse[operand] = index
        uses[operand, default: 0] += 1
        if let place = place(operand) { lastRead[place] = index }
      }
    }
    for target in targets {
      if let place = place(target.node), place != target.place { lastRead[place] = end }
    }
    // A result goes where it belongs at once if nobody reads what lies there any more. What is read again stays in slots or
    // registers: rows may be laid over each other where their contents do not matter.
    var homes: [Int: Target] = [:]
    for target in targets {
      guard let position = position[target.node], homes[target.node] == nil else { continue }
      var isFree = target.place.overwrites.allSatisfy { lastRead[$0] ?? 0 <= position }
      if case .slot = target.place {} else { isFree = isFree && uses[target.node] == 1 }
      if isFree { homes[target.node] = target }
    }
    // Everything else is copied as soon as that is so.
    var copies = targets.filter { homes[$0.node]?.place != $0.place }
    func ready(_ target: Target) -> Int {
      guard let position = position[target.node] else { return end }
      return target.place.overwrites.reduce(position) { max($0, lastRead[$1] ?? 0) }
    }
    for target in copies { lastUse[target.node] = max(lastUse[target.node] ?? 0, ready(target)) }
    var registers = Registers()
    var places: [Int: PointwisePlace] = [:]
    func source(_ node: Int) -> PointwisePlace {
      if let place = places[node] ?? place(node) { return place }
      guard case .constant(let value) = graph.nodes[node].source else { preconditionFailure("node \(node) is lost") }
      if let index = constants.firstIndex(of: value) { return .constant(index) }
      constants.append(value)
      return .constant(constants.count - 1)
    }
    var code: [PointwiseInstruction] = []
    func copy(_ target: Target) -> PointwiseInstruction? {
      let from = source(target.node)
      return from == target.place
        ? nil : PointwiseInstruction(.copy, [from], into: target.place, settles: target.settles)
    }
    for (index, item) in items.enumerated() {
      let operands = item.operands.map(source)
      for operand in Set(item.operands) where lastUse[operand] == index { registers.free(places[operand]) }
      let home = homes[item.node]
      let result = home?.place ?? registers.take()
      places[item.node] = result
      code.append(PointwiseInstruction(item.operation, operands, into: result, settles: home?.settles ?? false))
      let now = copies.filter { ready($0) == index }
      copies.removeAll { ready($0) == index }
      code += now.compactMap(copy)
      for target in now where lastUse[target.node] == index { registers.free(places[target.node]) }
    }
    return code + copies.compactMap(copy).readersFirst(&registers)
  }
}

extension PointwisePlace {
  /// What is lost when something is written here. A run without history keeps new memories where the old ones were.
  fileprivate var overwrites: [PointwisePlace] {
    if case .memory(let index) = self { [self, .memoryBefore(index)] } else { [self] }
  }
}

extension [PointwiseInstruction] {
  /// Copies in an order in which each comes before those that overwrite what it reads; of copies in a circle, as of states that
  /// change places, one source is put aside.
  fileprivate func readersFirst(_ registers: inout Registers) -> [PointwiseInstruction] {
    var (open, ordered) = (self, [PointwiseInstruction]())
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
