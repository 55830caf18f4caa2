public import RecurrentTensor

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Tensor {
  /// Numbers that tell the steps of a sequence apart: the sinusoids of Vaswani et al. 2017.
  ///
  ///     p[t, 2i] = sin(t / 10000^(2i / size))
  ///     p[t, 2i + 1] = cos(t / 10000^(2i / size))
  ///
  /// A shift in time is a rotation of each pair, the same at every step; so the table is made, in Double, step by step from
  /// the first, and a row does not depend on the steps after it.
  ///
  /// - Parameters:
  ///   - steps: How many steps.
  ///   - size: The features of a step; if they are odd the last sine has no cosine.
  /// - Returns: `[steps, size]`.
  public static func sinusoidalPositions(steps: Int, size: Int) -> Tensor {
    let pairs = (size + 1) / 2
    let angles = (0..<pairs).map { pow(10000, -2 * Double($0) / Double(size)) }
    let turns = angles.map { (sine: sin($0), cosine: cos($0)) }
    var places = [(sine: Double, cosine: Double)](repeating: (0, 1), count: pairs)
    return Tensor(shape: [steps, size]) { table in
      for step in 0..<steps {
        for pair in 0..<pairs {
          let (place, turn, target) = (places[pair], turns[pair], table + step * size + 2 * pair)
          target[0] = Scalar(place.sine)
          if 2 * pair + 1 < size { target[1] = Scalar(place.cosine) }
          places[pair] = (
            place.sine * turn.cosine + place.cosine * turn.sine, place.cosine * turn.cosine - place.sine * turn.sine
          )
        }
      }
    }
  }
}
