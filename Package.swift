// swift-tools-version: 6.2
import PackageDescription

/// `RECURRENT_SCALAR=double` makes the scalar of every tensor Double (gradient checks);
/// `RECURRENT_STRICT=1` turns warnings into errors (`make check`).
let usesDouble = Context.environment["RECURRENT_SCALAR"] == "double"
let isStrict = Context.environment["RECURRENT_STRICT"] == "1"
/// `RECURRENT_TOP_ROOM=RecurrentTraining` leaves out what lies above that room (`make mutants`).
let topRoom = Context.environment["RECURRENT_TOP_ROOM"]

var swiftSettings: [SwiftSetting] = [.enableUpcomingFeature("InternalImportsByDefault")]
if usesDouble { swiftSettings.append(.define("RECURRENT_DOUBLE")) }
if isStrict { swiftSettings.append(.treatAllWarnings(as: .error)) }
let cSettings: [CSetting] =
  isStrict ? [.enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error)] : []

/// The house, lowest room first: a target imports only what it declares here, and only downwards (`scripts/check-imports`).
let house: [(name: String, imports: [String])] = [
  ("RecurrentKernels", ["CRecurrentKernels"]),
  ("RecurrentTensor", ["RecurrentKernels"]),
  ("RecurrentNN", ["RecurrentTensor", "RecurrentKernels"]),
  ("RecurrentTraining", ["RecurrentNN", "RecurrentTensor", "RecurrentKernels"]),
  ("RecurrentData", ["CZlib"]),
  ("RecurrentModels", ["RecurrentTraining", "RecurrentData", "RecurrentNN", "RecurrentTensor"]),
  ("RecurrentReports", ["RecurrentModels", "RecurrentData", "RecurrentTensor"]),
  (
    "Recurrent",
    ["RecurrentTensor", "RecurrentNN", "RecurrentData", "RecurrentTraining", "RecurrentModels", "RecurrentReports"]
  ),
  ("CommandLineKit", []),
  ("RecurrentExamples", ["Recurrent"]),
  ("RecurrentExperiments", ["Recurrent"]),
  ("RecurrentBenchmarks", ["Recurrent"]),
  ("RecurrentCommands", ["Recurrent", "RecurrentReports", "RecurrentBenchmarks", "CommandLineKit"]),
]
/// Everything that these rooms stand on. A room is compiled again when any of it has changed: values of lower rooms lie in it by
/// their size, and a module that only passes others on does not change when they do.
func foundations(_ imports: [String]) -> [Target.Dependency] {
  var (open, names) = (imports, [String]())
  while let name = open.popLast() {
    guard !names.contains(name) else { continue }
    names.append(name)
    open += house.first { $0.name == name }?.imports ?? []
  }
  return names.sorted().map { .byName(name: $0) }
}

/// The rooms that do not lie under Sources.
let folders = [
  "RecurrentExamples": "Examples/Programs", "RecurrentExperiments": "Experiments/Programs",
  "RecurrentBenchmarks": "Benchmarks/Suites",
]
let rooms = house.prefix(1 + (house.firstIndex { $0.name == topRoom } ?? house.count - 1))
let isWhole = rooms.count == house.count

let package = Package(
  name: "recurrent",
  platforms: [.macOS(.v15)],
  products: isWhole
    ? [
      .library(name: "Recurrent", targets: ["Recurrent"]),
      .executable(name: "recurrent", targets: ["RecurrentTool"]),
    ] : [],
  targets: [
    .target(
      name: "CRecurrentKernels", publicHeadersPath: usesDouble ? "include-double" : "include", cSettings: cSettings,
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .executableTarget(
      name: "long-sequence", dependencies: foundations(["RecurrentNN"]), path: "Benchmarks/LongSequence",
      swiftSettings: swiftSettings),
    .target(
      name: "RecurrentTestSupport", dependencies: foundations(["RecurrentNN"]) + ["CAllocationCounter"],
      path: "Tests/RecurrentTestSupport", swiftSettings: swiftSettings),
    .testTarget(
      name: "ParityTests", dependencies: foundations(["RecurrentNN"]) + ["RecurrentTestSupport"],
      swiftSettings: swiftSettings),
  ]
    + (isWhole
      ? [
        .executableTarget(
          name: "RecurrentTool", dependencies: foundations(["RecurrentCommands"]), swiftSettings: swiftSettings),
        .executableTarget(
          name: "examples", dependencies: foundations(["RecurrentExamples"]), path: "Examples/Runner",
          swiftSettings: swiftSettings),
        .executableTarget(
          name: "experiments", dependencies: foundations(["RecurrentExperiments"]), path: "Experiments/Runner",
          swiftSettings: swiftSettings),
        .executableTarget(
          name: "resumable", dependencies: foundations(["RecurrentTraining"]),
          path: "Examples/Resumable", swiftSettings: swiftSettings),
      ]
      : [])
    + rooms.map {
      .target(
        name: $0.name, dependencies: foundations($0.imports), path: folders[$0.name], swiftSettings: swiftSettings)
    }
    + rooms.map {
      .testTarget(
        name: $0.name + "Tests", dependencies: foundations([$0.name]) + ["RecurrentTestSupport"],
        swiftSettings: swiftSettings)
    },
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
