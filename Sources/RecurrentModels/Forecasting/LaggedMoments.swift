package import RecurrentNN

/// Sums and products over all origins of the differences around each, from which a linear map of any window to any
/// horizon follows without ever building the windows.
///
/// With `d[r] = y[r] - y[r - 1]` an origin `t` has the vector `v = d[t - window + 1 ..< t + horizon]`. Moving the
/// origin by one moves the vector by one, so that `S[i + 1][j + 1]` is `S[i][j]` less the first and plus the next
/// product: `n` origins cost `n * width + width^2` operations instead of `n * width^2`.
package struct LaggedMoments {
  private let window: Int
  private let horizon: Int
  private var count = 0.0
  private var first: [Double]
  private var second: [Double]

  private var width: Int { window - 1 + horizon }

  package init(window: Int, horizon: Int) {
    self.window = window
    self.horizon = horizon
    first = Array(repeating: 0, count: window - 1 + horizon)
    second = Array(repeating: 0, count: first.count * first.count)
  }

  /// Adds the origins `run` of a column without missing values; each needs `window` rows before it and `horizon`
  /// rows from it on.
  package mutating func add(_ values: [Double], origins run: Range<Int>) {
    guard !run.isEmpty else { return }
    let width = width
    let start = run.lowerBound - window + 1
    let end = run.upperBound - window + 1
    let differences = (start..<end + width - 1).map { values[$0] - values[$0 - 1] }
    let length = run.count
    count += Double(length)
    var added = [Double](repeating: 0, count: second.count)
    differences.withUnsafeBufferPointer { d in
      for j in 0..<width {
        var total = 0.0
        var product = 0.0
        for t in 0..<length {
          total += d[t + j]
          product += d[t] * d[t + j]
        }
        first[j] += total
        added[j] = product
      }
      for i in 1..<max(1, width) {
        for j in i..<width {
          let previous = added[(i - 1) * width + j - 1]
          added[i * width + j] = previous - d[i - 1] * d[j - 1] + d[length + i - 1] * d[length + j - 1]
        }
      }
    }
    for i in 0..<width {
      for j in i..<width {
        second[i * width + j] += added[i * width + j]
        if j > i { second[j * width + i] += added[i * width + j] }
      }
    }
  }

  /// The moments of inputs `x[i] = y[t - window + i] - y[t - 1]` (all but the last, which is zero) and outputs
  /// `z[h] = y[t + h] - y[t - 1]`: both are running sums of the differences, away from the origin.
  package func aboutLastValue() -> RidgeMoments {
    let inputs = window - 1
    let width = width
    var sums = first
    var products = second
    accumulate(&sums, rows: 1)
    accumulate(&products, rows: width)
    products = transposed(products)
    accumulate(&products, rows: width)
    products = transposed(products)
    var moments = RidgeMoments(inputs: inputs, outputs: horizon, count: count)
    for i in 0..<inputs {
      moments.inputSums[i] = -sums[i]
      for j in 0..<inputs { moments.inputProducts[i * inputs + j] = products[i * width + j] }
      for h in 0..<horizon { moments.crossProducts[i * horizon + h] = -products[i * width + inputs + h] }
    }
    for h in 0..<horizon {
      moments.outputSums[h] = sums[inputs + h]
      moments.outputSquares[h] = products[(inputs + h) * width + inputs + h]
    }
    return moments
  }

  /// Running sums along each row: the inputs' part from its end to its start, the outputs' part from its start.
  private func accumulate(_ matrix: inout [Double], rows: Int) {
    let width = width
    let inputs = window - 1
    for row in 0..<rows {
      let base = row * width
      for i in stride(from: inputs - 2, through: 0, by: -1) { matrix[base + i] += matrix[base + i + 1] }
      for h in stride(from: inputs + 1, to: width, by: 1) { matrix[base + h] += matrix[base + h - 1] }
    }
  }

  private func transposed(_ matrix: [Double]) -> [Double] {
    let width = width
    return [Double](unsafeUninitializedCapacity: matrix.count) { buffer, initialized in
      for i in 0..<width {
        for j in 0..<width { buffer[j * width + i] = matrix[i * width + j] }
      }
      initialized = matrix.count
    }
  }
}
