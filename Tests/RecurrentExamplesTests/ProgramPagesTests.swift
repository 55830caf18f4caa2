import Foundation
import RecurrentExamples
import Testing

/// README.md and Docs/programs.md name every program, in the order in which they are best read, and no other.
@Suite("Pages about the example programs")
struct ProgramPagesTests {
  private let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  @Test("The table of the README names every program and links to its section")
  func readme() throws {
    let rows = try text("README.md").matches(of: /\| \[`([a-z-]+)`\]\(Docs\/programs\.md#([a-z-]+)\) \|/)
    #expect(rows.map { String($0.output.1) } == Example.all.map { $0.name })
    #expect(rows.allSatisfy { $0.output.1 == $0.output.2 })
  }

  @Test("The page has a section, a command and a file for every program, and shows pictures that exist")
  func page() throws {
    let page = try text("Docs/programs.md")
    let sections = page.components(separatedBy: "\n## ").dropFirst().filter { $0.contains("examples ") }
    #expect(sections.map { $0.prefix { $0 != "\n" } } == Example.all.map { $0.name[...] })
    for (section, program) in zip(sections, Example.all) {
      #expect(section.contains("swift run -c release examples \(program.name)"))
      #expect(section.contains("../Examples/Programs/\(program).swift"))
    }
    for link in page.matches(of: /\]\(([^)#]+)\)/) {
      let file = root.appending(path: "Docs/\(link.output.1)").standardized.path
      #expect(FileManager.default.fileExists(atPath: file), "\(link.output.1)")
    }
  }
}
