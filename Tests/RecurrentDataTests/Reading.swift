import RecurrentData

/// Reads the text of a file named `a.csv`.
func read(_ text: String, _ options: ReadingOptions = ReadingOptions()) throws -> TimeSeries {
  try TimeSeries(bytes: Array(text.utf8), named: "a.csv", options: options)
}

/// Reads bytes as a file named `a.csv`.
func read(_ bytes: [UInt8], _ options: ReadingOptions = ReadingOptions()) throws -> TimeSeries {
  try TimeSeries(bytes: bytes, named: "a.csv", options: options)
}

/// Options changed in place.
func options(_ change: (inout ReadingOptions) -> Void) -> ReadingOptions {
  var options = ReadingOptions()
  change(&options)
  return options
}

/// The message of what `body` throws; empty if it throws nothing.
func message(_ body: () throws -> Void) -> String {
  do { try body() } catch { return "\(error)" }
  return ""
}
