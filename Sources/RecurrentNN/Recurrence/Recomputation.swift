/// What a training pass over a sequence computes again on the way back, instead of keeping it.
///
/// A pass keeps what its steps computed until the way back has used it; with T steps, B rows and H units an LSTM keeps
/// 6 B T H scalars, its outputs among them. Computing the gates again leaves 2 B T H, and time grows by what one product
/// over all steps takes (Chen et al. 2016; in time: Gruslys et al. 2016). A cell whose outputs tell what its gates were (an Elman
/// network, IndRNN) has nothing to compute again: beyond 512 steps `automatic` keeps its states alone, B T H.
public enum Recomputation: Hashable, Sendable {
  /// Built-in cells and those of ``CellEquations`` compute their gates again where one layer and direction would keep more than
  /// 512 MiB of them; other cells of one's own keep everything.
  case automatic
  /// Everything is kept.
  case never
  /// A block of steps is computed again at a time.
  ///
  /// A cell of one's own with a `step` keeps its outputs and its states between blocks of this many steps; what a block
  /// computes is there only while the way back is in it. Memory is least with about √T steps; gradients are those of
  /// `never` to rounding. Built-in cells and those of ``CellEquations`` keep their states and compute the gates of 512
  /// steps at a time, whatever the number; results are those of `never` to the bit. A cell whose scan takes chunks
  /// (``RecurrentCell/chunkLength``) has blocks of whole ones.
  case blocks(of: Int)

  /// Blocks of √T steps, with which memory is least.
  static func rootBlocks(of steps: Int) -> Recomputation {
    .blocks(of: max(1, Int(Double(steps).squareRoot().rounded(.up))))
  }

  /// The bytes of gates of one layer and direction up to which `automatic` keeps them.
  package static let keptBytes = 512 << 20
}
