import RecurrentKernels

/// Where the result of each item goes, and what is copied when.
///
/// Moments are items by their number; copies come behind the item of theirs.
struct PointwisePlacement {
  private typealias Target = PointwiseEmission.Target

  /// Where items write at once; what is not here goes to a register.
  private(set) var homes: [Int: PointwiseEmission.Target] = [:]
  /// The targets that no item writes.
  private(set) var copies: [PointwiseEmission.Target] = []
  /// The waiting places that are used.
  private(set) var waiting = 0
  /// The last moment at which a node is read.
  private(set) var lastUse: [Int: Int] = [:]
  private let parts: PointwiseParts
  private let place: (Int) -> PointwisePlace?
  private var position: [Int: Int] = [:]
  private var lastRead: [PointwisePlace: Int] = [:]

  /// - Parameters:
  ///   - parts: What is computed.
  ///   - targets: Where results belong.
  ///   - place: Where a node lies without an instruction.
  init(
    _ parts: PointwiseParts, _ targets: [PointwiseEmission.Target], place: @escaping (Int) -> PointwisePlace?
  ) {
    (self.parts, self.place) = (parts, place)
    var uses: [Int: Int] = [:]
    for target in targets { uses[target.node, default: 0] += 1 }
    for (index, item) in parts.items.enumerated() {
      position[item.node] = index
      for operand in item.operands {
        lastUse[operand] = index
        uses[operand, default: 0] += 1
        if let place = place(operand) { lastRead[place] = index }
      }
    }
    for target in targets {
      guard let place = place(target.node), place != target.place else { continue }
      lastRead[place] = max(lastRead[place] ?? 0, end(target))
    }
    // A result goes where it belongs at once if nobody reads what lies there any more. What is read again stays in slots or
    // registers, as rows may be laid over each other where their contents do not matter; in parts it may stay in memories.
    for target in targets {
      guard let position = position[target.node], homes[target.node] == nil else { continue }
      let isFree = target.place.overwrites.allSatisfy { lastRead[$0] ?? 0 <= position }
      if isFree, isReadable(target.place, from: position) || uses[target.node] == 1 { homes[target.node] = target }
    }
    func withoutHome() -> [Target] { targets.filter { homes[$0.node]?.place != $0.place } }
    copies = withoutHome()
    for target in copies { lastUse[target.node] = max(lastUse[target.node] ?? 0, ready(target)) }
    findWaitingPlaces(targets)
    copies = withoutHome()
  }

  /// The moment at which a copy is made: as soon as nobody reads what it overwrites, and not before its part.
  func ready(_ target: PointwiseEmission.Target) -> Int {
    guard let position = position[target.node] else {
      precondition(target.place.overwrites.allSatisfy { lastRead[$0] ?? 0 <= end(target) }, "moved before it is read")
      return end(target)
    }
    let first = parts.isCarried(target) || target.place.isSlot ? position : max(position, parts.carried.upperBound)
    return target.place.overwrites.reduce(first) { max($0, lastRead[$1] ?? 0) }
  }

  /// What is only moved is moved at the end of its part.
  private func end(_ target: PointwiseEmission.Target) -> Int {
    parts.isCarried(target) ? parts.carried.upperBound : parts.items.count
  }

  /// Whether a value of the item at `position` can be read where it has been written. In the first part all steps may have
  /// written the memories of one.
  private func isReadable(_ place: PointwisePlace, from position: Int) -> Bool {
    if case .memory = place { parts.areApart && parts.part(of: position) > 0 } else { place.isSlot }
  }

  /// Values that go from one part to another wait in slots that are read no more and not yet written, else in places of their own.
  private mutating func findWaitingPlaces(_ targets: [PointwiseEmission.Target]) {
    // A copy is half a moment behind its item.
    var last: [Int: (part: Int, half: Int)] = [:]
    for (index, item) in parts.items.enumerated() {
      for operand in item.operands { last[operand] = (parts.part(of: index), 2 * index) }
    }
    for target in copies {
      let (before, ready) = (last[target.node] ?? (0, 0), ready(target))
      let part = parts.isCarried(target) ? 1 : parts.part(of: ready)
      last[target.node] = (max(before.part, part), max(before.half, 2 * ready + 1))
    }
    var spare = WaitingPlaces()
    for target in targets {
      guard target.place.isSlot else { continue }
      let isHome = homes[target.node]?.place == target.place
      spare.allow(
        target.place, after: 2 * (lastRead[target.place] ?? 0),
        before: 2 * (isHome ? position[target.node]! : ready(target)))
    }
    for (index, item) in parts.items.enumerated() {
      guard let end = last[item.node], parts.part(of: index) < end.part else { continue }
      if let home = homes[item.node], isReadable(home.place, from: index) { continue }
      homes[item.node] = Target(item.node, spare.take(from: 2 * index, to: end.half))
    }
    waiting = spare.count
  }
}

extension PointwisePlace {
  fileprivate var isSlot: Bool {
    if case .slot = self { true } else { false }
  }

  /// What is lost when something is written here. A run without history keeps new memories where the old ones were.
  var overwrites: [PointwisePlace] {
    if case .memory(let index) = self { [self, .memoryBefore(index)] } else { [self] }
  }
}

/// Places that a value can wait in.
private struct WaitingPlaces {
  private var free: [(place: PointwisePlace, after: Int, before: Int)] = []
  private var taken: [(place: PointwisePlace, from: Int, to: Int)] = []
  /// Those that are no slots.
  private(set) var count = 0

  mutating func allow(_ place: PointwisePlace, after: Int, before: Int) { free.append((place, after, before)) }

  /// A place for a value that is made at `from` and read for the last time at `to`.
  mutating func take(from: Int, to: Int) -> PointwisePlace {
    let fit = free.first { entry in
      entry.after <= from && to <= entry.before
        && taken.allSatisfy { $0.place != entry.place || $0.to <= from || to <= $0.from }
    }
    if fit == nil {
      free.append((.waiting(count), 0, .max))
      count += 1
    }
    let place = fit?.place ?? .waiting(count - 1)
    taken.append((place, from, to))
    return place
  }
}
