import Recurrent

/// A line of `log.jsonl`: what happened during a training, as one flat object with the name under `event`.
enum TrainingLogEntry: Codable, Equatable {
  /// Something that was chosen, and why.
  case note(String)
  /// An event of the training of one network.
  case training(Network, TrainingEvent)
  /// A network is done.
  case trained(Network, validationError: Double)
  /// What a run with growing learning rates has shown, and the rate that is used.
  case learningRate(candidate: Int?, LearningRateFinding, used: Double)
  /// A candidate of a search was judged.
  case judged(candidate: Int, SearchTable.Result)

  /// A network of the forecaster, or of one candidate of a search.
  struct Network: Codable, Hashable {
    /// The number of the candidate; nil without a search.
    let candidate: Int?
    let network: String
  }

  private enum Key: CodingKey { case event, text, candidate, validationError, used }
  private enum Name: String, Codable { case note, trained, learningRate, judged }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .note(let text):
      try container.encode(Name.note, forKey: .event)
      try container.encode(text, forKey: .text)
    case .training(let network, let event):
      try event.encode(to: encoder)
      try network.encode(to: encoder)
    case .trained(let network, let error):
      try container.encode(Name.trained, forKey: .event)
      try network.encode(to: encoder)
      try container.encode(error, forKey: .validationError)
    case .learningRate(let candidate, let finding, let used):
      try container.encode(Name.learningRate, forKey: .event)
      try container.encodeIfPresent(candidate, forKey: .candidate)
      try container.encode(used, forKey: .used)
      try finding.encode(to: encoder)
    case .judged(let candidate, let result):
      try container.encode(Name.judged, forKey: .event)
      try container.encode(candidate, forKey: .candidate)
      try result.encode(to: encoder)
    }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    switch Name(rawValue: try container.decode(String.self, forKey: .event)) {
    case .note: self = .note(try container.decode(String.self, forKey: .text))
    case .trained:
      self = .trained(
        try Network(from: decoder), validationError: try container.decode(Double.self, forKey: .validationError))
    case .learningRate:
      self = .learningRate(
        candidate: try container.decodeIfPresent(Int.self, forKey: .candidate), try LearningRateFinding(from: decoder),
        used: try container.decode(Double.self, forKey: .used))
    case .judged:
      self = .judged(
        candidate: try container.decode(Int.self, forKey: .candidate), try SearchTable.Result(from: decoder))
    case nil: self = .training(try Network(from: decoder), try TrainingEvent(from: decoder))
    }
  }

  /// Whether a network that goes on after a step, or that begins anew where that is nil, makes this line void.
  func isVoid(after step: Int?, of network: Network) -> Bool {
    switch self {
    case .note, .learningRate, .judged: return false
    case .trained(let own, _): return own == network
    case .training(let own, let event): return own == network && event.isVoid(after: step)
    }
  }
}
