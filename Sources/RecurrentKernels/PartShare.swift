import Synchronization

/// What one member of a team does of a part: some of its units at all steps, or all units at every so many blocks of steps.
struct PartShare {
  /// The member's number among the members of the part.
  let member: Int
  /// The members of the part.
  let count: Int
  /// Where all members of the part meet.
  let team: TeamBarrier
  /// The order of the blocks of steps, if members take them in turn.
  let turns: TurnOrder?
  /// Where those meet who have some of the units each.
  let units: TeamBarrier

  private static let alone = TeamBarrier(size: 1)

  init(member: Int, count: Int, team: TeamBarrier, turns: TurnOrder?) {
    (self.member, self.count, self.team, self.turns) = (member, count, team, turns)
    units = turns == nil ? team : Self.alone
  }

  /// The whole of a part.
  static var whole: PartShare { PartShare(member: 0, count: 1, team: alone, turns: nil) }

  /// This member's blocks of units or panels, of those that members with some units each have.
  func share(of count: Int) -> Range<Int> {
    turns == nil ? evenShare(of: count) : 0..<count
  }

  /// This member's blocks of units or panels, of those that all members share.
  func evenShare(of count: Int) -> Range<Int> { MatrixProduct.share(of: count, member: member, of: self.count) }

  /// Whether this member takes a block of steps.
  func takes(_ block: Int) -> Bool { turns == nil || block % count == member }

  /// Calls `body` for a block of steps when the one before is done.
  func inTurn(_ block: Int, _ body: () -> Void) {
    turns?.wait(for: block)
    body()
    turns?.finish(block)
  }
}

/// The order in which turns follow each other, as blocks of steps that go on from one another, or sums that are added.
final class TurnOrder: Sendable {
  private let next = Atomic<Int>(0)

  /// Returns when all turns before this one are over.
  func wait(for turn: Int) {
    Patience.wait { next.load(ordering: .acquiring) == turn }
  }

  /// Lets the next turn begin.
  func finish(_ turn: Int) { next.store(turn + 1, ordering: .releasing) }
}
