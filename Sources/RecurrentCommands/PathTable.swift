import Recurrent

/// The texts in which sampled paths are handed out.
enum PathTable {
  /// `sample,time,target,value`, a row for each sample, target and step; samples count from 1.
  static func csv(_ paths: ForecastPaths) -> String {
    var text = "sample,time,target,value\n"
    let names = paths.targets.map(ForecastTable.field), times = paths.times.map(ForecastTable.field)
    for (number, sample) in paths.values.enumerated() {
      for (target, path) in sample.enumerated() {
        for (step, value) in path.enumerated() { text += "\(number + 1),\(times[step]),\(names[target]),\(value)\n" }
      }
    }
    return text
  }

  /// The JSON form.
  struct Document: Encodable {
    struct Target: Encodable {
      let name: String
      /// `[sample][step]`.
      let paths: [[Double]]
    }

    let schema = 1
    let samples: Int
    let seed: UInt64
    let times: [String]
    let targets: [Target]

    init(_ paths: ForecastPaths, seed: UInt64) {
      (samples, times, self.seed) = (paths.values.count, paths.times, seed)
      targets = paths.targets.enumerated().map { target, name in
        Target(name: name, paths: paths.values.map { $0[target] })
      }
    }
  }
}
