import CommandLineKit

/// A program with one of everything.
let sampleProgram = ProgramDefinition(
  name: "kettle", version: "1.2.3", summary: "boils water in many ways",
  commands: [
    CommandDefinition(
      "boil", summary: "Boil something", groups: [],
      subcommands: [
        CommandDefinition(
          "tea", summary: "Boil water for tea",
          discussion: "First paragraph\nover two lines.\n\nSecond paragraph.",
          positionals: [
            PositionalDefinition("cup", help: "where it goes"),
            PositionalDefinition("leaves", .several, help: "what goes in"),
          ],
          groups: [
            OptionGroup(
              "The water",
              [
                OptionDefinition(
                  "degrees", .integer(20...100), valueName: "N", help: "How hot.", example: "--degrees 95",
                  isRequired: true),
                OptionDefinition(
                  "kind", .choice(["green", "black", "white"]), valueName: "KIND", default: .value("black"),
                  help: "The kind of tea.", example: "--kind green"),
                OptionDefinition(
                  "flow", .number(.above(0, below: 1)), valueName: "RATE", default: .described("as the pump has it"),
                  help: "The share of the flow.", example: "--flow 0.5"),
                OptionDefinition(
                  "spice", .text, valueName: "NAME", help: "A spice.", example: "--spice clove", isRepeatable: true),
              ]),
            OptionGroup(
              "The rest",
              [
                OptionDefinition("quiet", .flag, help: "No whistle.", example: "--quiet"),
                OptionDefinition(
                  "output", letter: "o", .text, valueName: "FILE", help: "Where to.", example: "-o pot"),
                OptionDefinition(
                  "pair", .pattern(expected: "two letters") { $0.count == 2 }, valueName: "AB", help: "A pair.",
                  example: "--pair ab"),
                OptionDefinition("config", .text, valueName: "FILE", help: "Values.", example: "--config a.json"),
              ]),
          ],
          examples: [CommandExample("boil tea mug fannings --degrees 95", "Strong tea:")])
      ],
      subcommandName: "drink"),
    CommandDefinition(
      "show", summary: "Show the kettle", positionals: [PositionalDefinition("part", .optional, help: "one part")]),
  ],
  notes: [("Exit codes", [("0", "tea"), ("64", "no tea")])])
