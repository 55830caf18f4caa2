import CommandLineKit
import Testing

@Suite struct HelpPageTests {
  @Test func firstPage() {
    #expect(
      HelpPage(sampleProgram).text(for: []) == """
        kettle 1.2.3: boils water in many ways

        Usage: kettle COMMAND ...

        Commands:
          boil tea        Boil water for tea
          show            Show the kettle
          help [COMMAND]  This page, or all about a command; --markdown for all
          --version       The version

        Exit codes:
          0   tea
          64  no tea

        """)
  }

  @Test func commandPage() {
    #expect(
      HelpPage(sampleProgram).text(for: ["boil", "tea"]) == """
        kettle boil tea: Boil water for tea

        Usage: kettle boil tea CUP LEAVES... --degrees N [options]

        First paragraph over two lines.

        Second paragraph.

        Arguments:
          CUP        where it goes
          LEAVES...  what goes in

        The water:
          --degrees N               How hot. Required.
                                    Example: --degrees 95
          --kind KIND               The kind of tea. One of: green, black, white.
                                    Default: black.
                                    Example: --kind green
          --flow RATE               The share of the flow. Default: as the pump has it.
                                    Example: --flow 0.5
          --spice NAME              A spice. May be repeated.
                                    Example: --spice clove

        The rest:
          --quiet                   No whistle.
                                    Example: --quiet
          -o, --output FILE         Where to.
                                    Example: -o pot
          --pair AB                 A pair.
                                    Example: --pair ab
          --config FILE             Values.
                                    Example: --config a.json

        Examples:
          Strong tea:
            kettle boil tea mug fannings --degrees 95

        """)
    #expect(
      HelpPage(sampleProgram).text(for: ["boil"]).contains("Usage: kettle boil DRINK ...\n\nDrinks:\n  tea  Boil"))
  }

  @Test func referenceListsEveryOption() {
    let reference = CommandReference.markdown(of: sampleProgram, command: ["boil"])
    #expect(reference.hasPrefix("# kettle boil\n\nBoil something.\n\n## kettle boil tea\n"))
    #expect(reference.contains("| `--kind KIND` | The kind of tea. One of: green, black, white. Default: black. |"))
    for option in sampleProgram.command(at: ["boil", "tea"])?.options ?? [] {
      #expect(reference.contains("`\(option.usage)`"))
    }
  }

  @Test func referenceOfTheProgramLeadsToThePages() {
    let reference = CommandReference.markdown(of: sampleProgram)
    #expect(reference.contains("| `kettle boil tea` | Boil water for tea | <doc:CommandBoil> |\n"))
    #expect(reference.contains("| `kettle show` | Show the kettle | <doc:CommandShow> |\n"))
    #expect(reference.contains("## Exit codes\n") && !reference.contains("--kind"))
    let page = CommandReference.markdown(of: sampleProgram, command: ["show"])
    #expect(page.hasPrefix("# kettle show\n\nShow the kettle.\n\n```text\n"))
  }
}
