public import RecurrentTensor

/// The tensors of a module in visit order: paths, shapes, kinds, and where each trained one lies in a flat arena.
///
/// It is the one key space of gradients, optimizer state, files and messages. A layout is built once for a model and is
/// cheap to copy.
public struct ParameterLayout: Sendable, Equatable {
  /// One tensor of the module.
  public struct Entry: Sendable, Hashable {
    /// The dotted path, as `encoder.weight_ih_l0`.
    public let path: String
    /// The tensor's shape.
    public let shape: Shape
    /// What the tensor is for.
    public let kind: ParameterKind
    /// Where its gradient lies in the arena; empty unless the kind is `.parameter`.
    public let range: Range<Int>
  }

  private final class Table: Sendable {
    let entries: [Entry]
    let parameters: [Int]
    let indexOfPath: [String: Int]
    let scalarCount: Int

    init(_ entries: [Entry]) {
      self.entries = entries
      parameters = entries.indices.filter { entries[$0].kind == .parameter }
      indexOfPath = Dictionary(entries.indices.map { (entries[$0].path, $0) }) { first, _ in
        stop(LayerMessages.repeatedPath(entries[first].path))
      }
      scalarCount = entries.last?.range.upperBound ?? 0
    }
  }

  private let table: Table

  /// The layout of a module as it is now.
  public init(of module: some Module) {
    var collector = Collector()
    var module = module
    module.visitParameters(&collector)
    table = Table(collector.entries)
  }

  /// Every tensor, in visit order.
  public var entries: [Entry] { table.entries }

  /// The positions in `entries` of the trained tensors, in visit order.
  package var parameterIndices: [Int] { table.parameters }

  /// The trained scalars: the length of the arena.
  public var trainableCount: Int { table.scalarCount }

  /// All scalars, trained or not.
  public var scalarCount: Int { entries.reduce(0) { $0 + $1.shape.count } }

  /// The entry of a dotted path, or nil.
  public subscript(path: String) -> Entry? { table.indexOfPath[path].map { table.entries[$0] } }

  /// Equal if all entries are.
  public static func == (left: ParameterLayout, right: ParameterLayout) -> Bool {
    left.table === right.table || left.entries == right.entries
  }

  private struct Collector: PathVisitor {
    var path = ParameterPath()
    var entries: [Entry] = []
    var offset = 0

    mutating func visit(_ tensor: inout Tensor, at path: String, _ kind: ParameterKind) {
      let end = kind == .parameter ? offset + tensor.shape.count : offset
      entries.append(Entry(path: path, shape: tensor.shape, kind: kind, range: offset..<end))
      offset = end
    }
  }
}
