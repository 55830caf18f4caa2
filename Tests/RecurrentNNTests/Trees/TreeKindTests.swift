import Foundation
import RecurrentNN
import Testing

@Suite struct TreeKindTests {
  @Test func namesAreTheirOwnAndSayWhereTheyComeFrom() {
    let names = TreeKind.all.map(\.name)
    #expect(Set(names + RecurrentKind.all.map(\.name)).count == names.count + RecurrentKind.all.count)
    for kind in TreeKind.all {
      #expect(kind.name.wholeMatch(of: /[a-z][a-z0-9-]*/) != nil, "\(kind.name)")
      #expect(kind.about.source.firstMatch(of: /(19|20)\d\d/) != nil, "\(kind.name) has no year")
      #expect(kind.about.equations.contains("h' = "), "\(kind.name)")
      #expect(TreeKind(named: kind.name)?.cell == kind.cell)
    }
    #expect(TreeKind(named: "lstm") == nil)
  }

  /// One test file for each cell, with what is special to it.
  @Test(arguments: TreeKind.all) func theCellHasItsTests(kind: TreeKind) throws {
    let here = URL(filePath: #filePath).deletingLastPathComponent()
    let text = try String(contentsOf: here.appending(path: "\(kind.cell)Tests.swift"), encoding: .utf8)
    #expect(text.contains("@Test"))
  }
}
