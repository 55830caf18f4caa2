import RecurrentKernels
import Synchronization

/// The memory of one or several tensors: a pooled, 64-byte aligned buffer of scalars.
///
/// Only a unique owner writes (copy on write), hence the unchecked `Sendable`.
package final class TensorStorage: @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<Scalar>
  private let sizeClass: Int32
  private let derived = Mutex<DerivedContent?>(nil)
  private let hasDerived = Atomic(false)
  private let zero = Atomic(false)

  /// Not initialised memory for `count` scalars.
  package init(count: Int) {
    let (block, sizeClass) = BufferPool.take(bytes: count * MemoryLayout<Scalar>.stride)
    pointer = block.assumingMemoryBound(to: Scalar.self)
    self.sizeClass = Int32(sizeClass)
  }

  /// `count` zeros.
  package convenience init(zeros count: Int) {
    self.init(count: count)
    pointer.update(repeating: 0, count: count)
    zero.store(true, ordering: .relaxed)
  }

  /// Whether all scalars are zeros that nobody has written over; who writes without `contentWillChange` must not begin with
  /// `init(zeros:)`.
  package var isKnownZero: Bool { zero.load(ordering: .relaxed) }

  deinit {
    BufferPool.give(UnsafeMutableRawPointer(pointer), sizeClass: Int(sizeClass))
  }

  /// A number that no other content has, in this storage or another.
  package var contentVersion: UInt64 {
    withDerived { derived in
      if derived.version == 0 { derived.version = ContentVersions.next() }
      return derived.version
    }
  }

  /// What was made of this content under this key, or is made now, such as packed weights. One value is kept, until
  /// another key asks or the content changes.
  ///
  /// - Parameters:
  ///   - key: Everything the value depends on, contents by their versions.
  ///   - make: Makes the value; called under a lock, so that threads make it once.
  /// - Returns: The value.
  package func derived<Value: AnyObject & Sendable>(for key: [UInt64], make: () -> Value) -> Value {
    withDerived { derived in
      if derived.key == key, let value = derived.value as? Value { return value }
      let value = make()
      (derived.key, derived.value) = (key, value)
      return value
    }
  }

  /// This content as a packed matrix, or its transpose. It is kept from the second time on that it is asked for, until the
  /// content changes: what is used once would only be held longer.
  func packed(transposed: Bool, _ pack: () -> PackedMatrix) -> PackedMatrix {
    withDerived { transposed ? $0.transposed.matrix(pack) : $0.plain.matrix(pack) }
  }

  /// Forgets what was made of the old content; called before every write.
  package func contentWillChange() {
    zero.store(false, ordering: .relaxed)
    guard hasDerived.load(ordering: .relaxed) else { return }
    hasDerived.store(false, ordering: .relaxed)
    derived.withLock { $0 = nil }
  }

  private func withDerived<Result: Sendable>(_ body: (inout DerivedContent) -> Result) -> Result {
    derived.withLock { derived in
      if derived == nil {
        derived = DerivedContent()
        hasDerived.store(true, ordering: .relaxed)
      }
      return body(&derived!)
    }
  }
}

private struct DerivedContent: Sendable {
  var version: UInt64 = 0
  var key: [UInt64] = []
  var value: (any AnyObject & Sendable)?
  /// The content as a matrix to multiply with, as it lies and transposed.
  var plain = RepeatedPacking(), transposed = RepeatedPacking()
}

private struct RepeatedPacking: Sendable {
  private(set) var wasAsked = false
  private var kept: PackedMatrix?

  mutating func matrix(_ pack: () -> PackedMatrix) -> PackedMatrix {
    if let kept { return kept }
    let made = pack()
    if wasAsked { kept = made }
    wasAsked = true
    return made
  }
}

private enum ContentVersions {
  private static let last = Atomic<UInt64>(0)

  static func next() -> UInt64 { last.add(1, ordering: .relaxed).newValue }
}
