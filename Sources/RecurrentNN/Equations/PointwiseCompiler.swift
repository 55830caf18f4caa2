import RecurrentKernels
import RecurrentTensor

/// Translates the equations of a cell into a pointwise program: what each slot keeps for the way back, the derivatives, and
/// the instructions of each phase.
struct PointwiseCompiler {
  private let gates: [CellEquations.Gate]
  private let memories: Int
  /// What the equations have declared.
  private let leaves: Set<ObjectIdentifier>
  private var graph = EquationGraph()
  private var slots: PointwiseSlots
  /// The nodes of what a slot holds after the product, by slot; then those of the weights of one number a unit.
  private var rawNodes: [Int] = []
  private var hiddenNode = 0
  private var memoryNodes: [Int] = []
  private var operandNodes: [Int] = []

  init(
    gates: [CellEquations.Gate], unitWeights: Int, operands: [CellExpression], hidden: CellExpression,
    memories: [CellExpression], leaves: [CellExpression], inputSteps: Int
  ) {
    self.leaves = Set(leaves.map { ObjectIdentifier($0.node) })
    self.gates = gates
    self.memories = memories.count
    slots = PointwiseSlots(gates, unitWeights: unitWeights)
    rawNodes =
      (0..<slots.gates).map { graph.leaf(.slot($0)) } + (0..<unitWeights).map { graph.leaf(.rows(.unitWeight($0))) }
    var translated: [ObjectIdentifier: Int] = [:]
    operandNodes = operands.map { translate($0.node, &translated) }
    hiddenNode = translate(hidden.node, &translated)
    memoryNodes = memories.map { translate($0.node, &translated) }
    (slots.inputSteps, slots.operands) = (inputSteps, max(1, operands.count))
    slots.isReadOut = onlyReadsOut
    require(
      slots.isReadOut || slots.operands == 1,
      LayerMessages.option(
        "CellEquations", "a gate over several values", expected: "one that only reads states out",
        received: "one that the next step depends on, or an output that depends on other gates and states too"))
  }

  private mutating func translate(_ node: CellExpression.Node, _ done: inout [ObjectIdentifier: Int]) -> Int {
    if let number = done[ObjectIdentifier(node)] { return number }
    if case .constant = node.kind {
    } else if node.operands.isEmpty {
      require(
        leaves.contains(ObjectIdentifier(node)),
        LayerMessages.option(
          "CellEquations", "a gate, state or weight of an expression", expected: "declared by these equations",
          received: "one of other equations"))
    }
    let operands = node.operands.map { translate($0, &done) }
    let number =
      switch node.kind {
      case .gate(let gate): rawNodes[slots.slot(of: gate, gates)]
      case .unitWeight(let index): rawNodes[slots.unit[index]]
      case .hidden: graph.leaf(.rows(.hiddenBefore))
      case .memory(let index): graph.leaf(.rows(.memoryBefore(index)))
      case .constant(let value): graph.leaf(.constant(value))
      case .add: graph.node(.add, operands)
      case .subtract: graph.node(.subtract, operands)
      case .multiply: graph.node(.multiply, operands)
      case .divide: graph.node(.divide, operands)
      case .negate: graph.node(.negate, operands)
      case .maximum: graph.node(.maximum, operands)
      case .minimum: graph.node(.minimum, operands)
      case .exp: graph.node(.exp, operands)
      case .tanh: graph.node(.tanh, operands)
      case .sigmoid: graph.node(.sigmoid, operands)
      case .relu: graph.node(.relu, operands)
      case .softplus: graph.node(.softplus, operands)
      }
    done[ObjectIdentifier(node)] = number
    return number
  }

  /// The cell of these equations.
  func compiled() -> SequenceCell {
    var compiler = self
    return compiler.compile()
  }

  private mutating func compile() -> SequenceCell {
    let forwardNodes = graph.nodes.count
    let derivatives = Derivatives(&graph, rawNodes, hiddenNode, memoryNodes, operandNodes, isReadOut: slots.isReadOut)
    let kept = keptNodes(derivatives, among: forwardNodes)
    var constants: [Scalar] = []
    func code(_ phases: [Phase], _ recurrence: [PointwisePlace: PointwisePlace]) -> [PointwiseCode] {
      phases.enumerated().map { phase, parts in
        func code(_ recurrence: [PointwisePlace: PointwisePlace]) -> PointwiseCode? {
          PointwiseEmission(graph, parts.targets, parts.known, recurrence: recurrence).code(constants: &constants)
        }
        // What a second phase makes is for no step that follows, or units wait for each other.
        return code(phase == 0 ? recurrence : [:]) ?? code([:])!
      }
    }
    let forward = code(
      forwardTargets(kept), recurrence(.hiddenBefore, .hidden) { (.memoryBefore($0), .memory($0)) })
    let backward = code(
      backwardTargets(derivatives, kept),
      recurrence(.hiddenGradient, .hiddenGradient) { (.memoryGradient($0), .memoryGradient($0)) })
    for (what, count) in [("slots", slots.count), ("memories", memories), ("constants", constants.count)] {
      require(
        count <= PointwiseProgram.places,
        LayerMessages.option(
          "CellEquations", "the number of \(what)", expected: "at most \(PointwiseProgram.places)", received: count))
    }
    let program = PointwiseProgram(memories: memories, constants: constants, forward: forward, backward: backward)
    return SequenceCell(program, slots)
  }

  /// Where a step finds what the step taken before it has left, and where it leaves that itself; none if units wait for each
  /// other at every step.
  private func recurrence(
    _ hidden: PointwisePlace, _ newHidden: PointwisePlace, memory: (Int) -> (PointwisePlace, PointwisePlace)
  ) -> [PointwisePlace: PointwisePlace] {
    guard slots.isReadOut || slots.recurrent.isEmpty else { return [:] }
    return Dictionary(uniqueKeysWithValues: [(hidden, newHidden)] + (0..<memories).map(memory))
  }

  // MARK: What slots keep

  private var gateNodes: ArraySlice<Int> { rawNodes.prefix(slots.gates) }

  /// Where the values that the way back finds lie: the kept ones in slots, new states in rows.
  private func found(_ kept: [Int]) -> [Int: PointwisePlace] {
    var places: [Int: PointwisePlace] = [hiddenNode: .hidden]
    for (index, node) in memoryNodes.enumerated() { places[node] = .memory(index) }
    for (slot, node) in kept.enumerated() { places[node] = .slot(slot) }
    return places
  }

  /// For each gate's slot the node whose value it keeps: the one with which the way back has least to compute again.
  private func keptNodes(_ derivatives: Derivatives, among count: Int) -> [Int] {
    var users = [[Int]](repeating: [], count: count)
    for node in 0..<count { for operand in graph.nodes[node].operands { users[operand].append(node) } }
    var kept = Array(gateNodes)
    for slot in kept.indices {
      var chain = [rawNodes[slot]]
      let results = Set([hiddenNode] + memoryNodes + operandNodes)
      while let last = chain.last, users[last].count == 1, !results.contains(last) { chain.append(users[last][0]) }
      var best: (node: Int, cost: Int)?
      for node in chain {
        kept[slot] = node
        guard let cost = costOfWayBack(derivatives, kept), cost < best?.cost ?? .max else { continue }
        best = (node, cost)
      }
      kept[slot] = best?.node ?? rawNodes[slot]
    }
    return kept
  }

  /// What the way back computes again with these kept nodes, in rough instructions; nil if something is lost.
  private func costOfWayBack(_ derivatives: Derivatives, _ kept: [Int]) -> Int? {
    let places = found(kept)
    let lost = Set(gateNodes).subtracting(kept)
    let needed = graph.needed(for: derivatives.all) { places[$0] != nil }
    guard needed.isDisjoint(with: lost) else { return nil }
    // The second phase forward finds the first phase's slots as they are kept.
    for (targets, known) in forwardTargets(kept) {
      let raw = Set(gateNodes.filter { known[$0] == nil })
      guard graph.needed(for: targets.map(\.node), isKnown: { known[$0] != nil }).isDisjoint(with: raw) else {
        return nil
      }
    }
    return needed.reduce(0) { sum, node in
      guard places[node] == nil, case .operation(let operation) = graph.nodes[node].source else { return sum }
      return sum + (operation.isCostly ? 10 : 1)
    }
  }

  // MARK: What each phase computes

  private typealias Phase = (targets: [PointwiseEmission.Target], known: [Int: PointwisePlace])

  /// Forward: a phase keeps what its slots already allow, the first of two makes the operand, the last one the states.
  private func forwardTargets(_ kept: [Int]) -> [Phase] {
    let raw = Dictionary(uniqueKeysWithValues: gateNodes.enumerated().map { ($1, PointwisePlace.slot($0)) })
    let hidden = [PointwiseEmission.Target(hiddenNode, .hidden)]
    let memories = memoryNodes.enumerated().map { PointwiseEmission.Target($1, .memory($0)) }
    let operands = operandNodes.enumerated().map { PointwiseEmission.Target($1, .operand($0)) }
    func keep(_ slots: some Sequence<Int>) -> [PointwiseEmission.Target] {
      slots.filter { kept[$0] != rawNodes[$0] }.map { .init(kept[$0], .slot($0)) }
    }
    guard !operands.isEmpty else { return [(keep(kept.indices) + hidden + memories, raw)] }
    guard !slots.isReadOut else {
      let late = readSlots.filter(kept.indices.contains)
      return [
        (keep(kept.indices.filter { !late.contains($0) }) + operands + memories, raw),
        (keep(late.sorted()) + hidden, raw),
      ]
    }
    let late = Set(slots.phases[1].map { rawNodes[$0] })
    let early = kept.indices.filter { graph.needed(for: [kept[$0]]) { _ in false }.isDisjoint(with: late) }
    var known = raw
    for slot in early where kept[slot] != rawNodes[slot] {
      known[rawNodes[slot]] = nil
      known[kept[slot]] = .slot(slot)
    }
    return [
      (keep(early) + operands, raw),
      (keep(kept.indices.filter { !early.contains($0) }) + hidden + memories, known),
    ]
  }

  /// Backward: every slot gets its gradient; of two phases the last goes first, and what the operand's gradient adds comes
  /// in the first one. Gradients of both parts wait in a slot of their own.
  private mutating func backwardTargets(_ derivatives: Derivatives, _ kept: [Int]) -> [Phase] {
    let zero = graph.leaf(.constant(0))
    let known = found(kept)
    var direct: [PointwiseEmission.Target] = []
    var late: [PointwiseEmission.Target] = []
    if slots.isReadOut {
      let read = readSlots
      for (slot, (own, _)) in derivatives.slots.enumerated() {
        let target = PointwiseEmission.Target(own ?? zero, .slot(slot), settles: own != nil)
        if read.contains(slot) { direct.append(target) } else { late.append(target) }
      }
      for (place, (own, _)) in derivatives.states where place != .hiddenGradient {
        late.append(.init(own ?? zero, place, settles: own != nil))
      }
      return [(late, known), (direct, known)]
    }
    for (slot, (own, through)) in derivatives.slots.enumerated() {
      guard let through else {
        direct.append(.init(own ?? zero, .slot(slot), settles: own != nil))
        continue
      }
      guard let own else {
        late.append(.init(through, .slot(slot), settles: true))
        continue
      }
      direct.append(.init(own, .slot(slots.count)))
      let waiting = graph.leaf(.slot(slots.count))
      late.append(.init(graph.node(.add, [waiting, through]), .slot(slot), settles: true))
      slots.count += 1
    }
    for (place, (own, through)) in derivatives.states {
      let settles = place != .hiddenGradient
      direct.append(.init(own ?? zero, place, settles: settles && own != nil))
      guard let through else { continue }
      late.append(.init(graph.node(.add, [graph.leaf(.rows(place)), through]), place, settles: settles))
    }
    return operandNodes.isEmpty ? [(direct, known)] : [(late, known), (direct, known)]
  }

  // MARK: Read-outs

  /// What these nodes are made of.
  private func leaves(of nodes: [Int]) -> [EquationGraph.Node.Source] {
    graph.needed(for: nodes) { _ in false }.map { graph.nodes[$0].source }
  }

  /// Where the gradient of a leaf belongs, if it has a slot.
  private func slot(of leaf: EquationGraph.Node.Source) -> Int? {
    switch leaf {
    case .slot(let slot): slot
    case .rows(.unitWeight(let index)): slots.unit[index]
    default: nil
    }
  }

  /// The slots that the output is made of.
  private var readSlots: Set<Int> { Set(leaves(of: [hiddenNode]).compactMap(slot)) }

  /// Whether the product over the operands is for the output alone, which is made of it and of slots that nothing else needs:
  /// then no step waits for it.
  private var onlyReadsOut: Bool {
    guard !operandNodes.isEmpty, slots.phases[0].isEmpty else { return false }
    let read = readSlots
    let isOwn = leaves(of: [hiddenNode]).allSatisfy { leaf in
      if case .rows = leaf { slot(of: leaf) != nil } else { true }
    }
    let isUnseen = leaves(of: memoryNodes + operandNodes).allSatisfy { source in
      slot(of: source).map { !read.contains($0) && !slots.phases[1].contains($0) } ?? (source != .rows(.hiddenBefore))
    }
    return isOwn && isUnseen && slots.phases[1].allSatisfy(read.contains)
  }
}

/// The gradients of slots and states before: `own` from the results of the step, `through` by way of the operand.
private struct Derivatives {
  typealias Parts = (own: Int?, through: Int?)
  var slots: [Parts]
  var states: [(place: PointwisePlace, parts: Parts)]

  /// What is read out has gradients of its own, so that all can be made together, and none by way of the operand.
  init(
    _ graph: inout EquationGraph, _ raw: [Int], _ hidden: Int, _ memories: [Int], _ operands: [Int], isReadOut: Bool
  ) {
    let arriving = [graph.leaf(.rows(.hiddenGradient)), graph.leaf(.rows(.upstream))]
    var seeds = [(node: hidden, gradient: graph.node(.settledSum, arriving))]
    for (index, node) in memories.enumerated() { seeds.append((node, graph.leaf(.rows(.memoryGradient(index))))) }
    func ofOperands(_ graph: inout EquationGraph) -> [(node: Int, gradient: Int)] {
      operands.enumerated().map { ($1, graph.leaf(.rows(.operandGradient($0)))) }
    }
    if isReadOut { seeds += ofOperands(&graph) }
    let own = graph.gradients(from: seeds)
    let through = isReadOut || operands.isEmpty ? nil : graph.gradients(from: ofOperands(&graph))
    slots = raw.map { (own[$0], through?[$0]) }
    let before = [graph.leaf(.rows(.hiddenBefore))] + memories.indices.map { graph.leaf(.rows(.memoryBefore($0))) }
    let places = [PointwisePlace.hiddenGradient] + memories.indices.map { .memoryGradient($0) }
    states = zip(places, before).map { ($0, (own[$1], through?[$1])) }
  }

  var all: [Int] { (slots + states.map(\.parts)).flatMap { [$0.own, $0.through].compactMap(\.self) } }
}

extension PointwiseSlots {
  /// Slots in an order in which the input's are without gaps, and each phase's too.
  fileprivate init(_ gates: [CellEquations.Gate], unitWeights: Int) {
    let hasPhases = gates.contains { $0.isOverOperand }
    let order = Self.order(gates)
    func slots(_ isWanted: (CellEquations.Gate) -> Bool) -> [Int] {
      order.indices.filter { isWanted(gates[order[$0]]) }
    }
    func range(_ slots: [Int]) -> Range<Int> { slots.isEmpty ? 0..<0 : slots[0]..<slots[slots.count - 1] + 1 }
    func place(_ isWanted: (CellEquations.Gate) -> Bool) -> [Int] {
      gates.indices.filter { isWanted(gates[$0]) }.map { order.firstIndex(of: $0)! }
    }
    let first = range(slots { $0.meetsState && !$0.isOverOperand })
    self.init(
      count: gates.count + unitWeights, gates: gates.count, input: place(\.meetsInput), recurrent: place(\.meetsState),
      unit: Array(gates.count..<gates.count + unitWeights),
      phases: hasPhases ? [first, range(slots { $0.isOverOperand })] : [first],
      inputRange: range(slots(\.meetsInput)))
  }

  private static func order(_ gates: [CellEquations.Gate]) -> [Int] {
    let hasPhases = gates.contains { $0.isOverOperand }
    func rank(_ gate: CellEquations.Gate) -> Int {
      if !gate.meetsState { return 1 }
      if hasPhases, !gate.isOverOperand { return 0 }
      return gate.meetsInput ? 2 : 3
    }
    return gates.indices.sorted { (rank(gates[$0]), $0) < (rank(gates[$1]), $1) }
  }

  func slot(of gate: Int, _ gates: [CellEquations.Gate]) -> Int { Self.order(gates).firstIndex(of: gate)! }
}
