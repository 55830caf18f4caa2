#if RECURRENT_DOUBLE
/// The scalar of every kernel: Double in the gradient-check build.
package typealias KernelScalar = Double
#else
/// The scalar of every kernel: Float, or Double in the gradient-check build.
package typealias KernelScalar = Float
#endif
