import Foundation
import RecurrentExamples

// examples [NAME | all] [--seed N] [--pictures FOLDER] [--trace]: runs example programs; ends with 1 if a claim fails.
let usage = """
  usage: examples NAME... | all  [--seed N] [--pictures FOLDER] [--trace]

  \(Example.all.map { "  \($0.name.padding(toLength: 24, withPad: " ", startingAt: 0))\($0.summary)" }
    .joined(separator: "\n"))

  example: swift run -c release examples many-to-one --seed 3
  """

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data((message + "\n").utf8))
  exit(64)
}

var names: [String] = []
var seed: UInt64 = 1
var folder: String?
var isTracing = false
var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
  switch argument {
  case "--help", "-h":
    print(usage)
    exit(0)
  case "--seed":
    guard let value = arguments.popFirst().flatMap({ UInt64($0) }) else { fail("--seed: expected a whole number") }
    seed = value
  case "--pictures":
    guard let value = arguments.popFirst() else { fail("--pictures: expected a folder") }
    folder = value
  case "--trace": isTracing = true
  case "all": names = Example.all.map { $0.name }
  default:
    guard Example.named(argument) != nil else { fail("no example \"\(argument)\"\n\n\(usage)") }
    names.append(argument)
  }
}
guard !names.isEmpty else { fail(usage) }

var failures = 0
for program in names.compactMap(Example.named) {
  let start = ContinuousClock.now
  print("== \(program.name): \(program.summary)  (seed \(seed))")
  var page = ExamplePage(isTracing: isTracing) { print($0) }
  try program.run(seed: seed, page: &page)
  failures += page.claims.count { !$0.holds }
  if let folder {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, chart) in page.pictures {
      let path = "\(folder)/\(name).svg"
      try Data(chart.standaloneSVG(width: 720).utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
      print("picture \(path)")
    }
  }
  let seconds = ContinuousClock.now - start
  print(
    "\(page.claims.count) claims, \(seconds.formatted(.units(allowed: [.seconds], fractionalPart: .show(length: 1))))\n"
  )
}
exit(failures == 0 ? 0 : 1)
