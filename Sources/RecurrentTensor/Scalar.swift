#if RECURRENT_DOUBLE
/// The scalar of every tensor: Double in the gradient-check build.
public typealias Scalar = Double
#else
/// The scalar of every tensor: Float, or Double in the gradient-check build.
public typealias Scalar = Float
#endif
