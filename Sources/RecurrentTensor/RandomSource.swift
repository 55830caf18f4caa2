#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Random numbers as a pure function of a seed, a stream and a position: never of the order in which they are drawn.
///
/// The generator is Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011), keyed by the
/// stream and counting positions.
public struct RandomSource: Hashable, Sendable {
  private let key: UInt64

  /// The root source of a seed.
  public init(seed: UInt64) {
    key = Philox.block(counter: (seed, 0x5265_6375_7272), key: seed).0
  }

  private init(key: UInt64) {
    self.key = key
  }

  /// The source of a named stream, independent of this source and of its other streams.
  public func stream(_ name: String) -> RandomSource {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return derived(hash, kind: 1)
  }

  /// The source of a numbered stream (step, layer, row ...), independent of this source and of its other streams.
  public func stream(_ index: Int) -> RandomSource {
    derived(UInt64(bitPattern: Int64(index)), kind: 2)
  }

  private func derived(_ value: UInt64, kind: UInt64) -> RandomSource {
    RandomSource(key: Philox.block(counter: (value, kind << 56), key: key).0)
  }

  /// 64 random bits at a position.
  public func bits(at position: Int) -> UInt64 {
    Philox.block(counter: (UInt64(bitPattern: Int64(position)), 0), key: key).0
  }

  /// A number from 0 up to but not including 1.
  public func uniform(at position: Int) -> Scalar {
    RandomSource.unit(bits(at: position))
  }

  /// A number of the standard normal distribution.
  public func normal(at position: Int) -> Scalar {
    let (first, second) = Philox.block(counter: (UInt64(bitPattern: Int64(position)), 0), key: key)
    let radius = (-2 * log(1 - Double(first >> 11) * 0x1p-53)).squareRoot()
    return Scalar(radius * cos(2 * Double.pi * (Double(second >> 11) * 0x1p-53)))
  }

  /// A whole number from 0 up to but not including `bound`, which must be positive.
  public func integer(below bound: Int, at position: Int) -> Int {
    require(bound > 0, "RandomSource.integer: expected a positive bound; received \(bound).")
    return Int(bits(at: position).multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// The numbers `0..<count` in random order.
  public func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    var last = count - 1
    while last > 0 {
      order.swapAt(last, integer(below: last + 1, at: last))
      last -= 1
    }
    return order
  }

  /// A tensor of numbers evenly spread over `range`; element i is the number at position i.
  public func uniform(_ shape: Shape, in range: ClosedRange<Scalar> = 0...1) -> Tensor {
    let (lower, width) = (range.lowerBound, range.upperBound - range.lowerBound)
    return Tensor(shape: shape) { result in
      for index in 0..<shape.count { result[index] = lower + width * uniform(at: index) }
    }
  }

  /// A tensor of normally distributed numbers; element i is made from position i.
  public func normal(_ shape: Shape, mean: Scalar = 0, standardDeviation: Scalar = 1) -> Tensor {
    Tensor(shape: shape) { result in
      for index in 0..<shape.count { result[index] = mean + standardDeviation * normal(at: index) }
    }
  }

  @inline(__always)
  private static func unit(_ bits: UInt64) -> Scalar {
    #if RECURRENT_DOUBLE
    Scalar(bits >> 11) * 0x1p-53
    #else
    Scalar(bits >> 40) * 0x1p-24
    #endif
  }
}

/// The block function of the generator: 128 bits of counter and 64 of key give 128 random bits.
package enum Philox {
  @inline(__always)
  package static func block(counter: (UInt64, UInt64), key: UInt64) -> (UInt64, UInt64) {
    var (x0, x1) = (UInt32(truncatingIfNeeded: counter.0), UInt32(truncatingIfNeeded: counter.0 >> 32))
    var (x2, x3) = (UInt32(truncatingIfNeeded: counter.1), UInt32(truncatingIfNeeded: counter.1 >> 32))
    var (k0, k1) = (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
    for _ in 0..<10 {
      let first = UInt64(x0) &* 0xD251_1F53
      let second = UInt64(x2) &* 0xCD9E_8D57
      (x0, x1, x2, x3) = (
        UInt32(truncatingIfNeeded: second >> 32) ^ x1 ^ k0, UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ x3 ^ k1, UInt32(truncatingIfNeeded: first)
      )
      k0 = k0 &+ 0x9E37_79B9
      k1 = k1 &+ 0xBB67_AE85
    }
    return (UInt64(x0) | UInt64(x1) << 32, UInt64(x2) | UInt64(x3) << 32)
  }
}
